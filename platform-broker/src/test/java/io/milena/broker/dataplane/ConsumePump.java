package io.milena.broker.dataplane;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a partition from its beginning with Kafka's consumer, for profiles of the server. */
public final class ConsumePump {
    private ConsumePump() {}

    /** Arguments: port, topic, records. */
    public static void main(String[] args) {
        long wanted = Long.parseLong(args[2]);
        TopicPartition partition = new TopicPartition(args[1], 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", "127.0.0.1:" + args[0]),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long start = System.nanoTime();
            long seen = 0;
            while (seen < wanted) {
                seen += consumer.poll(Duration.ofMillis(100)).count();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf("%,d records read in %.2f s: %,.0f/s%n", seen, seconds, seen / seconds);
        }
    }
}
