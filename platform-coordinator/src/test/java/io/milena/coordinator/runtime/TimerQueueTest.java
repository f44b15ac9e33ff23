package io.milena.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.runtime.TimerQueue.Timer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimerQueueTest {

    private final TimerQueue timers = new TimerQueue();
    private final List<Long> rang = new ArrayList<>();

    private Timer timer() {
        return new Timer(turn -> rang.add(turn.nowMs()));
    }

    private static Turn at(long nowMs) {
        return new Turn(nowMs, 0);
    }

    @Test
    void ringsOnceWhenItsDeadlineHasPassed() {
        Timer timer = timer();
        timers.arm(timer, 100);
        timers.fire(at(99));
        assertThat(rang).isEmpty();
        timers.fire(at(100));
        timers.fire(at(1000));
        assertThat(rang).containsExactly(100L);
        assertThat(timers.nextMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void movingADeadlineAwayKeepsThePlaceUntilItComesUp() {
        Timer timer = timer();
        timers.arm(timer, 100);
        timers.arm(timer, 250);
        assertThat(timers.nextMs()).isEqualTo(100);
        timers.fire(at(100));
        assertThat(rang).isEmpty();
        assertThat(timers.nextMs()).isEqualTo(250);
        timers.fire(at(250));
        assertThat(rang).containsExactly(250L);
    }

    @Test
    void movingADeadlineNearerTakesEffect() {
        Timer timer = timer();
        timers.arm(timer, 300_000);
        timers.arm(timer, 100);
        timers.fire(at(100));
        assertThat(rang).containsExactly(100L);
        timers.arm(timer, 300_000);
        timers.fire(at(299_999));
        assertThat(rang).hasSize(1);
        timers.fire(at(300_000));
        timers.fire(at(300_001));
        assertThat(rang).containsExactly(100L, 300_000L);
    }

    @Test
    void aCancelledTimerIsSilentUntilArmedAgain() {
        Timer timer = timer();
        timers.arm(timer, 100);
        timers.cancel(timer);
        timers.fire(at(200));
        assertThat(rang).isEmpty();
        timers.arm(timer, 300);
        timers.fire(at(300));
        assertThat(rang).containsExactly(300L);
    }
}
