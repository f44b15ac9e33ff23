package io.milena.starter.lag;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The timestamps of single records, read by one consumer without a group that fetches little at a time. What was read once is
 * remembered as long as it is asked for, so a group that stands still costs one fetch. Not thread-safe.
 */
final class RecordTimes implements AutoCloseable {

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Duration patience;
    private Map<Place, Long> known = new HashMap<>();
    private @Nullable Consumer<byte[], byte[]> consumer;

    /**
     * @param consumers opens the consumer, when first needed
     * @param patience the longest a call takes
     */
    RecordTimes(Supplier<Consumer<byte[], byte[]>> consumers, Duration patience) {
        this.consumers = consumers;
        this.patience = patience;
    }

    /** An offset in a partition. */
    record Place(TopicPartition partition, long offset) {}

    /** The timestamp, in milliseconds, of the first record at or after each place, of those that could be read in time. */
    Map<Place, Long> at(Set<Place> places) {
        Map<Place, Long> found = new HashMap<>();
        places.forEach(place -> {
            Long time = known.get(place);
            if (time != null) {
                found.put(place, time);
            }
        });
        long deadlineNs = System.nanoTime() + patience.toNanos();
        while (found.size() < places.size() && System.nanoTime() < deadlineNs) {
            Map<TopicPartition, Place> round = new HashMap<>(); // a partition can be read at one place at a time
            places.stream()
                    .filter(place -> !found.containsKey(place))
                    .forEach(place -> round.putIfAbsent(place.partition(), place));
            Map<Place, Long> read = read(round, deadlineNs);
            if (read.isEmpty()) {
                break;
            }
            found.putAll(read);
        }
        known = found;
        return found;
    }

    private Map<Place, Long> read(Map<TopicPartition, Place> round, long deadlineNs) {
        Map<Place, Long> read = new HashMap<>();
        try {
            Consumer<byte[], byte[]> open = open();
            open.assign(round.keySet());
            round.forEach((partition, place) -> open.seek(partition, place.offset()));
            while (read.size() < round.size() && System.nanoTime() < deadlineNs) {
                for (ConsumerRecord<byte[], byte[]> record : open.poll(Duration.ofMillis(50))) {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    Place place = round.get(partition);
                    if (place != null && read.putIfAbsent(place, record.timestamp()) == null) {
                        open.pause(Set.of(partition));
                    }
                }
            }
            open.assign(Set.of());
        } catch (KafkaException e) {
            close(); // the next call begins anew
        }
        return read;
    }

    private Consumer<byte[], byte[]> open() {
        Consumer<byte[], byte[]> open = consumer;
        if (open == null) {
            open = consumers.get();
            consumer = open;
        }
        return open;
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
            consumer = null;
        }
    }
}
