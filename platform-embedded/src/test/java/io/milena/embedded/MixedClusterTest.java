package io.milena.embedded;

import static io.milena.embedded.MixedCluster.Engine.APACHE_KAFKA;
import static io.milena.embedded.MixedCluster.Engine.MILENA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Apache Kafka 4.3.1 and we in one cluster, every feature at Kafka's default: registration, replication, failover, quorum. */
class MixedClusterTest {
    private static final String TOPIC = "orders";
    private static final int OURS = 1;
    private static final int KAFKAS = 2;
    private static final int LED_BY_US = 0;
    private static final int LED_BY_KAFKA = 1;
    private static final int RECORDS = 500;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void brokersOfBothKindsReplicateToEachOtherUnderAControllerOf(MixedCluster.Engine controller) throws Exception {
        // given one partition that we lead and Kafka follows, and another the other way round
        try (MixedCluster cluster = MixedCluster.start(
                        directory,
                        List.of(controller),
                        List.of(MILENA, APACHE_KAFKA),
                        Map.of("broker.session.timeout.ms", "2000"));
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
                Writer writer = new Writer(cluster.bootstrapServers())) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> admin.describeCluster().nodes().get().size() == 2);
            admin.createTopics(List.of(new NewTopic(
                            TOPIC, Map.of(LED_BY_US, List.of(OURS, KAFKAS), LED_BY_KAFKA, List.of(KAFKAS, OURS)))))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            writer.write(RECORDS);
            awaitInSync(admin, 2);
            assertThat(readAsGroup(cluster, RECORDS)).containsExactlyInAnyOrderElementsOf(writer.written(0, RECORDS));

            // when Kafka's broker is killed between two records, then we lead both partitions
            writer.send(RECORDS);
            cluster.kill(KAFKAS);
            writer.write(RECORDS);
            assertThat(leaders(admin)).containsOnly(OURS);
            cluster.start(KAFKAS);
            awaitInSync(admin, 2);

            // when ours is killed, then Kafka leads both, and knows what the group has read
            writer.send(RECORDS);
            cluster.kill(OURS);
            writer.write(RECORDS);
            assertThat(leaders(admin)).containsOnly(KAFKAS);
            assertThat(readAsGroup(cluster, 4 * RECORDS))
                    .containsExactlyInAnyOrderElementsOf(writer.written(RECORDS, 5 * RECORDS));
            cluster.start(OURS);
            awaitInSync(admin, 2);

            // then both replicas are equal to the byte
            writer.write(RECORDS);
            for (int partition : List.of(LED_BY_US, LED_BY_KAFKA)) {
                await().atMost(Duration.ofSeconds(10))
                        .untilAsserted(() -> assertThat(cluster.segment(OURS, TOPIC, partition))
                                .isNotEmpty()
                                .isEqualTo(cluster.segment(KAFKAS, TOPIC, partition)));
            }
            assertThat(readAsGroup(cluster, RECORDS))
                    .containsExactlyInAnyOrderElementsOf(writer.written(5 * RECORDS, 6 * RECORDS));
        }
    }

    @Test
    @Timeout(120)
    void oneVoterOfKafkaAmongOursLeadsAndFollows() throws Exception {
        int kafka = 101;
        int first = 102;
        int second = 103;
        try (MixedCluster cluster = MixedCluster.start(
                        directory, List.of(APACHE_KAFKA, MILENA, MILENA), List.of(MILENA), Map.of());
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            create(admin, "with-three-voters");

            // given one of ours that misses a record, when the other stops, then only Kafka's can lead
            cluster.kill(second);
            create(admin, "without-the-second");
            cluster.kill(first);
            cluster.start(second);
            create(admin, "led-by-kafka");
            assertThat(leader(admin)).isEqualTo(kafka);

            // given the first of ours that misses this record, when Kafka's is killed, then only the second of ours can
            // lead
            cluster.kill(kafka);
            cluster.start(first);
            create(admin, "led-by-us");
            assertThat(leader(admin)).isEqualTo(second);

            // then Kafka's, started again, follows to the same offset
            cluster.start(kafka);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(admin.describeMetadataQuorum()
                                    .quorumInfo()
                                    .get()
                                    .voters())
                            .hasSize(3)
                            .allSatisfy(voter -> assertThat(
                                            voter.lastFetchTimestamp().orElse(0))
                                    .as("last fetch of %s", voter)
                                    .isPositive()));
            assertThat(admin.listTopics().names().get())
                    .contains("with-three-voters", "without-the-second", "led-by-kafka", "led-by-us");
        }
    }

    private static void create(Admin admin, String topic) throws Exception {
        try {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException answerLost) {
            // The client repeats a request whose answer went down with a controller; then the topic is there already.
            assertThat(answerLost).hasCauseInstanceOf(TopicExistsException.class);
        }
    }

    private static int leader(Admin admin) throws Exception {
        return admin.describeMetadataQuorum()
                .quorumInfo()
                .get(10, TimeUnit.SECONDS)
                .leaderId();
    }

    private static List<TopicPartitionInfo> partitions(Admin admin) throws Exception {
        return admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get(10, TimeUnit.SECONDS)
                .get(TOPIC)
                .partitions();
    }

    private static List<Integer> leaders(Admin admin) throws Exception {
        return partitions(admin).stream()
                .map(TopicPartitionInfo::leader)
                .map(Node::id)
                .toList();
    }

    private static void awaitInSync(Admin admin, int replicas) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(partitions(admin))
                        .allSatisfy(each -> assertThat(each.isr()).hasSize(replicas)));
    }

    /** Reads {@code count} records as the one member of a group, from where the group stopped, and commits. */
    private static List<String> readAsGroup(MixedCluster cluster, int count) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", cluster.bootstrapServers(),
                "group.id", "readers",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    values.add(each.value());
                }
                return values.size() >= count;
            });
            consumer.commitSync();
        }
        return values;
    }

    /** An idempotent acks=all producer of numbered values, which it spreads over the partitions. */
    private static final class Writer implements AutoCloseable {
        private final KafkaProducer<String, String> producer;
        private final List<Future<RecordMetadata>> sent = new ArrayList<>();

        Writer(String servers) {
            producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", servers, "acks", "all", "linger.ms", 1, "batch.size", 512),
                    new StringSerializer(),
                    new StringSerializer());
        }

        /** Hands records to the producer, and does not wait. */
        void send(int count) {
            for (int i = 0; i < count; i++) {
                int number = sent.size();
                sent.add(producer.send(new ProducerRecord<>(TOPIC, number % 2, null, "value-" + number)));
            }
        }

        /** Sends, and returns when all that was ever sent is acknowledged. */
        void write(int count) throws Exception {
            send(count);
            for (Future<RecordMetadata> each : sent) {
                each.get(30, TimeUnit.SECONDS);
            }
        }

        List<String> written(int from, int to) {
            List<String> values = new ArrayList<>();
            for (int i = from; i < to; i++) {
                values.add("value-" + i);
            }
            return values;
        }

        @Override
        public void close() {
            producer.close(Duration.ZERO);
        }
    }
}
