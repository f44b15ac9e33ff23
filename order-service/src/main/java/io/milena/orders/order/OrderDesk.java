package io.milena.orders.order;

import io.milena.orders.contract.OrderCancelled;
import io.milena.orders.contract.OrderConfirmed;
import io.milena.orders.contract.OrderPlaced;
import io.milena.orders.contract.OrderRejected;
import io.milena.orders.contract.OrderShipped;
import io.milena.orders.contract.Topics;
import io.milena.starter.outbox.Outbox;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Decides about orders. Every decision locks the order's row, moves it, and leaves the event that tells of it in the outbox, all in
 * one transaction; so whatever arrives at the same moment, an order ends in one state and its events say the same.
 */
@Service
class OrderDesk {

    private static final Logger log = LoggerFactory.getLogger(OrderDesk.class);

    private final OrderRepository orders;
    private final Outbox outbox;
    private final TransactionTemplate transactions;
    private final Clock clock;

    OrderDesk(OrderRepository orders, Outbox outbox, PlatformTransactionManager transactions, Clock clock) {
        this.orders = orders;
        this.outbox = outbox;
        this.transactions = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** @param isNew false if the order had been placed before with the same content */
    record Placement(Order order, boolean isNew) {}

    Placement place(PlaceOrder wish) {
        String orderId =
                wish.orderId() != null ? wish.orderId() : UUID.randomUUID().toString();
        Optional<Order> existing = orders.find(orderId);
        if (existing.isEmpty()) {
            try {
                return inTransaction(() -> insert(orderId, wish));
            } catch (DuplicateKeyException placedMeanwhile) {
                existing = orders.find(orderId);
            }
        }
        Order known = existing.orElseThrow(() -> new OrderNotFoundException(orderId));
        if (!known.answers(wish)) {
            throw new OrderConflictException(orderId);
        }
        return new Placement(known, false);
    }

    private Placement insert(String orderId, PlaceOrder wish) {
        Order order = Order.place(orderId, wish, now());
        orders.insert(order);
        outbox.append(
                Topics.ORDERS,
                orderId,
                new OrderPlaced(orderId, order.customerId(), order.orderDate(), order.lines(), order.shipTo()));
        return new Placement(order, true);
    }

    /**
     * Calls an order off; one that is called off already stays so.
     *
     * @throws IllegalMoveException if it is too late
     */
    Order cancel(String orderId) {
        return inTransaction(() -> {
            Order order = orders.findForUpdate(orderId).orElseThrow(() -> new OrderNotFoundException(orderId));
            return order.state() == OrderState.CANCELLED
                    ? order
                    : moved(order.cancel(now()), new OrderCancelled(orderId, order.state()));
        });
    }

    /** The inventory has the goods. Without effect if the order was cancelled meanwhile: the cancellation releases them. */
    void stockReserved(String orderId) {
        decide(
                orderId,
                OrderState.CONFIRMED,
                Order::confirm,
                order -> new OrderConfirmed(orderId, order.customerId(), order.lines(), order.shipTo()));
    }

    void stockRejected(String orderId, String reason) {
        decide(
                orderId,
                OrderState.REJECTED,
                (order, now) -> order.reject(reason, now),
                order -> new OrderRejected(orderId, reason));
    }

    /** A shipment waits for the word to leave; it gets it unless the order was cancelled meanwhile. */
    void shipmentPrepared(String orderId, String shipmentId) {
        decide(
                orderId,
                OrderState.SHIPPED,
                (order, now) -> order.ship(shipmentId, now),
                order -> new OrderShipped(orderId, shipmentId));
    }

    private void decide(
            String orderId, OrderState next, BiFunction<Order, Instant, Order> move, Function<Order, Object> event) {
        inTransaction(() -> {
            Order order = orders.findForUpdate(orderId).orElseThrow(() -> new OrderNotFoundException(orderId));
            if (!order.state().mayBecome(next)) {
                log.debug(
                        "order {} is {}, the news that would make it {} comes too late", orderId, order.state(), next);
                return order;
            }
            Order after = move.apply(order, now());
            return moved(after, event.apply(after));
        });
    }

    private Order moved(Order order, Object event) {
        orders.update(order);
        outbox.append(Topics.ORDERS, order.orderId(), event);
        return order;
    }

    private <T> T inTransaction(Supplier<T> work) {
        T result = transactions.execute(status -> work.get());
        if (result == null) {
            throw new IllegalStateException("a decision has a result");
        }
        return result;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS); // what the database keeps
    }
}
