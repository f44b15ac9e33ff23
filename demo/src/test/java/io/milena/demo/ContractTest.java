package io.milena.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.orders.order.OrderLine;
import io.milena.orders.order.OrderState;
import io.milena.orders.order.ShipTo;
import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventInfo;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** What one service writes another reads, with the classes each has of its own, across names and fields alone. */
class ContractTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    static Stream<Arguments> contracts() {
        List<OrderLine> lines = List.of(new OrderLine("A", 2, new BigDecimal("14")), new OrderLine("B", 1, null));
        ShipTo to = new ShipTo("Milena", "Street 1", "Praha", "110 00", "Czechia");
        return Stream.of(
                Arguments.of(
                        new io.milena.orders.contract.OrderPlaced("o", "c", LocalDate.of(2026, 1, 2), lines, to),
                        new io.milena.inventory.contract.OrderPlaced(
                                "o",
                                List.of(
                                        new io.milena.inventory.contract.OrderPlaced.Line("A", 2),
                                        new io.milena.inventory.contract.OrderPlaced.Line("B", 1)))),
                Arguments.of(
                        new io.milena.orders.contract.OrderCancelled("o", OrderState.CONFIRMED),
                        new io.milena.inventory.contract.OrderCancelled("o")),
                Arguments.of(
                        new io.milena.orders.contract.OrderCancelled("o", OrderState.CONFIRMED),
                        new io.milena.shipping.contract.OrderCancelled("o", "CONFIRMED")),
                Arguments.of(
                        new io.milena.orders.contract.OrderShipped("o", "s"),
                        new io.milena.inventory.contract.OrderShipped("o")),
                Arguments.of(
                        new io.milena.orders.contract.OrderShipped("o", "s"),
                        new io.milena.shipping.contract.OrderShipped("o", "s")),
                Arguments.of(
                        new io.milena.orders.contract.OrderConfirmed("o", "c", lines, to),
                        new io.milena.shipping.contract.OrderConfirmed(
                                "o",
                                List.of(
                                        new io.milena.shipping.contract.OrderConfirmed.Line("A", 2),
                                        new io.milena.shipping.contract.OrderConfirmed.Line("B", 1)),
                                new io.milena.shipping.contract.OrderConfirmed.Address("Milena", "Praha", "Czechia"))),
                Arguments.of(
                        new io.milena.inventory.contract.StockReserved("o"),
                        new io.milena.orders.contract.StockReserved("o")),
                Arguments.of(
                        new io.milena.inventory.contract.StockRejected("o", "why"),
                        new io.milena.orders.contract.StockRejected("o", "why")),
                Arguments.of(
                        new io.milena.inventory.contract.ReservationExpired("o", "why"),
                        new io.milena.orders.contract.ReservationExpired("o", "why")),
                Arguments.of(
                        new io.milena.shipping.contract.ShipmentDelivered("o", "s"),
                        new io.milena.orders.contract.ShipmentDelivered("o", "s")),
                Arguments.of(
                        new io.milena.shipping.contract.ShipmentPrepared("o", "s"),
                        new io.milena.orders.contract.ShipmentPrepared("o", "s")));
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void what_one_writes_the_other_reads(Object written, Object read) {
        EventCodec writer = new EventCodec(EventTypes.of(written.getClass()), JSON);
        EventCodec reader = new EventCodec(EventTypes.of(read.getClass()), JSON);
        String type = written.getClass().getAnnotation(EventType.class).value();

        Object got = reader.read(
                new EventInfo("id", type, "test", null, "o"),
                writer.write(written).getBytes(StandardCharsets.UTF_8));
        assertThat(got).isEqualTo(read);
    }
}
