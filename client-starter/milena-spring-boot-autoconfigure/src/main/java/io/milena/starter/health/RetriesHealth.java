package io.milena.starter.health;

import io.milena.starter.retry.RetryQueues;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Tells how many events wait for another attempt; down when one is long due and nobody tries it. */
public final class RetriesHealth extends AbstractHealthIndicator {

    private final RetryQueues queues;
    private final Duration overdueAfter;
    private final Clock clock;

    public RetriesHealth(RetryQueues queues, Duration overdueAfter, Clock clock) {
        super("the queues of retries cannot be read");
        this.queues = queues;
        this.overdueAfter = overdueAfter;
        this.clock = clock;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        health.withDetail("parked", queues.parked());
        List<RetryQueues.Head> first = queues.heads(0, 1);
        first.forEach(head -> health.withDetail("next", head.dueAt()));
        if (first.stream()
                .anyMatch(head -> head.dueAt().isBefore(clock.instant().minus(overdueAfter)))) {
            health.down().withDetail("problem", "an event is due for another attempt since more than " + overdueAfter);
        } else {
            health.up();
        }
    }
}
