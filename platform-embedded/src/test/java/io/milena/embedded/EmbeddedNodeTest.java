package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedNodeTest {
    private static final int RECORDS = 200;

    @Test
    void aGroupReadsWhatWasProducedAndARestartedNodeKnowsItsOffsets(@TempDir Path directory) throws Exception {
        try (EmbeddedNode node = EmbeddedNode.builder().directory(directory).start()) {
            produce(node, 0);
            assertThat(consume(node, RECORDS)).containsExactlyElementsOf(values(0));
        }
        try (EmbeddedNode node = EmbeddedNode.builder().directory(directory).start()) {
            produce(node, RECORDS);
            assertThat(consume(node, RECORDS)).containsExactlyElementsOf(values(RECORDS));
        }
    }

    @Test
    void twoNodesRunSideBySide() throws Exception {
        try (EmbeddedNode one = EmbeddedNode.start();
                EmbeddedNode other = EmbeddedNode.start()) {
            produce(one, 0);
            produce(other, 1_000);
            assertThat(consume(one, RECORDS)).containsExactlyElementsOf(values(0));
            assertThat(consume(other, RECORDS)).containsExactlyElementsOf(values(1_000));
        }
    }

    private static List<String> values(int first) {
        List<String> values = new ArrayList<>();
        for (int i = first; i < first + RECORDS; i++) {
            values.add("value-" + i);
        }
        return values;
    }

    private static void produce(EmbeddedNode node, int first) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", node.bootstrapServers(), "acks", "all");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (String value : values(first)) {
                producer.send(new ProducerRecord<>("events", value, value));
            }
            producer.send(new ProducerRecord<>("other", "done")).get(10, TimeUnit.SECONDS);
            producer.flush();
        }
    }

    private static List<String> consume(EmbeddedNode node, int count) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", node.bootstrapServers(),
                "group.id", "readers",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("events"));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (values.size() < count && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
            }
            consumer.commitSync();
        }
        return values;
    }
}
