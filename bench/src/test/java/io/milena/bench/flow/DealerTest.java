package io.milena.bench.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.bench.flow.Blow.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DealerTest {

    @Test
    void every_kind_gets_its_third_and_now_and_then_two_different_ones_die_at_once() {
        for (int seed = 0; seed < 200; seed++) {
            Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
            List<Blow> blows = deal(seed, 30);
            blows.forEach(blow -> blow.kinds().forEach(kind -> counts.merge(kind, 1, Integer::sum)));

            assertThat(counts)
                    .hasSize(3)
                    .allSatisfy((kind, count) -> assertThat(count).isEqualTo(10));
            assertThat(blows).allSatisfy(blow -> assertThat(blow.kinds()).doesNotHaveDuplicates());
        }
        assertThat(deal(1, 300)).anyMatch(blow -> blow.kinds().size() == 2);
    }

    @Test
    void a_seed_deals_the_same_again() {
        assertThat(deal(7, 100)).isEqualTo(deal(7, 100)).isNotEqualTo(deal(8, 100));
    }

    private static List<Blow> deal(int seed, int kills) {
        Dealer dealer = new Dealer(new Random(seed));
        List<Blow> blows = new ArrayList<>();
        for (int left = kills; left > 0; ) {
            Blow blow = dealer.deal(left);
            left -= blow.kinds().size();
            blows.add(blow);
        }
        return blows;
    }
}
