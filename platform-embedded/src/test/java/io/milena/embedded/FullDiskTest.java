package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two brokers; one of them has two log directories, and the disk of one of those gets full. */
class FullDiskTest {
    private static final int PARTITIONS = 4;
    private static final Map<String, String> SETTINGS = Map.of(
            "offsets.topic.replication.factor", "1",
            "min.insync.replicas", "1",
            "broker.heartbeat.interval.ms", "200",
            "replica.lag.time.max.ms", "5000");

    @TempDir
    Path directory;

    @Test
    @Timeout(90)
    void aFullDiskTakesItsReplicasOfflineTheRestServesOnAndAllComesBackWithTheRoom() throws Exception {
        Path steady = directory.resolve("node-1");
        try (SmallDisk disk = SmallDisk.mount(directory, "frail", 24);
                EmbeddedCluster cluster = EmbeddedCluster.start(directory, 0, SETTINGS)) {
            Path frail = disk.path().resolve("logs");
            cluster.startBroker(1, Map.of("log.dirs", steady + "," + frail));
            cluster.startBroker(2);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
                await().until(() -> admin.describeCluster().nodes().get().size() == 2);
                Map<Integer, List<Integer>> both = new HashMap<>();
                Map<Integer, List<Integer>> one = new HashMap<>();
                for (int i = 0; i < PARTITIONS; i++) {
                    both.put(i, List.of(1, 2));
                    one.put(i, List.of(1));
                }
                admin.createTopics(List.of(new NewTopic("pair", both), new NewTopic("single", one)))
                        .all()
                        .get(10, TimeUnit.SECONDS);
                try (Load pair = new Load(cluster.bootstrapServers(), "pair");
                        Load single = new Load(cluster.bootstrapServers(), "single")) {
                    pair.awaitAcknowledged(200);
                    single.awaitAcknowledged(200);
                    Set<TopicPartition> onFrail = on(admin, frail);
                    assertThat(onFrail).extracting(TopicPartition::topic).contains("pair", "single");

                    disk.fill();
                    await().atMost(Duration.ofSeconds(20))
                            .until(() ->
                                    leaders(admin, "pair", onFrail).stream().allMatch(leader -> leader == 2));
                    await().atMost(Duration.ofSeconds(20))
                            .until(() ->
                                    leaders(admin, "single", onFrail).stream().allMatch(leader -> leader == -1));
                    assertThat(describe(admin).get(frail.toString()).error()).isInstanceOf(KafkaStorageException.class);
                    pair.awaitAcknowledged(400);
                    assertThat(leaders(admin, "pair", on(admin, steady))).contains(1);

                    disk.free();
                    await().atMost(Duration.ofSeconds(20))
                            .until(() ->
                                    leaders(admin, "single", onFrail).stream().allMatch(leader -> leader == 1));
                    await().atMost(Duration.ofSeconds(20)).until(() -> inSync(admin, "pair", 2));
                    pair.awaitAcknowledged(200);
                    single.awaitAcknowledged(200);
                    assertThat(describe(admin).get(frail.toString()).error()).isNull();
                    assertThat(on(admin, frail)).isEqualTo(onFrail);
                    pair.stop();
                    single.stop();
                    assertReadable(cluster, "pair", pair);
                    assertReadable(cluster, "single", single);
                }
            }
        }
    }

    private static Map<String, LogDirDescription> describe(Admin admin) throws Exception {
        return admin.describeLogDirs(List.of(1))
                .allDescriptions()
                .get(10, TimeUnit.SECONDS)
                .get(1);
    }

    private static Set<TopicPartition> on(Admin admin, Path logDir) throws Exception {
        return describe(admin).get(logDir.toString()).replicaInfos().keySet();
    }

    private static List<TopicPartitionInfo> partitions(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(10, TimeUnit.SECONDS)
                .get(topic)
                .partitions();
    }

    /** Of those of the topic that are in {@code which}; -1 for none. */
    private static List<Integer> leaders(Admin admin, String topic, Set<TopicPartition> which) throws Exception {
        return partitions(admin, topic).stream()
                .filter(each -> which.contains(new TopicPartition(topic, each.partition())))
                .map(each -> each.leader() == null ? -1 : each.leader().id())
                .toList();
    }

    private static boolean inSync(Admin admin, String topic, int replicas) throws Exception {
        return partitions(admin, topic).stream().allMatch(each -> each.isr().size() == replicas);
    }

    private static void assertReadable(EmbeddedCluster cluster, String topic, Load load) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                cluster.bootstrapServers(),
                "auto.offset.reset",
                "earliest",
                "group.id",
                "readers");
        Set<String> read = new HashSet<>();
        int[] records = {0};
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                    .mapToObj(i -> new TopicPartition(topic, i))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    read.add(each.value());
                    records[0]++;
                }
                return read.containsAll(load.acknowledged);
            });
        }
        assertThat(read).as("no duplicates").hasSize(records[0]);
    }

    /** An idempotent acks=all producer that goes on sending, and tries a record again until it is taken or refused. */
    private static final class Load implements AutoCloseable {
        final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean running = new AtomicBoolean(true);
        private final KafkaProducer<String, String> producer;
        private final String topic;
        private final Thread thread = new Thread(this::run, "load");

        Load(String servers, String topic) {
            this.topic = topic;
            Map<String, Object> config = new HashMap<>();
            config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
            config.put(ProducerConfig.ACKS_CONFIG, "all");
            config.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 50);
            config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
            config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
            config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000);
            producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
            thread.start();
        }

        private void run() {
            String filler = "x".repeat(200);
            for (int i = 0; running.get(); i++) {
                String value = "record-" + i + filler;
                producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, value), (done, error) -> {
                    if (error == null) {
                        acknowledged.add(value);
                    }
                });
                if (i % 20 == 0) {
                    pause();
                }
            }
            producer.flush();
        }

        private static void pause() {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void awaitAcknowledged(int more) {
            int target = acknowledged.size() + more;
            await().atMost(Duration.ofSeconds(20)).until(() -> acknowledged.size() >= target);
        }

        void stop() throws InterruptedException {
            running.set(false);
            thread.join();
        }

        @Override
        public void close() throws InterruptedException {
            running.set(false);
            producer.close(Duration.ZERO);
            thread.join(5_000);
        }
    }
}
