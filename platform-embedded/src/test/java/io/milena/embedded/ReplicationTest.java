package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers with three replicas of everything: stops and kills lose nothing that was acknowledged. */
class ReplicationTest {
    private static final String TOPIC = "orders";
    private static final Map<String, String> SETTINGS = Map.of(
            "offsets.topic.replication.factor", "3",
            "default.replication.factor", "3",
            "min.insync.replicas", "2",
            "broker.heartbeat.interval.ms", "100",
            "broker.session.timeout.ms", "1500",
            "replica.lag.time.max.ms", "3000");

    @TempDir
    Path directory;

    @Test
    @Timeout(60)
    void aStoppedFollowerAndAKilledLeaderLoseNothing() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start(directory, 2, SETTINGS);
                ChildNode third = ChildNode.with(directory.resolve("child"), cluster.prepareBroker(3));
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            third.startMilena();
            createLedByThird(admin);
            try (Load load = new Load(cluster.bootstrapServers())) {
                load.awaitAcknowledged(500);
                cluster.stop(2);
                load.awaitAcknowledged(500);
                awaitInSync(admin, 2);
                cluster.startBroker(2);
                awaitInSync(admin, 3);
                load.awaitAcknowledged(500);
                ReplicatedTopic bulk =
                        ReplicatedTopic.create(admin, cluster.bootstrapServers(), "bulk", List.of(1, 2, 3), Map.of());
                try (Commits commits = Commits.coordinatedBy(3, admin, cluster.bootstrapServers())) {
                    commits.awaitMore(20);
                    third.kill();
                    commits.awaitMore(20);
                    load.awaitAcknowledged(500);
                    assertThat(partition(admin).leader().id()).isNotEqualTo(3);
                    bulk.produce(1_500, 10_000);
                    int leader = partition(admin).leader().id();
                    third.startMilena();
                    bulk.awaitInSync(1, 2, 3);
                    awaitInSync(admin, 3);
                    commits.awaitMore(20);
                    load.awaitAcknowledged(500);
                    assertThat(partition(admin).leader().id())
                            .as("leadership does not come back by a return alone")
                            .isEqualTo(leader);
                    commits.stop();
                }
                load.stop();
                List<String> read = readAll(cluster.bootstrapServers(), "readers", load.acknowledged.size());
                Set<String> lost = new LinkedHashSet<>(load.acknowledged);
                read.forEach(lost::remove);
                assertThat(lost).as("acknowledged and lost").isEmpty();
                assertThat(new LinkedHashSet<>(read)).as("no duplicates").hasSameSizeAs(read);
            }
            assertEqualReplicas(cluster);
            third.stop();
        }
    }

    private static void createLedByThird(Admin admin) throws Exception {
        await().until(() -> admin.describeCluster().nodes().get().size() == 3);
        admin.createTopics(List.of(new NewTopic(TOPIC, Map.of(0, List.of(3, 1, 2)))))
                .all()
                .get(10, TimeUnit.SECONDS);
    }

    private static TopicPartitionInfo partition(Admin admin) throws Exception {
        return admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get(10, TimeUnit.SECONDS)
                .get(TOPIC)
                .partitions()
                .get(0);
    }

    private static void awaitInSync(Admin admin, int replicas) {
        await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> partition(admin).isr().size() == replicas);
    }

    private static List<String> readAll(String servers, String group, int atLeast) {
        Properties config = new Properties();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        List<String> read = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            TopicPartition id = new TopicPartition(TOPIC, 0);
            await().atMost(Duration.ofSeconds(15)).until(() -> {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    read.add(each.value());
                }
                return read.size() >= atLeast;
            });
            consumer.commitSync();
            assertThat(consumer.committed(Set.of(id)).get(id).offset()).isEqualTo(consumer.position(id));
        }
        return read;
    }

    private static void assertEqualReplicas(EmbeddedCluster cluster) {
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            byte[] first = log(cluster, 1);
            assertThat(first).isNotEmpty();
            assertThat(Arrays.equals(first, log(cluster, 2))).isTrue();
            assertThat(Arrays.equals(first, log(cluster, 3))).isTrue();
        });
    }

    private static byte[] log(EmbeddedCluster cluster, int broker) throws Exception {
        return Files.readAllBytes(cluster.dataOf(broker).resolve(TOPIC + "-0").resolve("00000000000000000000.log"));
    }

    @Test
    @Timeout(60)
    void aCleanStopOfTheLeaderIsHardlyNoticed() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start(directory, 3, SETTINGS);
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            createLedByThird(admin);
            try (Load load = new Load(cluster.bootstrapServers())) {
                load.awaitAcknowledged(500);
                // Makes the offsets topic while there are brokers enough for its replicas.
                readAll(cluster.bootstrapServers(), "readers", 500);
                long before = System.nanoTime();
                cluster.stop(3);
                long stopMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
                load.awaitAcknowledged(500);
                load.stop();
                assertThat(stopMs).as("duration of the stop, ms").isLessThan(3_000);
                assertThat(load.longestGapMs())
                        .as("longest time without an acknowledgement, ms")
                        .isLessThan(1_000);
            }
        }
    }

    /** Commits rising offsets of one group, and looks after each commit and at the end that none has gone back. */
    private static final class Commits implements AutoCloseable {
        private static final TopicPartition ID = new TopicPartition(TOPIC, 0);

        private final AtomicBoolean running = new AtomicBoolean(true);
        private final AtomicLong committed = new AtomicLong();
        private final ConcurrentLinkedQueue<String> wentBack = new ConcurrentLinkedQueue<>();
        private final KafkaConsumer<String, String> consumer;
        private final Thread thread = new Thread(this::run, "commits");

        private Commits(String servers, String group) {
            consumer = new KafkaConsumer<>(
                    Map.of(
                            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            servers,
                            ConsumerConfig.GROUP_ID_CONFIG,
                            group,
                            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                            30_000,
                            ConsumerConfig.RETRY_BACKOFF_MS_CONFIG,
                            20),
                    new StringDeserializer(),
                    new StringDeserializer());
            consumer.assign(List.of(ID));
            thread.start();
        }

        static Commits coordinatedBy(int broker, Admin admin, String servers) throws Exception {
            // Makes the offsets topic.
            readAll(servers, "first", 1);
            List<TopicPartitionInfo> offsets = admin.describeTopics(List.of("__consumer_offsets"))
                    .allTopicNames()
                    .get(10, TimeUnit.SECONDS)
                    .get("__consumer_offsets")
                    .partitions();
            for (int i = 0; i < 100; i++) {
                String group = "committers-" + i;
                int partition = Math.floorMod(group.hashCode() & Integer.MAX_VALUE, offsets.size());
                if (offsets.get(partition).leader().id() == broker) {
                    return new Commits(servers, group);
                }
            }
            throw new AssertionError("Broker " + broker + " coordinates no group: " + offsets);
        }

        private void run() {
            for (long offset = 1; running.get(); offset++) {
                consumer.commitSync(Map.of(ID, new OffsetAndMetadata(offset)));
                committed.set(offset);
                long found = consumer.committed(Set.of(ID)).get(ID).offset();
                if (found != offset) {
                    wentBack.add(found + " instead of " + offset);
                }
            }
        }

        void awaitMore(int commits) {
            long target = committed.get() + commits;
            await().atMost(Duration.ofSeconds(15)).until(() -> committed.get() >= target);
        }

        void stop() throws InterruptedException {
            running.set(false);
            thread.join();
            assertThat(wentBack).isEmpty();
        }

        @Override
        public void close() throws InterruptedException {
            running.set(false);
            thread.join();
            consumer.close();
        }
    }

    /** An idempotent acks=all producer that sends one record after another until stopped. */
    private static final class Load implements AutoCloseable {
        final ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean running = new AtomicBoolean(true);
        private final KafkaProducer<String, String> producer;
        private final Thread thread = new Thread(this::run, "load");
        private volatile long longestGapNs;

        Load(String servers) {
            Map<String, Object> config = new HashMap<>();
            config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
            config.put(ProducerConfig.ACKS_CONFIG, "all");
            config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
            config.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 20);
            config.put(ProducerConfig.LINGER_MS_CONFIG, 0); // each record is waited for
            producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
            thread.start();
        }

        private void run() {
            long last = System.nanoTime();
            for (int i = 0; running.get(); i++) {
                String value = "record-" + i;
                try {
                    producer.send(new ProducerRecord<>(TOPIC, value)).get(30, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException("Record " + i + " was not acknowledged", e);
                }
                acknowledged.add(value);
                long now = System.nanoTime();
                longestGapNs = i == 0 ? 0 : Math.max(longestGapNs, now - last);
                last = now;
            }
        }

        void awaitAcknowledged(int more) {
            int target = acknowledged.size() + more;
            await().atMost(Duration.ofSeconds(15)).until(() -> acknowledged.size() >= target);
        }

        long longestGapMs() {
            return TimeUnit.NANOSECONDS.toMillis(longestGapNs);
        }

        void stop() throws InterruptedException {
            running.set(false);
            thread.join();
        }

        @Override
        public void close() throws InterruptedException {
            stop();
            producer.close(Duration.ZERO);
        }
    }
}
