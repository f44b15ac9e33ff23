package io.milena.starter.health;

import io.milena.starter.retry.RetryQueues;
import io.milena.starter.retry.UnwrittenLetters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Tells how many events wait for another attempt; down when one is long due and nobody tries it, when one is tried for long, or when dead letters
 * cannot be written for long.
 */
public final class RetriesHealth extends AbstractHealthIndicator {

    private final RetryQueues queues;
    private final UnwrittenLetters unwritten;
    private final Duration overdueAfter;
    private final Duration parkedAfter;
    private final Clock clock;

    public RetriesHealth(
            RetryQueues queues, UnwrittenLetters unwritten, Duration overdueAfter, Duration parkedAfter, Clock clock) {
        super("the queues of retries cannot be read");
        this.queues = queues;
        this.unwritten = unwritten;
        this.overdueAfter = overdueAfter;
        this.parkedAfter = parkedAfter;
        this.clock = clock;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        health.up().withDetail("parked", queues.parked());
        Instant longAgo = clock.instant().minus(overdueAfter);
        List<RetryQueues.Head> first = queues.heads(0, 1);
        first.forEach(head -> health.withDetail("next", head.dueAt()));
        if (first.stream().anyMatch(head -> head.dueAt().isBefore(longAgo))) {
            health.down().withDetail("problem", "an event is due for another attempt since more than " + overdueAfter);
        }
        lookForLongParked(health);
        lookForUnwrittenLetters(health, longAgo);
    }

    private void lookForLongParked(Health.Builder health) {
        Instant since = queues.longestParked();
        if (since == null) {
            return;
        }
        health.withDetail("longestParkedSince", since);
        if (since.isBefore(clock.instant().minus(parkedAfter))) {
            health.down()
                    .withDetail(
                            "problem",
                            "the first event of a key is parked for more than " + parkedAfter
                                    + "; /actuator/retries tells why");
        }
    }

    /** The table tells whether there still are any, this instance's memory why. */
    private void lookForUnwrittenLetters(Health.Builder health, Instant longAgo) {
        Map<String, Long> waiting = queues.withoutLetter();
        if (waiting.isEmpty()) {
            return;
        }
        health.withDetail("withoutDeadLetter", waiting);
        unwritten.troubles().stream()
                .filter(trouble -> waiting.containsKey(trouble.topic()))
                .findFirst()
                .ifPresent(trouble -> {
                    health.withDetail("problem", trouble.reason()).withDetail("since", trouble.since());
                    if (trouble.since().isBefore(longAgo)) {
                        health.down();
                    }
                });
    }
}
