package io.milena.shipping.shipment;

import io.milena.shipping.contract.OrderConfirmed;
import io.milena.shipping.contract.ShipmentDelivered;
import io.milena.shipping.contract.ShipmentDispatched;
import io.milena.shipping.contract.ShipmentPrepared;
import io.milena.shipping.contract.ShipmentVoided;
import io.milena.shipping.contract.Topics;
import io.milena.shipping.label.Label;
import io.milena.shipping.label.LabelRule;
import io.milena.starter.outbox.Outbox;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Prepares, dispatches, delivers and voids shipments. An order has one shipment at most, ever. A parcel leaves only on the word of the
 * order service, whose database is the one place where shipping and cancelling meet.
 */
@Service
class Dock {

    private static final Logger log = LoggerFactory.getLogger(Dock.class);

    private final ShipmentRepository shipments;
    private final Outbox outbox;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final LabelRule labels;
    private final boolean dispatchesAtOnce;

    Dock(
            ShipmentRepository shipments,
            Outbox outbox,
            PlatformTransactionManager transactions,
            Clock clock,
            ShippingProperties properties) {
        this.shipments = shipments;
        this.outbox = outbox;
        this.transactions = new TransactionTemplate(transactions);
        this.clock = clock;
        this.labels = properties.labelRule();
        this.dispatchesAtOnce = properties.dispatch() == ShippingProperties.Dispatch.AUTOMATIC;
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
            Instant now = now();
            Shipment shipment = new Shipment(
                    newId(),
                    order.orderId(),
                    ShipmentState.PREPARED,
                    units,
                    to == null ? null : to.name(),
                    destination(to),
                    labels.label(order.orderId(), units, to == null ? null : to.country()),
                    now,
                    now);
            shipments.insert(shipment);
            outbox.append(
                    Topics.SHIPPING, order.orderId(), new ShipmentPrepared(order.orderId(), shipment.shipmentId()));
        });
    }

    /** The order is shipped: the parcel may leave. */
    void clear(String orderId) {
        transactions.executeWithoutResult(status -> {
            Shipment shipment = locked(orderId);
            if (!shipment.state().isAtOrAfter(ShipmentState.CLEARED)) {
                Shipment cleared = shipment.moved(ShipmentState.CLEARED, now());
                if (dispatchesAtOnce) {
                    leave(cleared);
                } else {
                    shipments.update(cleared);
                }
            }
        });
    }

    /**
     * The parcel leaves; saying so again changes nothing.
     *
     * @throws IllegalMoveException if it may not leave, or has arrived
     */
    Shipment dispatch(String orderId) {
        return transactions.execute(status -> {
            Shipment shipment = locked(orderId);
            return shipment.state() == ShipmentState.DISPATCHED ? shipment : leave(shipment);
        });
    }

    private Shipment leave(Shipment shipment) {
        Shipment gone = shipment.moved(ShipmentState.DISPATCHED, now());
        shipments.update(gone);
        Label label = gone.label();
        outbox.append(
                Topics.SHIPPING,
                gone.orderId(),
                new ShipmentDispatched(
                        gone.orderId(),
                        gone.shipmentId(),
                        label == null ? null : label.carrier().name(),
                        label == null ? null : label.trackingNumber()));
        return gone;
    }

    /**
     * The customer has the parcel; saying so again changes nothing.
     *
     * @throws IllegalMoveException if it has not left
     */
    Shipment deliver(String orderId) {
        return transactions.execute(status -> {
            Shipment shipment = locked(orderId);
            if (shipment.state() == ShipmentState.DELIVERED) {
                return shipment;
            }
            Shipment delivered = shipment.moved(ShipmentState.DELIVERED, now());
            shipments.update(delivered);
            outbox.append(Topics.SHIPPING, orderId, new ShipmentDelivered(orderId, delivered.shipmentId()));
            return delivered;
        });
    }

    /**
     * The order was cancelled.
     *
     * @param wasConfirmed whether a shipment exists or may still be asked for; if it is asked for later, its place is taken
     */
    void makeVoid(String orderId, boolean wasConfirmed) {
        transactions.executeWithoutResult(status -> {
            Shipment shipment = shipments.lockOfOrder(orderId).orElse(null);
            if (shipment != null && shipment.state() == ShipmentState.VOIDED) {
                log.debug("the shipment of order {} is void already", orderId);
            } else if (shipment != null) {
                shipments.update(shipment.moved(ShipmentState.VOIDED, now()));
                tellVoided(shipment);
            } else if (wasConfirmed) {
                Instant now = now();
                Shipment place = new Shipment(newId(), orderId, ShipmentState.VOIDED, 0, null, null, null, now, now);
                shipments.insert(place);
                tellVoided(place);
            }
        });
    }

    private void tellVoided(Shipment shipment) {
        outbox.append(
                Topics.SHIPPING, shipment.orderId(), new ShipmentVoided(shipment.orderId(), shipment.shipmentId()));
    }

    private Shipment locked(String orderId) {
        return shipments.lockOfOrder(orderId).orElseThrow(() -> ShipmentNotFoundException.ofOrder(orderId));
    }

    private static String newId() {
        return UUID.randomUUID().toString();
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
