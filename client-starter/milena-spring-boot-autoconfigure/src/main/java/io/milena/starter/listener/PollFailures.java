package io.milena.starter.listener;

import io.milena.starter.listener.UnfetchableRecords.Unfetchable;
import io.milena.starter.retry.Failure;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.ListenerUtils;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * What happens when {@code poll} itself fails: no record came, so nothing can be parked or skipped here. The container would poll again at
 * once and fail again, thousands of times a second. A partition with a record that cannot be fetched is paused instead, for a time that
 * grows, while the consumer's other partitions go on; a failure of no partition in particular lets the whole consumer wait.
 * Each is told when it begins and then once a minute.
 */
final class PollFailures {

    private static final Logger log = LoggerFactory.getLogger(PollFailures.class);
    private static final long REMINDER_NS = Duration.ofMinutes(1).toNanos();
    private static final long FIRST_WAIT_MS = 100;
    /** Well within max.poll.interval.ms, which would cost the consumer its partitions. */
    private static final long LONGEST_WAIT_MS = 10_000;

    private final UnfetchableRecords unfetchable;
    private final ScheduledExecutorService timer;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final Map<String, Long> nextReminderNs = new ConcurrentHashMap<>();

    /** How long a whole consumer waited last, and when that began. */
    private record Waiting(long lastNs, long pauseMs) {}

    /** @param timer resumes what was paused; its thread is kept for an instant only */
    PollFailures(UnfetchableRecords unfetchable, ScheduledExecutorService timer) {
        this.unfetchable = unfetchable;
        this.timer = timer;
    }

    /** Called on the consumer's thread. */
    void handle(Exception error, Consumer<?, ?> consumer, MessageListenerContainer container) {
        TopicPartition partition = partition(error, consumer).orElse(null);
        if (partition == null) {
            waitAWhile(error, container);
        } else {
            pause(partition, error, consumer, container);
        }
    }

    private void pause(
            TopicPartition partition, Exception error, Consumer<?, ?> consumer, MessageListenerContainer container) {
        String listener = String.valueOf(container.getListenerId());
        Unfetchable failure = unfetchable.failed(
                listener,
                partition,
                offset(error, partition, consumer),
                Failure.of(error).reason());
        container.pausePartition(partition);
        timer.schedule(
                () -> container.resumePartition(partition), failure.pause().toMillis(), TimeUnit.MILLISECONDS);
        if (isDue(listener + " " + partition, failure.attempts() == 1)) {
            log.error(
                    "Listener {} cannot get past {} at offset {}, since {}, {} attempts; the partition waits, others go on: {}. If the"
                            + " record stays unreadable, stop the listener, move the group behind it (kafka-consumer-groups"
                            + " --group {} --topic {}:{} --reset-offsets --to-offset {} --execute) and start it again",
                    listener,
                    partition,
                    failure.offset(),
                    failure.since(),
                    failure.attempts(),
                    failure.reason(),
                    container.getGroupId(),
                    partition.topic(),
                    partition.partition(),
                    failure.offset() + 1);
        }
    }

    private void waitAWhile(Exception error, MessageListenerContainer container) {
        String listener = String.valueOf(container.getListenerId());
        long now = System.nanoTime();
        Waiting wait = waiting.merge(
                listener,
                new Waiting(now, FIRST_WAIT_MS),
                (before, first) -> now - before.lastNs() < TimeUnit.MILLISECONDS.toNanos(2 * before.pauseMs() + 1_000)
                        ? new Waiting(now, Math.min(LONGEST_WAIT_MS, 2 * before.pauseMs()))
                        : first);
        if (isDue(listener, wait.pauseMs() == FIRST_WAIT_MS)) {
            log.error("The consumer of listener {} fails and is tried again after a growing pause", listener, error);
        }
        try {
            ListenerUtils.stoppableSleep(container, wait.pauseMs());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it is to be told now: when it begins, and a minute after it was told last. */
    private boolean isDue(String what, boolean begins) {
        long now = System.nanoTime();
        Long next = nextReminderNs.get(what);
        if (next != null && now - next < 0 && !(begins && next - now < REMINDER_NS / 2)) {
            return false;
        }
        nextReminderNs.put(what, now + REMINDER_NS);
        return true;
    }

    /** The consumer tells a partition by its exception's type, or only in its text. */
    private static Optional<TopicPartition> partition(Exception error, Consumer<?, ?> consumer) {
        if (error instanceof RecordDeserializationException undecoded) {
            return Optional.of(undecoded.topicPartition());
        }
        String text = error instanceof KafkaException ? String.valueOf(error.getMessage()) : "";
        return consumer.assignment().stream()
                .filter(each -> names(text, each.toString()))
                // "orders-1" also ends "late-orders-1"
                .max(Comparator.comparingInt(each -> each.topic().length()));
    }

    /** Whether the text has the name, and not as part of a longer number. */
    private static boolean names(String text, String partition) {
        int at = text.indexOf(partition);
        while (at >= 0) {
            int end = at + partition.length();
            if (end == text.length() || !Character.isDigit(text.charAt(end))) {
                return true;
            }
            at = text.indexOf(partition, end);
        }
        return false;
    }

    private static long offset(Exception error, TopicPartition partition, Consumer<?, ?> consumer) {
        if (error instanceof RecordDeserializationException undecoded) {
            return undecoded.offset();
        }
        try {
            return consumer.position(partition, Duration.ZERO);
        } catch (RuntimeException unknown) {
            return -1;
        }
    }
}
