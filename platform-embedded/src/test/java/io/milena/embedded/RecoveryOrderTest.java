package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeReplicaLogDirsResult.ReplicaLogDirInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node recovers its logs when it knows the topics: by their settings, and not by the broker's. */
class RecoveryOrderTest {
    private static final TopicPartition STOCK = new TopicPartition("stock", 0);
    private static final TopicPartitionReplica REPLICA = new TopicPartitionReplica("stock", 0, 1);
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final int KEYS = 1_500;
    private static final int ROUNDS = 4;
    /** An index entry has 8 bytes. By the topic's settings there is one per batch, by the defaults one per 4,096 bytes. */
    private static final int MOST_LOG_BYTES_PER_INDEX_BYTE = 3_000 / 8;

    @TempDir
    Path root;

    @Test
    @Timeout(180)
    void aCompactedLogThatHasJustMovedToAnotherDirectoryIsWholeAfterAKill() throws Exception {
        Map<String, String> properties =
                Map.of("log.dirs", root.resolve("a") + "," + root.resolve("b"), "log.cleaner.backoff.ms", "100");
        try (ChildNode node = ChildNode.in(root, properties).startMilena()) {
            // given: a compacted log, with gaps, in its new directory, and segments behind it that no checkpoint knows
            String target;
            try (Admin admin = admin(node)) {
                create(admin);
                produce(node, 0, ROUNDS / 2);
                awaitCompaction(admin);
                target = moveToTheOther(admin);
            }
            produce(node, ROUNDS / 2, ROUNDS);

            // when
            node.kill();
            node.startMilena();

            // then
            Map<Integer, Integer> rounds = read(node);
            assertThat(rounds).hasSize(KEYS);
            assertThat(Set.copyOf(rounds.values())).containsExactly(ROUNDS - 1);
            assertIndexedAsTheTopicWants(Path.of(target, "stock-0"));
        }
    }

    private static Admin admin(ChildNode node) {
        return Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()));
    }

    private static void create(Admin admin) throws Exception {
        NewTopic stock = new NewTopic("stock", 1, (short) 1)
                .configs(Map.of(
                        "cleanup.policy", "compact",
                        "segment.bytes", Integer.toString(SEGMENT_BYTES),
                        "index.interval.bytes", "100",
                        "min.cleanable.dirty.ratio", "0.01"));
        admin.createTopics(List.of(stock)).all().get(30, TimeUnit.SECONDS);
    }

    /** Each record is a batch of about 1 KB; every key is written in every round. */
    private static void produce(ChildNode node, int from, int to) {
        Map<String, Object> config = Map.of("bootstrap.servers", node.bootstrapServers(), "batch.size", "1");
        try (KafkaProducer<Integer, String> producer =
                new KafkaProducer<>(config, new IntegerSerializer(), new StringSerializer())) {
            for (int round = from; round < to; round++) {
                for (int key = 0; key < KEYS; key++) {
                    producer.send(new ProducerRecord<>("stock", key, round + "x".repeat(1_000)));
                }
            }
        }
    }

    private static void awaitCompaction(Admin admin) {
        long written = (long) ROUNDS / 2 * KEYS * 1_000;
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(size(admin)).isLessThan(written * 3 / 4));
    }

    private static long size(Admin admin) throws Exception {
        return admin.describeLogDirs(List.of(1)).allDescriptions().get(30, TimeUnit.SECONDS).get(1).values().stream()
                .filter(directory -> directory.replicaInfos().containsKey(STOCK))
                .mapToLong(directory -> directory.replicaInfos().get(STOCK).size())
                .sum();
    }

    private String moveToTheOther(Admin admin) throws Exception {
        String from = place(admin).getCurrentReplicaLogDir();
        String target = (from.equals(root.resolve("a").toString()) ? root.resolve("b") : root.resolve("a")).toString();
        admin.alterReplicaLogDirs(Map.of(REPLICA, target)).all().get(30, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> target.equals(place(admin).getCurrentReplicaLogDir()));
        return target;
    }

    private static ReplicaLogDirInfo place(Admin admin) throws Exception {
        return admin.describeReplicaLogDirs(List.of(REPLICA))
                .all()
                .get(30, TimeUnit.SECONDS)
                .get(REPLICA);
    }

    /** The round that each key was written in last. */
    private static Map<Integer, Integer> read(ChildNode node) {
        Map<Integer, Integer> rounds = new HashMap<>();
        Map<String, Object> config =
                Map.of("bootstrap.servers", node.bootstrapServers(), "auto.offset.reset", "earliest");
        try (KafkaConsumer<Integer, String> consumer =
                new KafkaConsumer<>(config, new IntegerDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(STOCK));
            long end = consumer.endOffsets(List.of(STOCK)).get(STOCK);
            assertThat(end).isEqualTo((long) ROUNDS * KEYS);
            while (consumer.position(STOCK) < end) {
                for (ConsumerRecord<Integer, String> each : consumer.poll(Duration.ofMillis(200))) {
                    rounds.put(each.key(), each.value().charAt(0) - '0');
                }
            }
        }
        return rounds;
    }

    /** Of all full segments but the active one, whose index is written later; the cleaner leaves small ones behind. */
    private static void assertIndexedAsTheTopicWants(Path log) throws IOException {
        List<Path> segments;
        try (Stream<Path> files = Files.list(log)) {
            segments = files.filter(each -> each.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
        assertThat(segments).hasSizeGreaterThan(1);
        for (Path segment : segments.subList(0, segments.size() - 1)) {
            String name = segment.getFileName().toString();
            if (Files.size(segment) < SEGMENT_BYTES / 2) {
                continue;
            }
            long indexBytes = Files.size(log.resolve(name.replace(".log", ".index")));
            assertThat(Files.size(segment) / indexBytes).as(name).isLessThan(MOST_LOG_BYTES_PER_INDEX_BYTE);
        }
    }
}
