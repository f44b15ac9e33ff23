package io.milena.broker.node;

import io.milena.wire.RequestObserver;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Counts requests, answers, errors and time per API, and open connections. Written by event loops, read by whoever reports. */
public final class RequestMeters implements RequestObserver {
    private final AtomicReferenceArray<@Nullable OfApi> apis = new AtomicReferenceArray<>(128);
    private final AtomicInteger connections = new AtomicInteger();
    private final LongAdder refused = new LongAdder();

    /** The counters of one API since the node's start. */
    public static final class OfApi {
        private final ApiKeys api;
        private final LongAdder requests = new LongAdder();
        private final LongAdder errors = new LongAdder();
        private final LongAdder requestBytes = new LongAdder();
        private final LongAdder responseBytes = new LongAdder();
        private final LongAdder totalNs = new LongAdder();
        private volatile long longestNs;

        private OfApi(ApiKeys api) {
            this.api = api;
        }

        public ApiKeys api() {
            return api;
        }

        public long requests() {
            return requests.sum();
        }

        public long errors() {
            return errors.sum();
        }

        public long requestBytes() {
            return requestBytes.sum();
        }

        public long responseBytes() {
            return responseBytes.sum();
        }

        /** Time from complete frame to answer, summed, nanoseconds; includes the time a fetch was parked. */
        public long totalNs() {
            return totalNs.sum();
        }

        /** The longest such time; a rare race may lose a longer one. */
        public long longestNs() {
            return longestNs;
        }
    }

    @Override
    public void onConnect(String listener) {
        connections.incrementAndGet();
    }

    @Override
    public void onDisconnect(String listener) {
        connections.decrementAndGet();
    }

    @Override
    public void onRequest(String listener, ApiKeys api, short version, int requestBytes) {
        OfApi meter = meter(api);
        meter.requests.increment();
        meter.requestBytes.add(requestBytes);
    }

    @Override
    public void onResponse(String listener, ApiKeys api, long latencyNs, long responseBytes, Errors error) {
        OfApi meter = meter(api);
        meter.totalNs.add(latencyNs);
        meter.responseBytes.add(responseBytes);
        if (latencyNs > meter.longestNs) {
            meter.longestNs = latencyNs;
        }
        if (error != Errors.NONE) {
            meter.errors.increment();
        }
    }

    @Override
    public void onRefused(String listener, String reason) {
        refused.increment();
    }

    private OfApi meter(ApiKeys api) {
        OfApi meter = apis.get(api.id);
        if (meter == null) {
            apis.compareAndSet(api.id, null, new OfApi(api));
            meter = apis.get(api.id);
        }
        return java.util.Objects.requireNonNull(meter);
    }

    /** Visits the APIs that were called at least once. */
    public void forEach(Consumer<OfApi> visitor) {
        for (int i = 0; i < apis.length(); i++) {
            OfApi meter = apis.get(i);
            if (meter != null) {
                visitor.accept(meter);
            }
        }
    }

    /** Connections open now. */
    public int connections() {
        return connections.get();
    }

    /** Connections closed because of what their client sent. */
    public long refused() {
        return refused.sum();
    }
}
