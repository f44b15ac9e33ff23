package io.milena.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GapsTest {
    private final Gaps gaps = new Gaps(2, 0);

    @Test
    void theWorstGapCountsWhetherItIsOverOrNot() {
        gaps.success(0, ms(100));
        gaps.success(1, ms(100));
        gaps.begin();
        gaps.success(0, ms(150));
        gaps.success(0, ms(400));
        gaps.success(1, ms(399));
        assertThat(gaps.longestMs(ms(400))).isEqualTo(299);
        assertThat(gaps.longestMs(ms(900))).isEqualTo(501);
    }

    @Test
    void itTellsWhatHasNotSucceededSinceAMoment() {
        gaps.success(0, ms(10));
        gaps.success(1, ms(20));
        assertThat(gaps.notSince(ms(15))).isZero();
        gaps.success(0, ms(16));
        assertThat(gaps.notSince(ms(15))).isEqualTo(-1);
    }

    private static long ms(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }
}
