package io.milena.orders.journey;

import io.milena.orders.contract.Topics;
import io.milena.starter.event.EventHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.KafkaHeaders;

/**
 * A record about an order as the table keeps it. Every text is cut to its column and freed of what a database cannot keep: whatever
 * somebody writes to a topic, the journey goes on.
 */
record StepRow(
        String topic,
        int partition,
        long offset,
        String eventId,
        String orderId,
        @Nullable String type,
        @Nullable String source,
        Instant recordedAt,
        @Nullable String correlationId,
        @Nullable String causationId,
        @Nullable String traceId,
        int attempts,
        @Nullable String payload,
        @Nullable String group,
        @Nullable String reason,
        @Nullable String originalTopic,
        @Nullable Integer originalPartition,
        @Nullable Long originalOffset) {

    private static final String DEAD = "milena_dlt_";
    private static final int LONGEST_ID = 64;
    private static final int LONGEST_PAYLOAD = 4_000;

    /** Empty for a record that is about no order: its key could be none's. */
    static Optional<StepRow> of(ConsumerRecord<byte[], byte[]> record) {
        String orderId = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
        if (orderId == null || orderId.isBlank() || orderId.length() > LONGEST_ID || orderId.indexOf(0) >= 0) {
            return Optional.empty();
        }
        Headers headers = record.headers();
        String eventId = text(headers, EventHeaders.ID, 255);
        return Optional.of(new StepRow(
                record.topic(),
                record.partition(),
                record.offset(),
                eventId == null ? "" : eventId,
                orderId,
                text(headers, EventHeaders.TYPE, 200),
                text(headers, EventHeaders.SOURCE, 200),
                Instant.ofEpochMilli(Math.max(0, record.timestamp())),
                text(headers, EventHeaders.CORRELATION_ID, 255),
                text(headers, EventHeaders.CAUSATION_ID, 255),
                traceId(headers),
                attempts(headers),
                payload(record),
                text(headers, DEAD + "group", 255),
                text(headers, DEAD + "reason", 2_000),
                originalTopic(headers),
                originalPartition(headers),
                originalOffset(headers)));
    }

    /** What the order service says itself is in its own tables. */
    private static @Nullable String payload(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        return value == null || value.length > LONGEST_PAYLOAD || record.topic().startsWith(Topics.ORDERS)
                ? null
                : clean(new String(value, StandardCharsets.UTF_8), LONGEST_PAYLOAD);
    }

    private static @Nullable String traceId(Headers headers) {
        String parent = text(headers, EventHeaders.TRACE_PARENT, 200);
        String[] parts = parent == null ? new String[0] : parent.split("-", -1);
        return parts.length >= 4 && parts[1].length() == 32 ? parts[1] : null;
    }

    private static int attempts(Headers headers) {
        Integer dead = number(text(headers, DEAD + "attempts", 10));
        Integer attempts = dead != null ? dead : number(text(headers, EventHeaders.ATTEMPTS, 10));
        return attempts == null ? 1 : attempts;
    }

    private static @Nullable String originalTopic(Headers headers) {
        String topic = text(headers, DEAD + "topic", 249);
        return topic != null ? topic : text(headers, KafkaHeaders.DLT_ORIGINAL_TOPIC, 249);
    }

    private static @Nullable Integer originalPartition(Headers headers) {
        Integer partition = number(text(headers, DEAD + "partition", 10));
        ByteBuffer bytes = bytes(headers, KafkaHeaders.DLT_ORIGINAL_PARTITION, Integer.BYTES);
        return partition != null || bytes == null ? partition : Integer.valueOf(bytes.getInt());
    }

    private static @Nullable Long originalOffset(Headers headers) {
        String offset = text(headers, DEAD + "offset", 19);
        ByteBuffer bytes = bytes(headers, KafkaHeaders.DLT_ORIGINAL_OFFSET, Long.BYTES);
        if (offset != null && offset.matches("[0-9]{1,18}")) {
            return Long.valueOf(offset);
        }
        return bytes == null ? null : Long.valueOf(bytes.getLong());
    }

    private static @Nullable Integer number(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,9}") ? Integer.valueOf(text) : null;
    }

    private static @Nullable ByteBuffer bytes(Headers headers, String name, int length) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null || header.value().length != length
                ? null
                : ByteBuffer.wrap(header.value());
    }

    private static @Nullable String text(Headers headers, String name, int longest) {
        String text = EventHeaders.read(headers, name);
        return text == null ? null : clean(text, longest);
    }

    private static String clean(String text, int longest) {
        String free = text.indexOf(0) < 0 ? text : text.replace('\0', ' ');
        return free.length() > longest ? free.substring(0, longest) : free;
    }
}
