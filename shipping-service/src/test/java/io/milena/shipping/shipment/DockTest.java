package io.milena.shipping.shipment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.shipping.ShippingApp;
import io.milena.shipping.contract.OrderConfirmed;
import io.milena.shipping.label.Carrier;
import io.milena.starter.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

/** Shipments in the real databases, without a broker. */
@ParameterizedClass
@EnumSource
class DockTest {

    private final Dock dock;
    private final Dock manual;
    private final ShipmentRepository shipments;
    private final JdbcTemplate jdbc;

    DockTest(TestDatabase.Kind kind) {
        ShippingApp app = ShippingApp.on(kind);
        dock = app.bean(Dock.class);
        manual = app.beanOfManualInstance(Dock.class);
        shipments = app.bean(ShipmentRepository.class);
        jdbc = app.bean(JdbcTemplate.class);
    }

    @Test
    void a_confirmed_order_gets_one_shipment_however_often_it_is_confirmed() {
        dock.prepare(confirmed("d-1"));
        dock.prepare(confirmed("d-1"));
        dock.clear("d-1");
        dock.clear("d-1");

        Shipment shipment = shipments.ofOrder("d-1").orElseThrow();
        assertThat(shipment.state()).isEqualTo(ShipmentState.DISPATCHED);
        assertThat(shipment.units()).isEqualTo(5);
        assertThat(shipment.destination()).isEqualTo("Praha, Czechia");
        assertThat(answers("d-1")).containsExactly("shipment.prepared.v1", "shipment.dispatched.v1");
    }

    @Test
    void confirmations_and_words_to_leave_that_come_at_once_make_one_shipment() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String id = "par-" + i % 10;
            all.add(threads.submit(() -> {
                try {
                    dock.prepare(confirmed(id));
                    dock.clear(id);
                } catch (DuplicateKeyException anotherWasFaster) {
                    // the listener tries again and finds the shipment
                }
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        threads.shutdown();
        for (int i = 0; i < 10; i++) {
            dock.clear("par-" + i);
            assertThat(answers("par-" + i)).containsExactly("shipment.prepared.v1", "shipment.dispatched.v1");
        }
    }

    @Test
    void a_label_is_the_orders_own_and_void_with_its_shipment() {
        dock.prepare(confirmed("l-1"));
        ShipmentView.LabelView label =
                ShipmentView.of(shipments.ofOrder("l-1").orElseThrow()).label();
        assertThat(label.carrier()).isEqualTo(Carrier.GROUND);
        assertThat(label.weightGrams()).isEqualTo(2_500);
        assertThat(label.valid()).isTrue();
        assertThat(shipments.withTrackingNumber(label.trackingNumber())).isPresent();

        dock.makeVoid("l-1", true);
        assertThat(ShipmentView.of(shipments.ofOrder("l-1").orElseThrow())
                        .label()
                        .valid())
                .isFalse();
    }

    @Test
    void by_hand_a_parcel_leaves_when_somebody_says_so_and_not_before_the_order_is_shipped() {
        manual.prepare(confirmed("m-1"));
        assertThatThrownBy(() -> manual.dispatch("m-1"))
                .hasMessageContaining("is PREPARED and cannot become DISPATCHED: the order service has not said");
        manual.clear("m-1");
        manual.clear("m-1");
        assertThat(shipments.ofOrder("m-1").orElseThrow().state()).isEqualTo(ShipmentState.CLEARED);
        assertThatThrownBy(() -> manual.deliver("m-1")).hasMessageContaining("is CLEARED and cannot become DELIVERED");

        manual.dispatch("m-1");
        manual.dispatch("m-1");
        manual.deliver("m-1");
        manual.deliver("m-1");
        manual.clear("m-1"); // the word to leave, again
        assertThat(shipments.ofOrder("m-1").orElseThrow().state()).isEqualTo(ShipmentState.DELIVERED);
        assertThat(answers("m-1"))
                .containsExactly("shipment.prepared.v1", "shipment.dispatched.v1", "shipment.delivered.v1");
        assertThatThrownBy(() -> manual.dispatch("m-1")).isInstanceOf(IllegalMoveException.class);
    }

    @Test
    void a_cancelled_order_voids_its_shipment() {
        dock.prepare(confirmed("d-2"));
        dock.makeVoid("d-2", true);
        dock.makeVoid("d-2", true);

        assertThat(shipments.ofOrder("d-2").orElseThrow().state()).isEqualTo(ShipmentState.VOIDED);
        assertThatThrownBy(() -> dock.clear("d-2")).hasMessageContaining("is VOIDED and cannot become");
        assertThat(answers("d-2")).containsExactly("shipment.prepared.v1", "shipment.voided.v1");
    }

    @Test
    void a_confirmation_that_comes_after_the_cancellation_finds_its_place_taken() {
        dock.makeVoid("d-3", true);
        dock.prepare(confirmed("d-3"));
        assertThat(shipments.ofOrder("d-3").orElseThrow().state()).isEqualTo(ShipmentState.VOIDED);
        assertThat(answers("d-3")).containsExactly("shipment.voided.v1");

        dock.makeVoid("d-4", false);
        assertThat(shipments.ofOrder("d-4")).isEmpty();
        assertThat(answers("d-4")).isEmpty();
    }

    @Test
    void a_shipment_that_left_is_never_void() {
        dock.prepare(confirmed("d-5"));
        dock.clear("d-5");
        assertThatThrownBy(() -> dock.makeVoid("d-5", true)).hasMessageContaining("is DISPATCHED and cannot become");
    }

    private static OrderConfirmed confirmed(String orderId) {
        return new OrderConfirmed(
                orderId,
                List.of(new OrderConfirmed.Line("A", 2), new OrderConfirmed.Line("B", 3)),
                new OrderConfirmed.Address("Milena", "Praha", "Czechia"));
    }

    private List<String> answers(String orderId) {
        return jdbc.queryForList(
                "select event_type from outbox_event where record_key = ? order by id", String.class, orderId);
    }
}
