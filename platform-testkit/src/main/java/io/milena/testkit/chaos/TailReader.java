package io.milena.testkit.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads all partitions as they grow, without a group, and compares with what was promised. A thread of its own. */
final class TailReader implements AutoCloseable {
    private final List<Ledger> ledgers;
    private final Violations violations;
    private final Consumer<String, String> consumer;
    private final Thread thread;
    private volatile boolean stopped;

    TailReader(String topic, List<Ledger> ledgers, Violations violations, Consumer<String, String> consumer) {
        this.ledgers = ledgers;
        this.violations = violations;
        this.consumer = consumer;
        List<TopicPartition> partitions = partitions(topic, ledgers.size());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread = new Thread(this::run, "tail-reader");
        thread.start();
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            partitions.add(new TopicPartition(topic, i));
        }
        return partitions;
    }

    private void run() {
        try (consumer) {
            while (!stopped) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    ledgers.get(record.partition()).read(record.offset(), record.value());
                }
            }
        } catch (RuntimeException e) {
            violations.add("The reader cannot go on: " + e);
        }
    }

    /** Reads everything once more from the first offset with a new consumer, up to where the first reading came. */
    static void again(String topic, List<Ledger> ledgers, Violations violations, Consumer<String, String> consumer) {
        List<TopicPartition> partitions = partitions(topic, ledgers.size());
        try (consumer) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (partitions.stream()
                    .anyMatch(each -> consumer.position(each)
                            < ledgers.get(each.partition()).end())) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    ledgers.get(record.partition()).readAgain(record.offset(), record.value());
                }
                if (System.nanoTime() - deadline > 0) {
                    violations.add("Reading everything again did not end within 60 s");
                    return;
                }
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join(20_000);
    }
}
