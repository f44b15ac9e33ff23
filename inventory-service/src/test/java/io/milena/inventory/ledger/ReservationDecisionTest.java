package io.milena.inventory.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservationDecisionTest {

    private static final Map<String, StockLevel> LEVELS =
            Map.of("A", new StockLevel("A", 10, 4), "B", new StockLevel("B", 5, 0));

    @ParameterizedTest(name = "{0} of A and {1} of B: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            1 | 1 | reserved
            6 | 5 | reserved
            7 | 1 | not enough stock of A: 7 wanted, 6 available
            1 | 6 | not enough stock of B: 6 wanted, 5 available
            0 | 1 | quantity of A is 0
            """)
    void all_or_nothing(long a, long b, String expected) {
        ReservationDecision decision = ReservationDecision.decide("o", new TreeMap<>(Map.of("A", a, "B", b)), LEVELS);

        if (decision instanceof ReservationDecision.Rejected rejected) {
            assertThat(rejected.reason()).isEqualTo(expected);
        } else {
            assertThat(expected).isEqualTo("reserved");
            assertThat(((ReservationDecision.Reserved) decision).movements())
                    .containsExactly(
                            StockMovement.reserved("A", (int) a, "o"), StockMovement.reserved("B", (int) b, "o"));
        }
    }

    @Test
    void an_unknown_product_is_named() {
        assertThat(ReservationDecision.decide("o", new TreeMap<>(Map.of("A", 1L, "X", 1L)), LEVELS))
                .isEqualTo(new ReservationDecision.Rejected("unknown product X"));
    }

    @Test
    void more_than_an_int_can_hold_is_not_enough_stock() {
        assertThat(ReservationDecision.decide("o", new TreeMap<>(Map.of("A", 5_000_000_000L)), LEVELS))
                .isInstanceOf(ReservationDecision.Rejected.class);
    }

    @Test
    void levels_keep_their_invariant() {
        StockLevel level = new StockLevel("A", 10, 4);
        assertThat(level.after(StockMovement.reserved("A", 6, "o")).after(StockMovement.shipped("A", 6, "o")))
                .isEqualTo(new StockLevel("A", 4, 4));
        assertThatThrownBy(() -> level.after(StockMovement.reserved("A", 7, "o")))
                .hasMessageContaining("11 units would be reserved while 10 are there");
        assertThatThrownBy(() -> level.after(StockMovement.released("A", 5, "o")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> level.after(StockMovement.restocked("A", StockLevel.MOST, "k")))
                .hasMessageContaining("the most is");
        assertThatThrownBy(() -> level.after(StockMovement.restocked("B", 1, "k")))
                .hasMessageContaining("does not concern A");
    }
}
