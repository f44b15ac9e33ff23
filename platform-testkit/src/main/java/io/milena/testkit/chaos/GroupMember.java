package io.milena.testkit.chaos;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/** A member of a consumer group that works on records and commits after each poll. A thread of its own. */
final class GroupMember implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final CommittedOffsets offsets;
    private final Violations violations;
    private final Consumer<String, String> consumer;
    private final Thread thread;
    private volatile boolean stopped;

    GroupMember(String topic, CommittedOffsets offsets, Violations violations, Consumer<String, String> consumer) {
        this.offsets = offsets;
        this.violations = violations;
        this.consumer = consumer;
        consumer.subscribe(List.of(topic), new Assignments());
        thread = new Thread(this::run, "member-of-" + offsets.group());
        thread.start();
    }

    private void run() {
        try (consumer) {
            while (!stopped) {
                turn();
            }
        } catch (WakeupException stop) {
            // That is how it ends.
        } catch (RuntimeException e) {
            violations.add("A member of group " + offsets.group() + " cannot go on: " + e);
        }
    }

    private void turn() {
        ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
        if (records.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
        for (ConsumerRecord<String, String> record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            offsets.process(partition, record.offset());
            done.put(partition, new OffsetAndMetadata(record.offset() + 1));
        }
        try {
            consumer.commitSync(done, PATIENCE);
            done.forEach((partition, offset) -> offsets.committed(partition, offset.offset()));
        } catch (CommitFailedException | RetriableException notThisTime) {
            // Another member has the partition, or nobody answered: the next commit says more, or the records come
            // again.
        }
    }

    private final class Assignments implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

        /** Where it begins is what was committed: no earlier than what had been answered before it asked. */
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                long floor = offsets.floor(partition);
                try {
                    offsets.observed(partition, floor, consumer.position(partition, PATIENCE), "a new member");
                } catch (TimeoutException cannotSay) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join(20_000);
        if (thread.isAlive()) {
            consumer.wakeup();
            thread.join(20_000);
        }
    }
}
