package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A compacted topic, and the offsets topic, stay small; what counts is still there after a restart. */
class CompactionTest {
    private static final int RECORDS = 2_000;
    private static final int KEYS = 10;
    private static final int COMMITS = 400;
    /** The smallest that Kafka allows. */
    private static final int SEGMENT_BYTES = 1 << 20;

    private static final TopicPartition STOCK = new TopicPartition("stock", 0);

    @TempDir
    Path directory;

    private EmbeddedNode start() {
        return EmbeddedNode.builder()
                .directory(directory)
                .property("log.cleaner.backoff.ms", "100")
                .property("log.cleaner.min.cleanable.ratio", "0.1")
                .property("offsets.topic.num.partitions", "1")
                .property("offsets.topic.segment.bytes", Integer.toString(SEGMENT_BYTES))
                .start();
    }

    @Test
    @Timeout(60)
    void aCompactedTopicAndTheOffsetsTopicStaySmall() throws Exception {
        try (EmbeddedNode node = start()) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()))) {
                admin.createTopics(List.of(new NewTopic("stock", 1, (short) 1)
                                .configs(Map.of("cleanup.policy", "compact", "internal.segment.bytes", "16384"))))
                        .all()
                        .get(10, TimeUnit.SECONDS);
            }
            produce(node);
            await().atMost(Duration.ofSeconds(20)).until(() -> read(node).size() < RECORDS / 2);
            assertThat(newest(read(node))).isEqualTo(expected());
            commit(node);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> bytes(node, new TopicPartition("__consumer_offsets", 0)) < SEGMENT_BYTES);
        }
        try (EmbeddedNode node = start()) {
            assertThat(newest(read(node))).isEqualTo(expected());
            try (KafkaConsumer<String, String> consumer = consumer(node)) {
                assertThat(consumer.committed(Set.of(STOCK)).get(STOCK).offset())
                        .isEqualTo(COMMITS);
            }
        }
    }

    private static long bytes(EmbeddedNode node, TopicPartition partition) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()))) {
            return admin
                    .describeLogDirs(List.of(1))
                    .allDescriptions()
                    .get(10, TimeUnit.SECONDS)
                    .get(1)
                    .values()
                    .stream()
                    .map(each -> each.replicaInfos().get(partition))
                    .mapToLong(each -> each == null ? 0 : each.size())
                    .sum();
        }
    }

    private static void produce(EmbeddedNode node) {
        Map<String, Object> config = Map.of("bootstrap.servers", node.bootstrapServers(), "batch.size", "1000");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>("stock", "item-" + i % KEYS, "count-" + i));
            }
        }
    }

    private static Map<String, String> expected() {
        Map<String, String> expected = new TreeMap<>();
        for (int i = RECORDS - KEYS; i < RECORDS; i++) {
            expected.put("item-" + i % KEYS, "count-" + i);
        }
        return expected;
    }

    private static void commit(EmbeddedNode node) {
        try (KafkaConsumer<String, String> consumer = consumer(node)) {
            String note = "x".repeat(4_000);
            for (int i = 1; i <= COMMITS; i++) {
                consumer.commitSync(Map.of(STOCK, new OffsetAndMetadata(i, note)));
            }
        }
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedNode node) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", node.bootstrapServers(), "group.id", "g", "enable.auto.commit", "false"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static List<ConsumerRecord<String, String>> read(EmbeddedNode node) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer(node)) {
            consumer.assign(List.of(STOCK));
            consumer.seekToBeginning(List.of(STOCK));
            await().until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return consumer.position(STOCK) >= RECORDS;
            });
        }
        return records;
    }

    private static Map<String, String> newest(List<ConsumerRecord<String, String>> records) {
        Map<String, String> newest = new TreeMap<>();
        records.forEach(each -> newest.put(each.key(), each.value()));
        return newest;
    }
}
