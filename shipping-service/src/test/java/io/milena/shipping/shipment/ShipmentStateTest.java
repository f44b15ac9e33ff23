package io.milena.shipping.shipment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShipmentStateTest {

    private static final Set<String> LEGAL =
            Set.of("PREPARED CLEARED", "CLEARED DISPATCHED", "DISPATCHED DELIVERED", "PREPARED VOIDED");

    @ParameterizedTest
    @EnumSource
    void a_shipment_moves_only_where_it_may(ShipmentState from) {
        Instant before = Instant.parse("2026-01-01T00:00:00Z");
        Instant now = Instant.parse("2026-01-02T00:00:00Z");
        Shipment shipment = new Shipment("s", "o", from, 1, null, null, null, before, before);
        for (ShipmentState to : ShipmentState.values()) {
            if (from == to) {
                assertThat(shipment.moved(to, now)).isSameAs(shipment);
            } else if (LEGAL.contains(from + " " + to)) {
                assertThat(shipment.moved(to, now))
                        .isEqualTo(new Shipment("s", "o", to, 1, null, null, null, before, now));
            } else {
                assertThatThrownBy(() -> shipment.moved(to, now))
                        .isInstanceOf(IllegalMoveException.class)
                        .hasMessageContaining("is " + from + " and cannot become " + to);
            }
        }
    }
}
