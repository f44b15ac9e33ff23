package io.milena.starter.listener;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/**
 * The places in partitions that a consumer cannot get past, because fetching or decoding the record there fails. Written by the
 * listeners' consumer threads, read by health. A failure that does not come again when its pause is over is forgotten: the record
 * could be read, was skipped or deleted, or the partition went to another consumer.
 */
public final class UnfetchableRecords {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** How long after a pause the next attempt may take before the failure counts as over. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    /**
     * One place.
     *
     * @param listener whose consumer is held up; another group may read the same partition
     * @param offset of the record that cannot be fetched, -1 if it is not known
     * @param attempts how often it failed so far
     * @param pause until the next attempt
     */
    public record Unfetchable(
            String listener,
            TopicPartition partition,
            long offset,
            String reason,
            Instant since,
            Instant lastFailure,
            int attempts,
            Duration pause) {

        @Override
        public String toString() {
            return listener + " at " + partition + (offset < 0 ? "" : "@" + offset) + " since " + since + ": " + reason;
        }
    }

    private final Clock clock;

    private record Place(String listener, TopicPartition partition) {}

    private final Map<Place, Unfetchable> failures = new ConcurrentHashMap<>();

    public UnfetchableRecords(Clock clock) {
        this.clock = clock;
    }

    /** Notes a failure and says how long to wait before the next attempt. */
    Unfetchable failed(String listener, TopicPartition partition, long offset, String reason) {
        Instant now = clock.instant();
        return failures.merge(
                new Place(listener, partition),
                new Unfetchable(listener, partition, offset, reason, now, now, 1, FIRST_PAUSE),
                (before, first) ->
                        before.offset() == offset && !isOver(before, now) ? again(before, reason, now) : first);
    }

    private static Unfetchable again(Unfetchable before, String reason, Instant now) {
        Duration doubled = before.pause().multipliedBy(2);
        return new Unfetchable(
                before.listener(),
                before.partition(),
                before.offset(),
                reason,
                before.since(),
                now,
                before.attempts() + 1,
                doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled);
    }

    /** What cannot be fetched at this moment, by topic and partition. */
    public List<Unfetchable> current() {
        Instant now = clock.instant();
        failures.values().removeIf(failure -> isOver(failure, now));
        return failures.values().stream()
                .sorted(Comparator.comparing(
                                (Unfetchable failure) -> failure.partition().topic())
                        .thenComparing(failure -> failure.partition().partition())
                        .thenComparing(Unfetchable::listener))
                .toList();
    }

    private static boolean isOver(Unfetchable failure, Instant now) {
        return failure.lastFailure().plus(failure.pause()).plus(GRACE).isBefore(now);
    }
}
