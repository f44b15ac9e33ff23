package io.milena.embedded;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A consumer of a group on a thread of its own, which reads until it leaves, and remembers what it read and owns. */
final class GroupMember implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String name;
    private final KafkaConsumer<String, String> consumer;
    private final Thread thread;
    private final Queue<String> read = new ConcurrentLinkedQueue<>();
    private volatile Set<Integer> partitions = Set.of();

    private GroupMember(String name, Map<String, Object> config, String topic) {
        this.name = name;
        this.consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
        this.thread = new Thread(() -> run(topic), name);
    }

    /** @param protocol classic or consumer (KIP-848) */
    static GroupMember join(String name, String servers, String protocol, String group, String topic) {
        Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers", servers,
                "client.id", name,
                "group.id", group,
                "group.protocol", protocol,
                "auto.offset.reset", "earliest",
                "metadata.max.age.ms", "300"));
        if (protocol.equals("classic")) {
            config.put("heartbeat.interval.ms", "200");
        }
        GroupMember member = new GroupMember(name, config, topic);
        member.thread.start();
        return member;
    }

    private void run(String topic) {
        try (consumer) {
            consumer.subscribe(List.of(topic));
            while (true) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(50))) {
                    read.add(each.value());
                }
                partitions = consumer.assignment().stream()
                        .map(TopicPartition::partition)
                        .collect(Collectors.toSet());
            }
        } catch (WakeupException leaves) {
            partitions = Set.of(); // closing commits, and says goodbye to the group
        }
    }

    Set<Integer> partitions() {
        return partitions;
    }

    List<String> read() {
        return List.copyOf(read);
    }

    void awaitRead(int records) {
        await(name + " reads " + records + " records").atMost(PATIENCE).until(() -> read.size() >= records);
    }

    void awaitOwns(int count) {
        await(name + " owns " + count + " partitions").atMost(PATIENCE).until(() -> partitions.size() == count);
    }

    /** Leaves the group in an orderly way. */
    void leave() {
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        leave();
    }
}
