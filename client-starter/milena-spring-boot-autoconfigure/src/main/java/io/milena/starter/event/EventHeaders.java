package io.milena.starter.event;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Header names of CloudEvents 1.0 in Kafka's binary content mode, of W3C trace context and of our own, and how to read them. */
public final class EventHeaders {

    public static final String ID = "ce_id";
    public static final String TYPE = "ce_type";
    public static final String SOURCE = "ce_source";
    public static final String SPEC_VERSION = "ce_specversion";
    public static final String TIME = "ce_time";
    public static final String CONTENT_TYPE = "content-type";
    public static final String JSON = "application/json";

    /** The business conversation an event belongs to. */
    public static final String CORRELATION_ID = "ce_correlationid";

    /** The id of the event that was being handled when this one was appended. */
    public static final String CAUSATION_ID = "ce_causationid";

    /** How many attempts the handler needed that appended this event; there only if it was more than one. */
    public static final String ATTEMPTS = "milena_attempts";

    public static final String TRACE_PARENT = "traceparent";
    public static final String TRACE_STATE = "tracestate";
    public static final String BAGGAGE = "baggage";

    private EventHeaders() {}

    /** The last value of a header as text, or null. */
    public static @Nullable String read(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    static void write(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
