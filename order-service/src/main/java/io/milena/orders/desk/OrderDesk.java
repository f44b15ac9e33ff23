package io.milena.orders.desk;

import io.milena.orders.contract.OrderCancelled;
import io.milena.orders.contract.OrderConfirmed;
import io.milena.orders.contract.OrderPlaced;
import io.milena.orders.contract.OrderRejected;
import io.milena.orders.contract.OrderShipped;
import io.milena.orders.contract.Topics;
import io.milena.orders.order.NewOrder;
import io.milena.orders.order.Order;
import io.milena.orders.order.OrderState;
import io.milena.starter.event.EventContext;
import io.milena.starter.event.EventInfo;
import io.milena.starter.outbox.Outbox;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Decides about orders. Every decision locks the order's row, moves it, remembers the move, and leaves the event that tells of it in
 * the outbox, all in one transaction; so whatever arrives at the same moment, an order ends in one state and its events say the same.
 */
@Service
public class OrderDesk {

    private static final Logger log = LoggerFactory.getLogger(OrderDesk.class);

    private final OrderRepository orders;
    private final OrderMoves moves;
    private final Outbox outbox;
    private final TransactionTemplate transactions;
    private final Clock clock;

    OrderDesk(
            OrderRepository orders,
            OrderMoves moves,
            Outbox outbox,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.orders = orders;
        this.moves = moves;
        this.outbox = outbox;
        this.transactions = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    /** @param isNew false if the order had been placed before with the same content */
    public record Placement(Order order, boolean isNew) {}

    /**
     * Places an order, or finds it placed with the same content.
     *
     * @throws OrderConflictException if the id belongs to an order with other content
     */
    public Placement place(NewOrder wish, Call call) {
        try {
            return placeNew(wish, call, placement -> {});
        } catch (DuplicateKeyException placedBefore) {
            if (wish.orderId() == null) {
                throw placedBefore;
            }
            return placedBefore(wish, wish.orderId(), placement -> {});
        }
    }

    /**
     * Places an order nobody has placed.
     *
     * @param alongside done in the same transaction, when the order is placed
     * @throws DuplicateKeyException if the id is taken, or if what is done alongside finds something taken; nothing has happened then
     */
    public Placement placeNew(NewOrder wish, Call call, Consumer<Placement> alongside) {
        String orderId =
                wish.orderId() != null ? wish.orderId() : UUID.randomUUID().toString();
        return inTransaction(() -> {
            Order order = Order.place(orderId, wish, now());
            orders.insert(order);
            tell(
                    order,
                    new OrderPlaced(orderId, order.customerId(), order.orderDate(), order.lines(), order.shipTo()),
                    call);
            Placement placement = new Placement(order, true);
            alongside.accept(placement);
            return placement;
        });
    }

    public boolean isPlaced(String orderId) {
        return orders.find(orderId).isPresent();
    }

    /**
     * Finds an order that was placed before.
     *
     * @throws OrderConflictException if it has other content
     */
    public Placement placedBefore(NewOrder wish, String orderId, Consumer<Placement> alongside) {
        return inTransaction(() -> {
            Order known = orders.find(orderId).orElseThrow(() -> new OrderNotFoundException(orderId));
            if (!known.answers(wish)) {
                throw new OrderConflictException(orderId);
            }
            Placement placement = new Placement(known, false);
            alongside.accept(placement);
            return placement;
        });
    }

    /**
     * Calls an order off; one that is called off already stays so.
     *
     * @param versionMatches whether the order is what the caller thinks it is
     * @throws io.milena.orders.order.IllegalMoveException if it is too late
     * @throws StaleVersionException if the version does not match
     */
    public Order cancel(String orderId, LongPredicate versionMatches, Call call) {
        return inTransaction(() -> {
            Order order = orders.findForUpdate(orderId).orElseThrow(() -> new OrderNotFoundException(orderId));
            if (!versionMatches.test(order.version())) {
                throw new StaleVersionException(orderId, order.version());
            }
            return order.state() == OrderState.CANCELLED
                    ? order
                    : moved(order.cancel(null, now()), new OrderCancelled(orderId, order.state()), call);
        });
    }

    /** The inventory has the goods. Without effect if the order was cancelled meanwhile: the cancellation releases them. */
    public void stockReserved(String orderId) {
        decide(
                orderId,
                orders::findForUpdate,
                OrderState.CONFIRMED,
                Order::confirm,
                order -> new OrderConfirmed(orderId, order.customerId(), order.lines(), order.shipTo()));
    }

    public void stockRejected(String orderId, String reason) {
        decide(
                orderId,
                orders::findHeadForUpdate,
                OrderState.REJECTED,
                (order, now) -> order.reject(reason, now),
                order -> new OrderRejected(orderId, reason));
    }

    /** A shipment waits for the word to leave; it gets it unless the order was cancelled meanwhile. */
    public void shipmentPrepared(String orderId, String shipmentId) {
        decide(
                orderId,
                orders::findHeadForUpdate,
                OrderState.SHIPPED,
                (order, now) -> order.ship(shipmentId, now),
                order -> new OrderShipped(orderId, shipmentId));
    }

    /** The goods were kept long enough: the order is called off, unless it is on its way. The cancellation gives the stock back. */
    public void reservationExpired(String orderId, String reason) {
        inTransaction(() -> {
            Order order = orders.findHeadForUpdate(orderId).orElseThrow(() -> new OrderNotFoundException(orderId));
            if (!order.state().mayBecome(OrderState.CANCELLED)) {
                log.debug("order {} is {}, its reservation's end comes too late", orderId, order.state());
                return order;
            }
            return moved(order.cancel(reason, now()), new OrderCancelled(orderId, order.state(), reason), null);
        });
    }

    /** The customer has the goods. */
    public void shipmentDelivered(String orderId, @Nullable Instant at) {
        inTransaction(() -> {
            Order order = orders.findHeadForUpdate(orderId).orElseThrow(() -> new OrderNotFoundException(orderId));
            Instant now = now();
            Order after = order.deliver(at == null ? now : at.truncatedTo(ChronoUnit.MICROS), now);
            if (after.version() != order.version()) {
                orders.update(after);
                remember(after, null, null);
            }
            return after;
        });
    }

    /** @param read locks the order and reads as much of it as the event has to tell */
    private void decide(
            String orderId,
            Function<String, Optional<Order>> read,
            OrderState next,
            BiFunction<Order, Instant, Order> move,
            Function<Order, Object> event) {
        inTransaction(() -> {
            Order order = read.apply(orderId).orElseThrow(() -> new OrderNotFoundException(orderId));
            if (!order.state().mayBecome(next)) {
                log.debug(
                        "order {} is {}, the news that would make it {} comes too late", orderId, order.state(), next);
                return order;
            }
            Order after = move.apply(order, now());
            return moved(after, event.apply(after), null);
        });
    }

    private Order moved(Order order, Object event, @Nullable Call call) {
        orders.update(order);
        tell(order, event, call);
        return order;
    }

    private void tell(Order order, Object event, @Nullable Call call) {
        remember(order, outbox.append(Topics.ORDERS, order.orderId(), event), call);
    }

    private void remember(Order order, @Nullable EventInfo event, @Nullable Call call) {
        EventContext context = EventContext.current();
        moves.insert(new OrderMove(
                order.orderId(),
                order.version(),
                order.state(),
                order.reason(),
                order.updatedAt(),
                event == null ? null : event.id(),
                context == null ? null : context.correlationId(),
                context == null ? null : context.causationId(),
                MDC.get(EventContext.MDC_TRACE),
                call));
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
