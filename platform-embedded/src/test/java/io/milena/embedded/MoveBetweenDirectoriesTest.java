package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeReplicaLogDirsResult.ReplicaLogDirInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What kafka-reassign-partitions does with log_dirs: a replica goes to another directory of its broker (KIP-113). */
class MoveBetweenDirectoriesTest {
    private static final int RECORDS = 3_000;
    private static final TopicPartitionReplica REPLICA = new TopicPartitionReplica("orders", 0, 1);

    @TempDir
    Path root;

    private EmbeddedNode start() {
        return EmbeddedNode.builder()
                .directory(root.resolve("a"))
                .property("log.dirs", root.resolve("a") + "," + root.resolve("b"))
                .start();
    }

    private static Admin admin(EmbeddedNode node) {
        return Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()));
    }

    @Test
    @Timeout(60)
    void aReplicaMovesAtTheGivenPaceShowsItsProgressAndSurvivesARestart() throws Exception {
        String target;
        try (EmbeddedNode node = start();
                Admin admin = admin(node)) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            produce(node);
            throttle(admin, "20000");
            String from = info(admin).getCurrentReplicaLogDir();
            target = from.equals(root.resolve("a").toString())
                    ? root.resolve("b").toString()
                    : root.resolve("a").toString();
            Assertions.assertThatThrownBy(() -> move(admin, "/nowhere"))
                    .hasCauseInstanceOf(LogDirNotFoundException.class);

            move(admin, target);

            await().until(() -> target.equals(info(admin).getFutureReplicaLogDir()));
            assertThat(info(admin).getFutureReplicaOffsetLag()).isPositive();
            assertThat(info(admin).getCurrentReplicaLogDir()).isEqualTo(from);
        }
        try (EmbeddedNode node = start();
                Admin admin = admin(node)) {
            assertThat(info(admin).getFutureReplicaLogDir()).isEqualTo(target);
            throttle(admin, "100000000");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> target.equals(info(admin).getCurrentReplicaLogDir()));
            assertThat(info(admin).getFutureReplicaLogDir()).isNull();
            assertThat(consume(node)).hasSize(RECORDS).doesNotHaveDuplicates();
            produce(node);
        }
    }

    private static ReplicaLogDirInfo info(Admin admin) throws Exception {
        return admin.describeReplicaLogDirs(List.of(REPLICA))
                .all()
                .get(10, TimeUnit.SECONDS)
                .get(REPLICA);
    }

    private static void move(Admin admin, String directory) throws Exception {
        admin.alterReplicaLogDirs(Map.of(REPLICA, directory)).all().get(10, TimeUnit.SECONDS);
    }

    private static void throttle(Admin admin, String bytesPerSecond) throws Exception {
        ConfigEntry rate = new ConfigEntry("replica.alter.log.dirs.io.max.bytes.per.second", bytesPerSecond);
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.BROKER, "1"),
                        List.of(new AlterConfigOp(rate, AlterConfigOp.OpType.SET))))
                .all()
                .get(10, TimeUnit.SECONDS);
    }

    private static void produce(EmbeddedNode node) {
        Map<String, Object> config = Map.of("bootstrap.servers", node.bootstrapServers(), "batch.size", "4096");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>("orders", "order-" + i, "x".repeat(100)));
            }
        }
    }

    private static List<Long> consume(EmbeddedNode node) {
        List<Long> offsets = new ArrayList<>();
        Map<String, Object> config =
                Map.of("bootstrap.servers", node.bootstrapServers(), "auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition("orders", 0)));
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    offsets.add(each.offset());
                }
                return offsets.size() >= RECORDS;
            });
        }
        return offsets;
    }
}
