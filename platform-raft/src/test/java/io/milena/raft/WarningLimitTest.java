package io.milena.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarningLimitTest {
    private final List<String> logged = new ArrayList<>();
    private long nowMs = 1;
    private final WarningLimit limit = new WarningLimit(
            new RaftClock() {
                @Override
                public long nowMs() {
                    return nowMs;
                }

                @Override
                public long wallMs() {
                    return nowMs;
                }
            },
            logged::add);

    @Test
    void theSameWarningIsLoggedOnceAMinuteAndWhatWasLeftOutIsCounted() {
        // when
        for (int i = 0; i < 1_000; i++) {
            limit.warn("peer 2", "odd");
        }
        nowMs += WarningLimit.PERIOD_MS;
        limit.warn("peer 2", "odd");

        // then
        assertThat(logged).containsExactly("odd", "999 more warnings like those before were left out in 60 s", "odd");
    }

    @Test
    void manyDifferentWarningsAreBoundedToo() {
        // when
        for (int i = 0; i < 10_000; i++) {
            limit.warn(i, "odd " + i);
        }

        // then
        assertThat(logged).hasSize(WarningLimit.MOST_PER_PERIOD + 1);
    }
}
