package io.milena.shipping.shipment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.shipping.ShippingServiceApplication;
import io.milena.shipping.contract.OrderConfirmed;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Shipments in the real database, without a broker. */
class DockTest {

    private static ConfigurableApplicationContext context;
    private static Dock dock;
    private static ShipmentRepository shipments;

    @BeforeAll
    static void start() {
        context = ShippingServiceApplication.builder()
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.kafka.bootstrap-servers=localhost:1",
                        "--spring.datasource.url=jdbc:h2:mem:shipping;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH");
        dock = context.getBean(Dock.class);
        shipments = context.getBean(ShipmentRepository.class);
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @Test
    void a_confirmed_order_gets_one_shipment_however_often_it_is_confirmed() {
        dock.prepare(confirmed("d-1"));
        dock.prepare(confirmed("d-1"));
        dock.dispatch("d-1");
        dock.dispatch("d-1");

        Shipment shipment = shipments.ofOrder("d-1").orElseThrow();
        assertThat(shipment.state()).isEqualTo(ShipmentState.DISPATCHED);
        assertThat(shipment.units()).isEqualTo(5);
        assertThat(shipment.destination()).isEqualTo("Praha, Czechia");
        assertThat(answers("d-1")).containsExactly("shipment.prepared.v1", "shipment.dispatched.v1");
    }

    @Test
    void a_cancelled_order_voids_its_shipment() {
        dock.prepare(confirmed("d-2"));
        dock.makeVoid("d-2", true);
        dock.makeVoid("d-2", true);

        assertThat(shipments.ofOrder("d-2").orElseThrow().state()).isEqualTo(ShipmentState.VOIDED);
        assertThatThrownBy(() -> dock.dispatch("d-2")).hasMessageContaining("is VOIDED and cannot leave");
    }

    @Test
    void a_confirmation_that_comes_after_the_cancellation_finds_its_place_taken() {
        dock.makeVoid("d-3", true);
        dock.prepare(confirmed("d-3"));
        assertThat(shipments.ofOrder("d-3").orElseThrow().state()).isEqualTo(ShipmentState.VOIDED);
        assertThat(answers("d-3")).isEmpty();

        dock.makeVoid("d-4", false);
        assertThat(shipments.ofOrder("d-4")).isEmpty();
    }

    @Test
    void a_shipment_that_left_is_never_void() {
        dock.prepare(confirmed("d-5"));
        dock.dispatch("d-5");
        assertThatThrownBy(() -> dock.makeVoid("d-5", true)).hasMessageContaining("has left");
    }

    private static OrderConfirmed confirmed(String orderId) {
        return new OrderConfirmed(
                orderId,
                List.of(new OrderConfirmed.Line("A", 2), new OrderConfirmed.Line("B", 3)),
                new OrderConfirmed.Address("Milena", "Praha", "Czechia"));
    }

    private static List<String> answers(String orderId) {
        return context.getBean(JdbcTemplate.class)
                .queryForList(
                        "select event_type from outbox_event where record_key = ? order by id", String.class, orderId);
    }
}
