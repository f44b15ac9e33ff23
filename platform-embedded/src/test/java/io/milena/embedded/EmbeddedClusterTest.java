package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of a cluster in one JVM are killed, stopped and started again, as processes would be. */
@Timeout(60)
class EmbeddedClusterTest {
    private static final TopicPartition EVENTS = new TopicPartition("events", 0);

    @Test
    void aKilledLeaderAndAKilledActiveControllerLoseNothingAndComeBack() throws Exception {
        try (EmbeddedCluster cluster =
                        EmbeddedCluster.builder().controllers(3).brokers(3).start();
                KafkaProducer<Integer, Integer> producer = producer(cluster)) {
            assertThat(cluster.brokers()).containsExactly(1, 2, 3);
            assertThat(cluster.controllers()).containsExactly(101, 102, 103);
            send(producer, 0, 100);

            int leader = cluster.leaderOf("events", 0).orElseThrow();
            cluster.kill(leader);
            assertThat(cluster.isRunning(leader)).isFalse();
            assertThat(cluster.dataOf(leader).resolve("events-0")).exists();
            assertThat(cluster.dataOf(leader).resolve(".kafka_cleanshutdown")).doesNotExist();
            send(producer, 100, 200);
            await().until(() -> cluster.leaderOf("events", 0).orElse(leader) != leader);

            int controller = cluster.activeController().orElseThrow();
            cluster.kill(controller);
            await().until(() -> cluster.activeController().isPresent());
            cluster.restart(leader);
            cluster.restart(controller);
            send(producer, 200, 300);

            assertThat(read(cluster)).containsExactlyElementsOf(numbers(0, 300));
        }
    }

    @Test
    void combinedNodesKeepTheirDataInAGivenDirectoryOverStopsKillsAndAReopening(@TempDir Path directory)
            throws Exception {
        EmbeddedCluster.Builder three = EmbeddedCluster.builder().combined(3).directory(directory);
        try (EmbeddedCluster cluster = three.start();
                KafkaProducer<Integer, Integer> producer = producer(cluster)) {
            send(producer, 0, 100);
            cluster.stop(3);
            assertThat(cluster.dataOf(3).resolve(".kafka_cleanshutdown")).exists();
            send(producer, 100, 200);
            cluster.restart(3);
            cluster.kill(1);
            send(producer, 200, 300);
        }
        assertThat(directory.resolve("node-2").resolve(".kafka_cleanshutdown")).exists();
        try (EmbeddedCluster cluster = three.start()) {
            assertThat(read(cluster)).containsExactlyElementsOf(numbers(0, 300));
        }
    }

    @Test
    void aTemporaryDirectoryGoesAndAnUnknownNodeIsNamed() {
        Path data;
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().combined(1).start()) {
            data = cluster.dataOf(1);
            assertThat(data).exists();
            assertThatThrownBy(() -> cluster.kill(7)).hasMessage("There is no node 7 in this cluster, only [1]");
        }
        assertThat(Files.exists(data.getParent())).isFalse();
    }

    private static KafkaProducer<Integer, Integer> producer(EmbeddedCluster cluster) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "acks", "all"),
                new IntegerSerializer(),
                new IntegerSerializer());
    }

    private static void send(KafkaProducer<Integer, Integer> producer, int from, int to) throws Exception {
        for (int i = from; i < to - 1; i++) {
            producer.send(new ProducerRecord<>(EVENTS.topic(), 0, i, i));
        }
        producer.send(new ProducerRecord<>(EVENTS.topic(), 0, to - 1, to - 1)).get(30, TimeUnit.SECONDS);
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static List<Integer> read(EmbeddedCluster cluster) {
        List<Integer> values = new ArrayList<>();
        try (KafkaConsumer<Integer, Integer> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers()),
                new IntegerDeserializer(),
                new IntegerDeserializer())) {
            consumer.assign(List.of(EVENTS));
            consumer.seekToBeginning(List.of(EVENTS));
            long end = consumer.endOffsets(List.of(EVENTS)).get(EVENTS);
            while (consumer.position(EVENTS) < end) {
                for (ConsumerRecord<Integer, Integer> record : consumer.poll(Duration.ofSeconds(1))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }
}
