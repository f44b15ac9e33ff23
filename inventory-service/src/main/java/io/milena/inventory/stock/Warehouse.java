package io.milena.inventory.stock;

import io.milena.inventory.contract.OrderPlaced;
import io.milena.inventory.contract.ReservationExpired;
import io.milena.inventory.contract.StockRejected;
import io.milena.inventory.contract.StockReleased;
import io.milena.inventory.contract.StockReserved;
import io.milena.inventory.contract.StockShipped;
import io.milena.inventory.contract.Topics;
import io.milena.inventory.ledger.ReservationDecision;
import io.milena.inventory.ledger.StockLevel;
import io.milena.inventory.ledger.StockMovement;
import io.milena.starter.event.EventContext;
import io.milena.starter.outbox.Outbox;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Moves stock for orders. An order has at most one reservation, ever; each move of it and of the stock levels is one transaction, so
 * that units on hand before = units on hand after + units shipped, whatever is repeated, reordered or killed. Locks are taken in one
 * order everywhere: the reservation, then its products by number.
 */
@Service
class Warehouse {

    private static final Logger log = LoggerFactory.getLogger(Warehouse.class);

    private final StockRepository stock;
    private final ReservationRepository reservations;
    private final Outbox outbox;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final Duration expiresAfter;

    Warehouse(
            StockRepository stock,
            ReservationRepository reservations,
            Outbox outbox,
            PlatformTransactionManager transactions,
            Clock clock,
            ReservationProperties properties) {
        this.stock = stock;
        this.reservations = reservations;
        this.outbox = outbox;
        this.transactions = new TransactionTemplate(transactions);
        this.clock = clock;
        this.expiresAfter = properties.expiresAfter();
    }

    void reserve(OrderPlaced order) {
        transactions.executeWithoutResult(status -> {
            if (reservations.lock(order.orderId()).isPresent()) {
                log.debug("order {} has been decided before", order.orderId());
                return;
            }
            SortedMap<String, Long> wanted = unitsBySku(order.lines());
            Map<String, StockLevel> levels = stock.lockLevels(wanted.keySet());
            ReservationDecision decision = ReservationDecision.decide(order.orderId(), wanted, levels);
            if (decision instanceof ReservationDecision.Reserved reserved) {
                hold(order.orderId(), wanted, levels, reserved.movements());
            } else if (decision instanceof ReservationDecision.Rejected rejected) {
                refuse(order.orderId(), wanted, rejected.reason());
            }
        });
    }

    private void hold(
            String orderId,
            SortedMap<String, Long> wanted,
            Map<String, StockLevel> levels,
            List<StockMovement> movements) {
        Instant now = now();
        reservations.insert(Reservation.held(orderId, wanted, now, now.plus(expiresAfter)), conversation());
        stock.move(levels, movements, now);
        outbox.append(Topics.INVENTORY, orderId, new StockReserved(orderId));
    }

    private void refuse(String orderId, SortedMap<String, Long> wanted, String reason) {
        reservations.insert(
                Reservation.ended(orderId, ReservationState.REJECTED, wanted, reason, now()), conversation());
        outbox.append(Topics.INVENTORY, orderId, new StockRejected(orderId, reason));
    }

    /** The order was cancelled: what is reserved goes back. An order not seen yet will find its place taken. */
    void release(String orderId) {
        transactions.executeWithoutResult(status -> {
            Optional<Reservation> reservation = reservations.lock(orderId);
            if (reservation.isEmpty()) {
                reservations.insert(
                        Reservation.ended(orderId, ReservationState.RELEASED, new TreeMap<>(), null, now()),
                        conversation());
                outbox.append(Topics.INVENTORY, orderId, new StockReleased(orderId));
            } else {
                end(reservation.get(), ReservationState.RELEASED, StockMovement::released, new StockReleased(orderId));
            }
        });
    }

    /** The goods leave. */
    void ship(String orderId) {
        transactions.executeWithoutResult(status -> {
            Reservation reservation = reservations
                    .lock(orderId)
                    .orElseThrow(
                            () -> new NotFoundException("order " + orderId + " was shipped but nothing is reserved"));
            end(reservation, ReservationState.SHIPPED, StockMovement::shipped, new StockShipped(orderId));
        });
    }

    private void end(Reservation reservation, ReservationState state, Reservation.MovementOfOrder kind, Object event) {
        if (reservation.state() == ReservationState.RESERVED) {
            Instant now = now();
            stock.move(stock.lockLevels(reservation.units().keySet()), reservation.movements(kind), now);
            reservations.end(reservation.orderId(), state, now);
            outbox.append(Topics.INVENTORY, reservation.orderId(), event);
        }
    }

    /**
     * Announces reservations that are held for too long, each once. Their units stay reserved: only the order service, where cancelling
     * and shipping meet, can end the order (ADR 21).
     *
     * @return how many, at most the limit
     */
    int announceExpired(int limit) {
        Integer announced = transactions.execute(status -> {
            Instant now = now();
            List<ReservationRepository.Expired> expired = reservations.lockExpired(now, limit);
            reservations.markExpired(expired, now);
            expired.forEach(this::announce);
            return expired.size();
        });
        return announced == null ? 0 : announced;
    }

    private void announce(ReservationRepository.Expired expired) {
        ReservationExpired event =
                new ReservationExpired(expired.orderId(), "not shipped within " + expiresAfter + " of the reservation");
        if (expired.correlationId() == null) {
            outbox.append(Topics.INVENTORY, expired.orderId(), event);
            return;
        }
        try (EventContext.Scope conversation = new EventContext(expired.correlationId(), null, 1, Map.of()).open()) {
            outbox.append(Topics.INVENTORY, expired.orderId(), event);
        }
    }

    private static @Nullable String conversation() {
        EventContext context = EventContext.current();
        return context == null ? null : context.correlationId();
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
