package io.milena.bench.flow;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Records that nobody can read, among the real ones: each must end once in the dead letters of every group that needs its type. */
final class Poison {

    private static final String KEY = "poison-";
    private static final Duration SILENCE = Duration.ofMillis(1_000);

    private final String bootstrapServers;
    private final Map<String, String> planted = new TreeMap<>();

    Poison(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** Sends so many, in turn a broken order.placed on {@code orders} and a broken stock.reserved on {@code inventory}. */
    void plant(int count) {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                boolean order = i % 2 == 0;
                String topic = order ? "orders" : "inventory";
                String key = KEY + planted.size();
                ProducerRecord<String, byte[]> record =
                        new ProducerRecord<>(topic, key, "{broken".getBytes(StandardCharsets.UTF_8));
                header(record, "ce_id", key);
                header(record, "ce_type", order ? "order.placed.v1" : "stock.reserved.v1");
                header(record, "ce_source", "flow-chaos");
                header(record, "ce_specversion", "1.0");
                producer.send(record);
                planted.put(key, topic + "-dlt");
            }
        }
    }

    int planted() {
        return planted.size();
    }

    /** What is wrong with the dead letters: strangers, missing ones; empty if nothing is. One that is there twice after a kill is right. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        Map<String, String> found = new HashMap<>();
        for (ConsumerRecord<String, byte[]> letter : deadLetters()) {
            String expected = letter.key() == null ? null : planted.get(letter.key());
            if (!letter.topic().equals(expected)) {
                complaints.add("a dead letter nobody planted: " + letter.topic() + "-" + letter.partition() + "@"
                        + letter.offset() + ", key " + letter.key() + ", " + reason(letter));
            } else {
                found.put(letter.key(), letter.topic());
            }
        }
        planted.forEach((key, topic) -> {
            if (!found.containsKey(key)) {
                complaints.add("the planted record " + key + " is not in " + topic);
            }
        });
        return complaints;
    }

    private List<ConsumerRecord<String, byte[]>> deadLetters() {
        List<ConsumerRecord<String, byte[]>> letters = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.listTopics().values().stream()
                    .flatMap(List::stream)
                    .filter(info -> info.topic().endsWith("-dlt"))
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(SILENCE).forEach(letters::add);
            }
        }
        return letters;
    }

    private static String reason(ConsumerRecord<String, byte[]> letter) {
        Header reason = letter.headers().lastHeader("milena_dlt_reason");
        return reason == null ? "no reason told" : new String(reason.value(), StandardCharsets.UTF_8);
    }

    private static void header(ProducerRecord<String, byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
