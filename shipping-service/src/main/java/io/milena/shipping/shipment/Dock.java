package io.milena.shipping.shipment;

import io.milena.shipping.contract.OrderConfirmed;
import io.milena.shipping.contract.ShipmentDispatched;
import io.milena.shipping.contract.ShipmentPrepared;
import io.milena.shipping.contract.Topics;
import io.milena.starter.outbox.Outbox;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Prepares, dispatches and voids shipments. An order has one shipment at most, ever. A parcel leaves only on the word of the order
 * service, whose database is the one place where shipping and cancelling meet.
 */
@Service
class Dock {

    private static final Logger log = LoggerFactory.getLogger(Dock.class);

    private final ShipmentRepository shipments;
    private final Outbox outbox;
    private final TransactionTemplate transactions;
    private final Clock clock;

    Dock(ShipmentRepository shipments, Outbox outbox, PlatformTransactionManager transactions, Clock clock) {
        this.shipments = shipments;
        this.outbox = outbox;
        this.transactions = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    void prepare(OrderConfirmed order) {
        transactions.executeWithoutResult(status -> {
            if (shipments.lockOfOrder(order.orderId()).isPresent()) {
                log.debug("order {} has its shipment", order.orderId());
                return;
            }
            OrderConfirmed.Address to = order.shipTo();
            int units = order.lines().stream()
                    .mapToInt(OrderConfirmed.Line::quantity)
                    .reduce(0, Math::addExact);
            Shipment shipment = shipment(
                    order.orderId(), ShipmentState.PREPARED, units, to == null ? null : to.name(), destination(to));
            shipments.insert(shipment);
            outbox.append(
                    Topics.SHIPPING, order.orderId(), new ShipmentPrepared(order.orderId(), shipment.shipmentId()));
        });
    }

    void dispatch(String orderId) {
        transactions.executeWithoutResult(status -> {
            Shipment shipment =
                    shipments.lockOfOrder(orderId).orElseThrow(() -> new ShipmentNotFoundException(orderId));
            if (shipment.state() != ShipmentState.DISPATCHED) {
                Shipment gone = shipment.dispatch(now());
                shipments.update(gone);
                outbox.append(Topics.SHIPPING, orderId, new ShipmentDispatched(orderId, gone.shipmentId()));
            }
        });
    }

    /**
     * The order was cancelled.
     *
     * @param wasConfirmed whether a shipment exists or may still be asked for; if it is asked for later, its place is taken
     */
    void makeVoid(String orderId, boolean wasConfirmed) {
        transactions.executeWithoutResult(status -> {
            Optional<Shipment> shipment = shipments.lockOfOrder(orderId);
            if (shipment.isPresent()) {
                shipments.update(shipment.get().makeVoid(now()));
            } else if (wasConfirmed) {
                shipments.insert(shipment(orderId, ShipmentState.VOIDED, 0, null, null));
            }
        });
    }

    private Shipment shipment(
            String orderId, ShipmentState state, int units, @Nullable String recipient, @Nullable String destination) {
        Instant now = now();
        return new Shipment(UUID.randomUUID().toString(), orderId, state, units, recipient, destination, now, now);
    }

    private static @Nullable String destination(OrderConfirmed.@Nullable Address to) {
        if (to == null || to.city() == null) {
            return to == null ? null : to.country();
        }
        return to.country() == null ? to.city() : to.city() + ", " + to.country();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
