package io.milena.inventory.stock;

import io.milena.inventory.contract.OrderPlaced;
import io.milena.inventory.contract.StockRejected;
import io.milena.inventory.contract.StockReserved;
import io.milena.inventory.contract.Topics;
import io.milena.starter.outbox.Outbox;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Moves stock. An order has at most one reservation, ever; each move of it and of the stock levels is one transaction, so that
 * units on hand before = units on hand after + units shipped, whatever is repeated, reordered or killed.
 */
@Service
class Warehouse {

    private static final Logger log = LoggerFactory.getLogger(Warehouse.class);

    private final StockRepository stock;
    private final Outbox outbox;
    private final TransactionTemplate transactions;
    private final Clock clock;

    Warehouse(StockRepository stock, Outbox outbox, PlatformTransactionManager transactions, Clock clock) {
        this.stock = stock;
        this.outbox = outbox;
        this.transactions = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /**
     * Puts a product on sale; doing so again changes nothing.
     *
     * @return whether it is new
     * @throws ProductConflictException if the number belongs to another product
     */
    boolean add(Product product) {
        Optional<ProductView> existing = stock.product(product.sku());
        if (existing.isEmpty()) {
            try {
                stock.insert(product);
                return true;
            } catch (DuplicateKeyException addedMeanwhile) {
                existing = stock.product(product.sku());
            }
        }
        if (existing.isEmpty() || !existing.get().product().isSameAs(product)) {
            throw new ProductConflictException(product.sku());
        }
        return false;
    }

    void reserve(OrderPlaced order) {
        transactions.executeWithoutResult(status -> {
            if (stock.lockReservation(order.orderId()).isPresent()) {
                log.debug("order {} has been decided before", order.orderId());
                return;
            }
            SortedMap<String, Long> wanted = unitsBySku(order.lines());
            ReservationDecision decision = ReservationDecision.decide(wanted, stock.lockLevels(wanted.keySet()));
            if (decision instanceof ReservationDecision.Reserved reserved) {
                stock.write(reserved.levels());
                stock.insert(new Reservation(order.orderId(), ReservationState.RESERVED, wanted, null, now()));
                outbox.append(Topics.INVENTORY, order.orderId(), new StockReserved(order.orderId()));
            } else if (decision instanceof ReservationDecision.Rejected rejected) {
                stock.insert(
                        new Reservation(order.orderId(), ReservationState.REJECTED, wanted, rejected.reason(), now()));
                outbox.append(Topics.INVENTORY, order.orderId(), new StockRejected(order.orderId(), rejected.reason()));
            }
        });
    }

    /** The order was cancelled: what is reserved goes back. An order not seen yet will find its place taken. */
    void release(String orderId) {
        transactions.executeWithoutResult(status -> {
            Optional<Reservation> reservation = stock.lockReservation(orderId);
            if (reservation.isEmpty()) {
                stock.insert(new Reservation(orderId, ReservationState.RELEASED, new TreeMap<>(), null, now()));
            } else if (reservation.get().state() == ReservationState.RESERVED) {
                end(reservation.get(), ReservationState.RELEASED, StockLevel::release);
            }
        });
    }

    /** The goods leave. */
    void ship(String orderId) {
        transactions.executeWithoutResult(status -> {
            Reservation reservation = stock.lockReservation(orderId)
                    .orElseThrow(
                            () -> new NotFoundException("order " + orderId + " was shipped but nothing is reserved"));
            if (reservation.state() == ReservationState.RESERVED) {
                end(reservation, ReservationState.SHIPPED, StockLevel::ship);
            }
        });
    }

    private void end(
            Reservation reservation, ReservationState state, BiFunction<StockLevel, Integer, StockLevel> move) {
        Map<String, StockLevel> levels = stock.lockLevels(reservation.units().keySet());
        List<StockLevel> after = new ArrayList<>();
        reservation.units().forEach((sku, units) -> {
            StockLevel level = levels.get(sku);
            if (level != null) {
                after.add(move.apply(level, units.intValue()));
            }
        });
        stock.write(after);
        stock.update(reservation.orderId(), state, now());
    }

    private static SortedMap<String, Long> unitsBySku(List<OrderPlaced.Line> lines) {
        SortedMap<String, Long> units = new TreeMap<>();
        lines.forEach(line -> units.merge(line.sku(), (long) line.quantity(), Long::sum));
        return units;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
