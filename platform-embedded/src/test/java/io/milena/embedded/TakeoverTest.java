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

/** One directory, two engines: Apache Kafka 4.3.1 starts on what we wrote, and we on what it wrote, with records and group offsets. */
class TakeoverTest {
    private static final int RECORDS = 1_000;
    private static final int READ_FIRST = 400;

    @Test
    void apacheKafkaGoesOnWhereWeStoppedAndWeWhereItStopped(@TempDir Path directory) throws Exception {
        Map<String, String> twoTopicsDefault = Map.of("num.partitions", "1");
        try (ChildNode node = ChildNode.in(directory, twoTopicsDefault)) {
            node.startMilena();
            produce(node, 0, RECORDS);
            assertThat(consume(node, READ_FIRST)).isEqualTo(values(0, READ_FIRST));
            node.stop();

            node.startApacheKafka();
            assertThat(consume(node, RECORDS - READ_FIRST)).isEqualTo(values(READ_FIRST, RECORDS));
            produce(node, RECORDS, 2 * RECORDS);
            assertThat(consume(node, READ_FIRST)).isEqualTo(values(RECORDS, RECORDS + READ_FIRST));
            node.stop();

            node.startMilena();
            assertThat(consume(node, RECORDS - READ_FIRST)).isEqualTo(values(RECORDS + READ_FIRST, 2 * RECORDS));
        }
    }

    private static List<String> values(int from, int to) {
        List<String> values = new ArrayList<>();
        for (int i = from; i < to; i++) {
            values.add("value-" + i);
        }
        return values;
    }

    private static void produce(ChildNode node, int from, int to) throws Exception {
        Map<String, Object> config =
                Map.of("bootstrap.servers", node.bootstrapServers(), "acks", "all", "compression.type", "lz4");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (String value : values(from, to)) {
                producer.send(new ProducerRecord<>("takeover", value));
            }
            producer.send(new ProducerRecord<>("another", "last")).get(20, TimeUnit.SECONDS);
            producer.flush();
        }
    }

    /** Reads exactly {@code count} records as a member of the group, and commits. */
    private static List<String> consume(ChildNode node, int count) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", node.bootstrapServers(),
                "group.id", "takers",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "max.poll.records", "100");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("takeover"));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
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
