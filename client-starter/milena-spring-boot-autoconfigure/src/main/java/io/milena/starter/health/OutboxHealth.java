package io.milena.starter.health;

import io.milena.starter.outbox.Outbox;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Down when the oldest event of the outbox waits too long, whichever instance should have published it. */
public final class OutboxHealth extends AbstractHealthIndicator {

    private final Outbox outbox;
    private final Duration stalledAfter;
    private final Clock clock;

    public OutboxHealth(Outbox outbox, Duration stalledAfter, Clock clock) {
        super("the outbox cannot be read");
        this.outbox = outbox;
        this.stalledAfter = stalledAfter;
        this.clock = clock;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        Optional<Instant> oldest = outbox.waitingSince();
        oldest.ifPresent(since -> health.withDetail("waitingSince", since));
        boolean stalled =
                oldest.isPresent() && oldest.get().isBefore(clock.instant().minus(stalledAfter));
        if (stalled) {
            health.down().withDetail("problem", "the oldest event has waited for more than " + stalledAfter);
        } else {
            health.up();
        }
    }
}
