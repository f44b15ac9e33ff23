package io.milena.orders.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderTest {

    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final NewOrder WISH =
            new NewOrder("o1", "c1", null, List.of(new OrderLine("A", 2, new BigDecimal("14.0"))), null);

    @Test
    void a_move_keeps_what_was_ordered_and_tells_when() {
        Order shipped = Order.place("o1", WISH, NOW).confirm(NOW.plusSeconds(1)).ship("s1", NOW.plusSeconds(2));

        assertThat(shipped.state()).isEqualTo(OrderState.SHIPPED);
        assertThat(shipped.shipmentId()).isEqualTo("s1");
        assertThat(shipped.lines()).isEqualTo(WISH.lines());
        assertThat(shipped.placedAt()).isEqualTo(NOW);
        assertThat(shipped.updatedAt()).isEqualTo(NOW.plusSeconds(2));
        assertThat(shipped.version()).isEqualTo(3);
    }

    @Test
    void an_illegal_move_names_both_ends() {
        Order rejected = Order.place("o1", WISH, NOW).reject("no stock", NOW);

        assertThatThrownBy(() -> rejected.cancel(null, NOW))
                .isInstanceOf(IllegalMoveException.class)
                .hasMessage("order o1 is REJECTED and cannot become CANCELLED");
    }

    @Test
    void the_same_wish_is_recognised_however_its_price_is_written() {
        Order order = Order.place("o1", WISH, NOW);
        NewOrder same = new NewOrder("o1", "c1", null, List.of(new OrderLine("A", 2, new BigDecimal("14.0000"))), null);
        NewOrder other = new NewOrder("o1", "c1", null, List.of(new OrderLine("A", 3, new BigDecimal("14"))), null);

        assertThat(order.answers(same)).isTrue();
        assertThat(order.answers(other)).isFalse();
    }
}
