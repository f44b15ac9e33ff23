package io.milena.testkit.chaos;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Kafka's clients as this suite configures them: requests time out after two seconds instead of thirty, so that a silent broker is
 * noticed within a round, and nothing is given up within three minutes. All else is as people have it.
 */
record Clients(String bootstrapServers) {
    static final int REQUEST_TIMEOUT_MS = 2_000;

    private Map<String, Object> common() {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("request.timeout.ms", REQUEST_TIMEOUT_MS);
        config.put("reconnect.backoff.ms", 20);
        config.put("reconnect.backoff.max.ms", 200);
        config.put("retry.backoff.ms", 20);
        config.put("retry.backoff.max.ms", 200);
        config.put("socket.connection.setup.timeout.ms", 1_000);
        config.put("socket.connection.setup.timeout.max.ms", 2_000);
        // After "all at once" no broker known is a broker forever.
        config.put("metadata.recovery.strategy", "rebootstrap");
        config.put("metadata.recovery.rebootstrap.trigger.ms", 10_000);
        return config;
    }

    /** Idempotent, acks=all. */
    Producer<String, String> producer() {
        Map<String, Object> config = common();
        config.put("acks", "all");
        config.put("enable.idempotence", true);
        config.put("linger.ms", 0);
        config.put("delivery.timeout.ms", 180_000);
        config.put("max.block.ms", 180_000);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    /** Without a group. */
    Consumer<String, String> reader() {
        return consumer(new HashMap<>());
    }

    /** A member of a group of the classic or the consumer protocol. */
    Consumer<String, String> member(String group, String protocol) {
        Map<String, Object> config = new HashMap<>();
        config.put("group.id", group);
        config.put("group.protocol", protocol);
        if (protocol.equals("classic")) {
            config.put("session.timeout.ms", 6_000);
            config.put("heartbeat.interval.ms", 500);
        }
        return consumer(config);
    }

    /** Without a group, for records as they are in the log. */
    Consumer<byte[], byte[]> rawReader() {
        return new KafkaConsumer<>(
                consuming(new HashMap<>()), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Consumer<String, String> consumer(Map<String, Object> more) {
        return new KafkaConsumer<>(consuming(more), new StringDeserializer(), new StringDeserializer());
    }

    private Map<String, Object> consuming(Map<String, Object> more) {
        Map<String, Object> config = common();
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", false);
        config.put("fetch.max.wait.ms", 200);
        config.putAll(more);
        return config;
    }
}
