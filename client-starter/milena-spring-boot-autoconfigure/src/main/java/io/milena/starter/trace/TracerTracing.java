package io.milena.starter.trace;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.milena.starter.event.EventHeaders;
import io.milena.starter.event.EventInfo;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Spans by Micrometer Tracing, named and tagged by OpenTelemetry's conventions for messaging: {@code send <topic>} from the moment the
 * relay hands a record to the producer until it is acknowledged, {@code process <topic>} around each attempt of a listener.
 */
public final class TracerTracing implements Tracing {

    private final Tracer tracer;
    private final Propagator propagator;

    public TracerTracing(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    @Override
    public Map<String, String> headers() {
        Span span = tracer.currentSpan();
        if (span == null) {
            return PASS_ON.headers();
        }
        Map<String, String> headers = new HashMap<>();
        inject(span, headers);
        return headers;
    }

    @Override
    public Publication publish(String topic, EventInfo event, Map<String, String> stored) {
        Span span = propagator
                .extract(stored, Map::get)
                .kind(Span.Kind.PRODUCER)
                .name("send " + topic)
                .tag("messaging.system", "kafka")
                .tag("messaging.operation.type", "send")
                .tag("messaging.destination.name", topic)
                .tag("messaging.message.id", event.id())
                .tag("milena.event.type", event.type())
                .start();
        Map<String, String> headers = new HashMap<>(stored);
        inject(span, headers);
        return new Sending(span, headers);
    }

    @Override
    public Handling handle(ConsumerRecord<?, ?> record, EventInfo event, String group, int attempt) {
        Span span = propagator
                .extract(record.headers(), EventHeaders::read)
                .kind(Span.Kind.CONSUMER)
                .name("process " + record.topic())
                .tag("messaging.system", "kafka")
                .tag("messaging.operation.type", "process")
                .tag("messaging.destination.name", record.topic())
                .tag("messaging.destination.partition.id", Integer.toString(record.partition()))
                .tag("messaging.kafka.offset", record.offset())
                .tag("messaging.consumer.group.name", group)
                .tag("messaging.message.id", event.id())
                .tag("milena.event.type", event.type())
                .tag("milena.attempt", attempt)
                .start();
        return new Processing(span, tracer.withSpan(span));
    }

    private void inject(Span span, Map<String, String> headers) {
        propagator.inject(span.context(), headers, (all, name, value) -> headers.put(name, value));
    }

    private record Sending(Span span, Map<String, String> headers) implements Publication {

        @Override
        public void sent(int partition, long offset) {
            span.tag("messaging.destination.partition.id", Integer.toString(partition));
            span.tag("messaging.kafka.offset", offset);
            span.end();
        }

        @Override
        public void failed(Exception error) {
            span.error(error);
            span.end();
        }
    }

    private record Processing(Span span, Tracer.SpanInScope scope) implements Handling {

        @Override
        public void failed(Throwable error) {
            span.error(error);
        }

        @Override
        public void close() {
            scope.close();
            span.end();
        }
    }
}
