package io.milena.starter.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Events to records and back. Thread-safe. */
public final class EventCodec {

    private final EventTypes types;
    private final JsonMapper json;

    public EventCodec(EventTypes types, JsonMapper json) {
        this.types = types;
        this.json = json;
    }

    public EventTypes types() {
        return types;
    }

    /** The JSON text of an event. */
    public String write(Object event) {
        return json.writeValueAsString(event);
    }

    /**
     * A record in CloudEvents binary mode.
     *
     * @param headers what it carries besides the envelope
     */
    public ProducerRecord<String, byte[]> record(
            String topic, String key, EventInfo info, Map<String, String> headers, String payload) {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(topic, key, payload.getBytes(StandardCharsets.UTF_8));
        EventHeaders.write(record.headers(), EventHeaders.SPEC_VERSION, "1.0");
        EventHeaders.write(record.headers(), EventHeaders.ID, info.id());
        EventHeaders.write(record.headers(), EventHeaders.TYPE, info.type());
        EventHeaders.write(record.headers(), EventHeaders.SOURCE, info.source());
        if (info.time() != null) {
            EventHeaders.write(record.headers(), EventHeaders.TIME, info.time().toString());
        }
        EventHeaders.write(record.headers(), EventHeaders.CORRELATION_ID, info.correlationId());
        if (info.causationId() != null) {
            EventHeaders.write(record.headers(), EventHeaders.CAUSATION_ID, info.causationId());
        }
        EventHeaders.write(record.headers(), EventHeaders.CONTENT_TYPE, EventHeaders.JSON);
        headers.forEach((name, value) -> EventHeaders.write(record.headers(), name, value));
        return record;
    }

    /**
     * The envelope of a record.
     *
     * @throws UnreadableEventException if id or type is missing
     */
    public EventInfo info(ConsumerRecord<?, ?> record) {
        String id = required(record, EventHeaders.ID);
        String type = required(record, EventHeaders.TYPE);
        String source = EventHeaders.read(record.headers(), EventHeaders.SOURCE);
        String time = EventHeaders.read(record.headers(), EventHeaders.TIME);
        String correlation = EventHeaders.read(record.headers(), EventHeaders.CORRELATION_ID);
        Object key = record.key();
        return new EventInfo(
                id,
                type,
                source == null ? "unknown" : source,
                time(time),
                key == null ? null : key.toString(),
                correlation == null || correlation.isBlank() ? id : correlation,
                EventHeaders.read(record.headers(), EventHeaders.CAUSATION_ID));
    }

    /**
     * The event itself.
     *
     * @throws UnreadableEventException if the type is unknown here or the JSON does not fit its class
     */
    public Object read(EventInfo info, byte @Nullable [] payload) {
        Class<?> eventClass = types.classOf(info.type());
        if (eventClass == null) {
            throw new UnreadableEventException("event type '" + info.type() + "' is unknown here", null);
        }
        if (payload == null) {
            throw new UnreadableEventException("event " + info.id() + " of type '" + info.type() + "' is empty", null);
        }
        Object event;
        try {
            event = json.readValue(payload, eventClass);
        } catch (JacksonException e) {
            throw new UnreadableEventException(
                    "event " + info.id() + " is no valid '" + info.type() + "': " + e.getOriginalMessage(), e);
        }
        if (event == null) {
            throw new UnreadableEventException("event " + info.id() + " is the JSON null", null);
        }
        return event;
    }

    private static String required(ConsumerRecord<?, ?> record, String header) {
        String value = EventHeaders.read(record.headers(), header);
        if (value == null || value.isBlank()) {
            throw new UnreadableEventException(
                    "record " + record.topic() + "-" + record.partition() + "@" + record.offset() + " has no " + header
                            + " header, so it is no event",
                    null);
        }
        return value;
    }

    private static @Nullable Instant time(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
