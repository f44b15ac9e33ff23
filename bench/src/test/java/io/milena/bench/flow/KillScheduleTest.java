package io.milena.bench.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.bench.flow.KillTargets.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KillScheduleTest {

    @Test
    void every_kind_gets_its_third_and_now_and_then_two_different_ones_die_at_once() {
        for (int seed = 0; seed < 200; seed++) {
            Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
            List<KillTargets> kills = schedule(seed, 30);
            kills.forEach(targets -> targets.kinds().forEach(kind -> counts.merge(kind, 1, Integer::sum)));

            assertThat(counts)
                    .hasSize(3)
                    .allSatisfy((kind, count) -> assertThat(count).isEqualTo(10));
            assertThat(kills).allSatisfy(targets -> assertThat(targets.kinds()).doesNotHaveDuplicates());
        }
        assertThat(schedule(1, 300)).anyMatch(targets -> targets.kinds().size() == 2);
    }

    @Test
    void a_seed_deals_the_same_again() {
        assertThat(schedule(7, 100)).isEqualTo(schedule(7, 100)).isNotEqualTo(schedule(8, 100));
    }

    private static List<KillTargets> schedule(int seed, int count) {
        KillSchedule schedule = new KillSchedule(new Random(seed));
        List<KillTargets> kills = new ArrayList<>();
        for (int left = count; left > 0; ) {
            KillTargets targets = schedule.next(left);
            left -= targets.kinds().size();
            kills.add(targets);
        }
        return kills;
    }
}
