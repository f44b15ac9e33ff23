package io.milena.testkit.chaos;

import io.milena.records.group.CoordinatorRecordType;
import io.milena.records.group.OffsetCommitKey;
import io.milena.records.group.OffsetCommitValue;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.jspecify.annotations.Nullable;

/** Follows the log of committed offsets and tells each group of its commits, before they are compacted. A thread of its own. */
final class OffsetsTopic implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<CommittedOffsets> groups;
    private final Violations violations;
    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Thread thread;
    private volatile @Nullable Map<TopicPartition, Long> ends;

    /** @param consumer without a group; the topic exists */
    OffsetsTopic(List<CommittedOffsets> groups, Violations violations, Consumer<byte[], byte[]> consumer) {
        this.groups = groups;
        this.violations = violations;
        this.consumer = consumer;
        partitions = consumer.partitionsFor(Topic.GROUP_METADATA_TOPIC_NAME, PATIENCE).stream()
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread = new Thread(this::run, "offsets-reader");
        thread.start();
    }

    private void run() {
        try (consumer) {
            while (!hasReached(ends)) {
                consumer.poll(Duration.ofMillis(100)).forEach(this::tell);
            }
        } catch (RuntimeException e) {
            violations.add("The reader of " + Topic.GROUP_METADATA_TOPIC_NAME + " cannot go on: " + e);
        }
    }

    private boolean hasReached(@Nullable Map<TopicPartition, Long> ends) {
        return ends != null
                && partitions.stream()
                        .allMatch(each -> consumer.position(each, PATIENCE) >= ends.getOrDefault(each, 0L));
    }

    private void tell(ConsumerRecord<byte[], byte[]> record) {
        ByteBuffer key = ByteBuffer.wrap(record.key());
        if (key.getShort() != CoordinatorRecordType.OFFSET_COMMIT.id() || record.value() == null) {
            return; // of a group or a member, or a tombstone
        }
        OffsetCommitKey commit =
                new OffsetCommitKey(new ByteBufferAccessor(key), OffsetCommitKey.HIGHEST_SUPPORTED_VERSION);
        ByteBuffer value = ByteBuffer.wrap(record.value());
        long offset = new OffsetCommitValue(new ByteBufferAccessor(value), value.getShort()).offset();
        groups.stream()
                .filter(group -> group.group().equals(commit.group()))
                .forEach(group -> group.logged(new TopicPartition(commit.topic(), commit.partition()), offset));
    }

    /** Reads to where the log ends now, and no further. */
    void finish(Consumer<byte[], byte[]> other) throws InterruptedException {
        try (other) {
            ends = other.endOffsets(partitions, PATIENCE);
        }
        thread.join(PATIENCE.toMillis());
        if (thread.isAlive()) {
            violations.add("Reading " + Topic.GROUP_METADATA_TOPIC_NAME + " did not end within " + PATIENCE);
        }
    }

    @Override
    public void close() throws InterruptedException {
        ends = Map.of();
        thread.join(20_000);
    }
}
