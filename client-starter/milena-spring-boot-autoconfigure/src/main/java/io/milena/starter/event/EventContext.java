package io.milena.starter.event;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What the work at hand belongs to. Bound to the thread while a listener handles an event and while a REST request is served; the
 * outbox takes it along by itself. The correlation id is in the logging context (MDC) as {@value #MDC_CORRELATION}.
 *
 * @param correlationId the business conversation: the same from the request to its last event
 * @param causationId the id of the event being handled, null outside of a listener
 * @param attempt 1 for the first attempt to handle the event
 * @param trace the W3C trace headers that came in ({@code traceparent}, {@code tracestate}, {@code baggage}), passed on as they
 *     are where no tracer is at work
 */
public record EventContext(String correlationId, @Nullable String causationId, int attempt, Map<String, String> trace) {

    /** The REST header that carries a correlation id in and out. */
    public static final String HTTP_HEADER = "X-Correlation-Id";

    /** The name of the correlation id in the logging context. */
    public static final String MDC_CORRELATION = "correlationId";

    /** The name of the trace id in the logging context, as Micrometer Tracing has it. */
    public static final String MDC_TRACE = "traceId";

    private static final Set<String> TRACE_HEADERS =
            Set.of(EventHeaders.TRACE_PARENT, EventHeaders.TRACE_STATE, EventHeaders.BAGGAGE);
    private static final int LONGEST_TRACE_HEADER = 2_000;
    private static final Pattern WELL_FORMED = Pattern.compile("[\\x21-\\x7e]{1,128}");
    private static final Pattern TRACE_PARENT =
            Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");
    private static final ThreadLocal<@Nullable EventContext> CURRENT = new ThreadLocal<>();

    public EventContext {
        trace = Map.copyOf(trace);
    }

    /** The context of the work this thread does, null if it has none. */
    public static @Nullable EventContext current() {
        return CURRENT.get();
    }

    /**
     * The context of a request.
     *
     * @param correlationId what the caller says; anything but 1 to 128 printable ASCII characters is replaced by a new id
     * @param headers the request's headers by name
     */
    public static EventContext ofRequest(@Nullable String correlationId, Function<String, @Nullable String> headers) {
        String id = correlationId != null && WELL_FORMED.matcher(correlationId).matches()
                ? correlationId
                : UUID.randomUUID().toString();
        return new EventContext(id, null, 1, traceFrom(headers));
    }

    /**
     * The context in which an event is handled.
     *
     * @param headers the record's headers by name
     */
    public static EventContext ofEvent(EventInfo event, int attempt, Function<String, @Nullable String> headers) {
        return new EventContext(event.correlationId(), event.id(), attempt, traceFrom(headers));
    }

    /** Binds this context to the thread until the scope is closed, on the same thread; then the one before is back. */
    public Scope open() {
        return new Scope(this);
    }

    /** The trace id of the incoming {@code traceparent}, null without one. */
    public @Nullable String traceId() {
        String parent = trace.get(EventHeaders.TRACE_PARENT);
        if (parent == null) {
            return null;
        }
        var matcher = TRACE_PARENT.matcher(parent);
        return matcher.matches() ? matcher.group(1) : null;
    }

    private static Map<String, String> traceFrom(Function<String, @Nullable String> headers) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String name : TRACE_HEADERS) {
            String value = headers.apply(name);
            if (value != null && value.length() <= LONGEST_TRACE_HEADER) {
                found.put(name, value);
            }
        }
        return found;
    }

    /** The time during which a context is bound to a thread. */
    public static final class Scope implements AutoCloseable {

        private final @Nullable EventContext before;
        private final @Nullable String correlationBefore = MDC.get(MDC_CORRELATION);
        private final @Nullable String traceBefore = MDC.get(MDC_TRACE);
        private final boolean traceIsOurs;

        private Scope(EventContext context) {
            this.before = CURRENT.get();
            CURRENT.set(context);
            MDC.put(MDC_CORRELATION, context.correlationId());
            String traceId = context.traceId();
            this.traceIsOurs = traceBefore == null && traceId != null; // otherwise a tracer has set it
            if (traceIsOurs) {
                MDC.put(MDC_TRACE, traceId);
            }
        }

        @Override
        public void close() {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
            restore(MDC_CORRELATION, correlationBefore);
            if (traceIsOurs) {
                restore(MDC_TRACE, traceBefore);
            }
        }

        private static void restore(String name, @Nullable String value) {
            if (value == null) {
                MDC.remove(name);
            } else {
                MDC.put(name, value);
            }
        }
    }
}
