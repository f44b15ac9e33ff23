package io.milena.starter.deadletter;

import io.milena.starter.event.EventHeaders;
import io.milena.starter.retry.DatabaseProbe;
import io.milena.starter.retry.Failure;
import io.milena.starter.retry.RecordHandler;
import io.milena.starter.retry.RetriedRecord;
import io.milena.starter.retry.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.support.KafkaUtils;

/**
 * Redrive for a service that keeps no dead letters in a database: out of the topic. How far it came is committed as group
 * {@code <group>-redrive}, after each letter; a crash in between hands one out again. One call at a time per instance.
 */
public final class TopicRedrive {

    private static final Logger log = LoggerFactory.getLogger(TopicRedrive.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Supplier<Map<Subscription, RecordHandler>> handlers;
    private final Function<String, Consumer<String, byte[]>> consumers;
    private final DeadLetterPublisher publisher;
    private final DatabaseProbe database;
    private final String suffix;

    /**
     * @param handlers of the listeners that run at this moment
     * @param consumers opens one for a group, which does not commit by itself and begins with the earliest record
     * @param suffix what makes a topic's name that of its dead letters
     */
    public TopicRedrive(
            Supplier<Map<Subscription, RecordHandler>> handlers,
            Function<String, Consumer<String, byte[]>> consumers,
            DeadLetterPublisher publisher,
            DatabaseProbe database,
            String suffix) {
        this.handlers = handlers;
        this.consumers = consumers;
        this.publisher = publisher;
        this.database = database;
        this.suffix = suffix;
    }

    /**
     * What came out.
     *
     * @param redriven were handled
     * @param failed are dead letters again, at the end of the topic
     */
    public record Outcome(int redriven, int failed) {}

    /** Hands every letter of this service's groups that is in the topics now to its listener, one after another. */
    public synchronized Outcome redriveAll() {
        int[] counts = new int[2];
        handlers.get().forEach((subscription, handler) -> {
            try (Consumer<String, byte[]> consumer = consumers.apply(subscription.group() + "-redrive")) {
                redrive(subscription, handler, consumer, counts);
            }
        });
        return new Outcome(counts[0], counts[1]);
    }

    private void redrive(
            Subscription subscription, RecordHandler handler, Consumer<String, byte[]> consumer, int[] counts) {
        List<PartitionInfo> known = consumer.partitionsFor(subscription.topic() + suffix);
        List<TopicPartition> partitions = known == null
                ? List.of()
                : known.stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < end(ends, partition))) {
            for (ConsumerRecord<String, byte[]> letter : consumer.poll(POLL)) {
                TopicPartition partition = new TopicPartition(letter.topic(), letter.partition());
                if (letter.offset() < end(ends, partition) && isMine(letter, subscription.group())) {
                    counts[redrive(letter, subscription.group(), handler) ? 0 : 1]++;
                }
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(letter.offset() + 1)));
            }
        }
    }

    private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    private static boolean isMine(ConsumerRecord<String, byte[]> letter, String group) {
        if (!group.equals(EventHeaders.read(letter.headers(), DeadLetterHeaders.GROUP))) {
            return false;
        }
        if (EventHeaders.read(letter.headers(), DeadLetterHeaders.OMITTED) != null) {
            log.warn(
                    "Dead letter {}-{}@{} has no value to redrive, it was too large; the original is {}-{}@{}",
                    letter.topic(),
                    letter.partition(),
                    letter.offset(),
                    EventHeaders.read(letter.headers(), DeadLetterHeaders.TOPIC),
                    EventHeaders.read(letter.headers(), DeadLetterHeaders.PARTITION),
                    EventHeaders.read(letter.headers(), DeadLetterHeaders.OFFSET));
            return false;
        }
        return true;
    }

    /** False if it failed again. */
    private boolean redrive(ConsumerRecord<String, byte[]> letter, String group, RecordHandler handler) {
        ConsumerRecord<@Nullable String, byte @Nullable []> original = original(letter);
        int attempt = (int) number(letter, DeadLetterHeaders.ATTEMPTS) + 1;
        KafkaUtils.setConsumerGroupId(group);
        try {
            handler.handle(RetriedRecord.ofNoQueue(original, attempt));
            return true;
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            Failure failure = Failure.of(e, database);
            if (failure.kind() == Failure.Kind.DATABASE_AWAY) {
                throw e;
            }
            publisher.publish(original, group, attempt, failure);
            log.warn("Dead letter {} (key {}) failed again: {}", letter.topic(), letter.key(), failure.reason());
            return false;
        } finally {
            KafkaUtils.clearConsumerGroupId();
        }
    }

    private static ConsumerRecord<@Nullable String, byte @Nullable []> original(ConsumerRecord<String, byte[]> letter) {
        String topic = EventHeaders.read(letter.headers(), DeadLetterHeaders.TOPIC);
        return new ConsumerRecord<>(
                topic == null ? letter.topic() : topic,
                (int) number(letter, DeadLetterHeaders.PARTITION),
                number(letter, DeadLetterHeaders.OFFSET),
                letter.timestamp(),
                TimestampType.CREATE_TIME,
                letter.serializedKeySize(),
                letter.serializedValueSize(),
                letter.key(),
                letter.value(),
                letter.headers(),
                Optional.empty());
    }

    private static long number(ConsumerRecord<String, byte[]> letter, String header) {
        try {
            return Long.parseLong(String.valueOf(EventHeaders.read(letter.headers(), header)));
        } catch (NumberFormatException strange) {
            return 0; // by somebody else
        }
    }
}
