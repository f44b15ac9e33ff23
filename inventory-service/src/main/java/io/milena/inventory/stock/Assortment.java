package io.milena.inventory.stock;

import io.milena.inventory.ledger.StockLevel;
import io.milena.inventory.ledger.StockMovement;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Puts products on sale and takes deliveries in. */
@Service
class Assortment {

    private final StockRepository stock;
    private final TransactionTemplate transactions;
    private final Clock clock;

    Assortment(StockRepository stock, PlatformTransactionManager transactions, Clock clock) {
        this.stock = stock;
        this.transactions = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /**
     * Puts a product on sale; doing so again changes nothing.
     *
     * @return whether it is new
     * @throws ConflictException if the number belongs to another product
     */
    boolean add(Product product) {
        Optional<ProductView> existing = stock.product(product.sku());
        if (existing.isEmpty()) {
            try {
                transactions.executeWithoutResult(status -> stock.insert(product, now()));
                return true;
            } catch (DuplicateKeyException addedMeanwhile) {
                existing = stock.product(product.sku());
            }
        }
        if (existing.isEmpty() || !existing.get().product().isSameAs(product)) {
            throw new ConflictException(
                    "Product number is taken", "product " + product.sku() + " exists with another name or price");
        }
        return false;
    }

    /**
     * Takes units in, once per key. Orders that were rejected for want of them stay rejected.
     *
     * @throws NotFoundException if there is no such product
     * @throws KeyReusedException if the key came with another number of units before
     * @throws ConflictException if there would be more than a product can have
     */
    Restock restock(String sku, int units, String key) {
        return transactions.execute(status -> {
            Map<String, StockLevel> levels = stock.lockLevels(Set.of(sku));
            StockLevel level = levels.get(sku);
            if (level == null) {
                throw NotFoundException.product(sku);
            }
            Optional<MovementView> earlier = stock.movement(sku, StockMovement.Kind.RESTOCKED, key);
            if (earlier.isPresent()) {
                if (earlier.get().onHandChange() != units) {
                    throw new KeyReusedException(key, earlier.get().onHandChange(), units);
                }
                return new Restock(earlier.get(), false);
            }
            if (units > StockLevel.MOST - level.onHand()) {
                throw new ConflictException(
                        "Too many units",
                        "product " + sku + " has " + level.onHand() + " units and can have " + StockLevel.MOST
                                + " at most");
            }
            StockMovement movement = StockMovement.restocked(sku, units, key);
            Instant now = now();
            stock.move(levels, List.of(movement), now);
            return new Restock(MovementView.of(movement, now), true);
        });
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * What a delivery led to.
     *
     * @param isNew false if it had been taken in before
     */
    record Restock(MovementView movement, boolean isNew) {}
}
