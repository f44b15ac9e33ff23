package io.milena.orders.order;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole table of moves. */
class OrderStateTest {

    @ParameterizedTest(name = "{0}: {1}{2}{3}{4}{5}")
    @CsvSource({
        // from,     PLACED, CONFIRMED, SHIPPED, REJECTED, CANCELLED
        "PLACED,     no,     yes,       no,      yes,      yes",
        "CONFIRMED,  no,     no,        yes,     no,       yes",
        "SHIPPED,    no,     no,        no,      no,       no",
        "REJECTED,   no,     no,        no,      no,       no",
        "CANCELLED,  no,     no,        no,      no,       no"
    })
    void moves(OrderState from, String placed, String confirmed, String shipped, String rejected, String cancelled) {
        String[] row = {placed, confirmed, shipped, rejected, cancelled};
        for (OrderState to : OrderState.values()) {
            assertThat(from.mayBecome(to)).as("%s to %s", from, to).isEqualTo(row[to.ordinal()].equals("yes"));
        }
        assertThat(from.isTerminal()).isEqualTo(!String.join("", row).contains("yes"));
    }
}
