package io.milena.orders.journey;

import io.milena.starter.event.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What inventory and shipping would write to the topics, and how far they have read. */
final class OtherServices implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;
    private final Admin admin;

    OtherServices(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    /** An event; returns its id. */
    String say(String source, String topic, String type, String orderId, String json, String cause, String... headers)
            throws Exception {
        String id = UUID.randomUUID().toString();
        ProducerRecord<byte[], byte[]> record = record(topic, orderId, json);
        put(record, EventHeaders.ID, id);
        put(record, EventHeaders.TYPE, type);
        put(record, EventHeaders.SOURCE, source);
        put(record, EventHeaders.CORRELATION_ID, "conversation");
        put(record, EventHeaders.CAUSATION_ID, cause);
        for (int i = 0; i < headers.length; i += 2) {
            record.headers().remove(headers[i]);
            put(record, headers[i], headers[i + 1]);
        }
        send(record);
        return id;
    }

    RecordMetadata send(ProducerRecord<byte[], byte[]> record) throws Exception {
        return producer.send(record).get();
    }

    static ProducerRecord<byte[], byte[]> record(String topic, String key, String value) {
        return new ProducerRecord<>(topic, key == null ? null : bytes(key), bytes(value));
    }

    /** A group has handled all before an offset. */
    void commit(String group, String topic, int partition, long offset) throws Exception {
        admin.alterConsumerGroupOffsets(
                        group, Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    List<String> groups() throws Exception {
        return admin.listGroups().all().get().stream()
                .map(group -> group.groupId())
                .toList();
    }

    private static void put(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
