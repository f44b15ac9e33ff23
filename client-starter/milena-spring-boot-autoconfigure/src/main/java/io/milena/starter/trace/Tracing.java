package io.milena.starter.trace;

import io.milena.starter.event.EventContext;
import io.milena.starter.event.EventInfo;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** How a trace goes on from one thread, process or time to another. Thread-safe; none of its methods fails. */
public interface Tracing {

    /** Without a tracer: what came in goes out. */
    Tracing PASS_ON = new PassOn();

    /** The headers by which an event appended now joins the trace of this thread. */
    Map<String, String> headers();

    /**
     * An event leaves the outbox.
     *
     * @param stored the headers it was stored with
     */
    Publication publish(String topic, EventInfo event, Map<String, String> stored);

    /** A listener takes a record in hand, on this thread, until the handling is closed. */
    Handling handle(ConsumerRecord<?, ?> record, EventInfo event, String group, int attempt);

    /** The way of one event to the broker. Its methods may be called from any thread. */
    interface Publication {

        /** The headers to send. */
        Map<String, String> headers();

        /** The broker has it. */
        void sent(int partition, long offset);

        /** It must be sent again. */
        void failed(Exception error);
    }

    /** A listener's work at one record. */
    interface Handling extends AutoCloseable {

        /** To be called before {@link #close}. */
        void failed(Throwable error);

        @Override
        void close();
    }

    /** The trace of the {@link EventContext}. */
    final class PassOn implements Tracing {

        private static final Handling NOTHING = new Handling() {
            @Override
            public void failed(Throwable error) {}

            @Override
            public void close() {}
        };

        private PassOn() {}

        @Override
        public Map<String, String> headers() {
            EventContext context = EventContext.current();
            return context == null ? Map.of() : context.trace();
        }

        @Override
        public Publication publish(String topic, EventInfo event, Map<String, String> stored) {
            return new Unchanged(stored);
        }

        @Override
        public Handling handle(ConsumerRecord<?, ?> record, EventInfo event, String group, int attempt) {
            return NOTHING;
        }
    }

    /** An event that is sent as it was stored. */
    record Unchanged(Map<String, String> headers) implements Publication {

        @Override
        public void sent(int partition, long offset) {}

        @Override
        public void failed(Exception error) {}
    }
}
