package io.milena.starter.retry;

import io.milena.starter.event.EventIdentity;
import io.milena.starter.event.OriginalKey;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** How a record lies in a table: its bytes and header values as Base64, so that they come back unchanged. */
public final class StoredRecord {

    /** The columns, in the order of {@link #values}. */
    public static final String COLUMNS =
            "topic, record_partition, record_offset, record_time, record_key, headers, payload";

    private static final Base64.Encoder ENCODER = Base64.getEncoder();
    private static final Base64.Decoder DECODER = Base64.getDecoder();

    private StoredRecord() {}

    /** The key under which the tables know an event. */
    public static String eventId(ConsumerRecord<?, ?> record) {
        return EventIdentity.of(record).key();
    }

    public static List<@Nullable Object> values(ConsumerRecord<?, ?> record) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(record.topic());
        values.add(record.partition());
        values.add(record.offset());
        values.add(Instant.ofEpochMilli(Math.max(0, record.timestamp())).atOffset(ZoneOffset.UTC));
        values.add(
                record.key() == null ? null : OriginalKey.storable(record.key().toString()));
        values.add(text(record.headers()));
        values.add(record.value() instanceof byte[] bytes ? ENCODER.encodeToString(bytes) : null);
        return values;
    }

    public static ConsumerRecord<@Nullable String, byte @Nullable []> read(ResultSet row) throws SQLException {
        String payload = row.getString("payload");
        byte[] value = payload == null ? null : DECODER.decode(payload);
        Headers headers = headers(row.getString("headers"));
        return new ConsumerRecord<>(
                row.getString("topic"),
                row.getInt("record_partition"),
                row.getLong("record_offset"),
                row.getObject("record_time", OffsetDateTime.class).toInstant().toEpochMilli(),
                TimestampType.CREATE_TIME,
                -1,
                value == null ? -1 : value.length,
                OriginalKey.restored(row.getString("record_key"), headers),
                value,
                headers,
                Optional.empty());
    }

    /** A line for each header: name and value, both Base64; no value, no second word. */
    private static String text(Headers headers) {
        StringBuilder text = new StringBuilder();
        for (Header header : headers) {
            text.append(ENCODER.encodeToString(header.key().getBytes(StandardCharsets.UTF_8)));
            if (header.value() != null) {
                text.append(' ').append(ENCODER.encodeToString(header.value()));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static Headers headers(String text) {
        Headers headers = new RecordHeaders();
        text.lines().forEach(line -> {
            int space = line.indexOf(' ');
            String name = space < 0 ? line : line.substring(0, space);
            headers.add(
                    new String(DECODER.decode(name), StandardCharsets.UTF_8),
                    space < 0 ? null : DECODER.decode(line.substring(space + 1)));
        });
        return headers;
    }
}
