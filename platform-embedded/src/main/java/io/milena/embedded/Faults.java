package io.milena.embedded;

import io.milena.broker.node.HandlerDecorator;
import io.milena.broker.node.MilenaNode;
import io.milena.metadata.TopicImage;
import io.milena.wire.ApiHandler;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** Faults that wait for requests, of a cluster that was built with {@link EmbeddedCluster.Builder#faults}. Thread-safe. */
public final class Faults {
    private final List<Pending> pending = new ArrayList<>();
    private final AtomicInteger struck = new AtomicInteger();
    private final Supplier<List<MilenaNode>> nodes;
    private volatile boolean any;

    private static final class Pending {
        private final FaultOnDemand fault;
        private int left;

        Pending(FaultOnDemand fault) {
            this.fault = fault;
            this.left = fault.times();
        }
    }

    /** @param nodes know the ids of topics */
    Faults(Supplier<List<MilenaNode>> nodes) {
        this.nodes = nodes;
    }

    /** From now on; faults of the same requests come to pass one after another, in the order in which they were added. */
    public void add(FaultOnDemand fault) {
        synchronized (pending) {
            pending.add(new Pending(fault));
            any = true;
        }
    }

    /** All is well again; how often faults came to pass is forgotten. */
    public void clear() {
        synchronized (pending) {
            pending.clear();
            any = false;
            struck.set(0);
        }
    }

    /** How many requests fared badly since the last {@link #clear}. */
    public int struck() {
        return struck.get();
    }

    HandlerDecorator at(int brokerId) {
        return handler -> decorated(handler, brokerId);
    }

    private <Q extends ApiMessage> ApiHandler<Q> decorated(ApiHandler<Q> handler, int brokerId) {
        return new FaultyHandler<>(handler, request -> next(handler.api(), request, brokerId));
    }

    private @Nullable FaultOnDemand next(ApiKeys api, ApiMessage request, int brokerId) {
        if (!any) {
            return null;
        }
        synchronized (pending) {
            for (Iterator<Pending> all = pending.iterator(); all.hasNext(); ) {
                Pending each = all.next();
                String topic = each.fault.topic();
                if (each.fault.concerns(api, brokerId)
                        && (topic == null || RequestTopics.name(api, request, topic, this::idOf))) {
                    struck.incrementAndGet();
                    if (--each.left <= 0) {
                        all.remove();
                    }
                    any = !pending.isEmpty();
                    return each.fault;
                }
            }
            return null;
        }
    }

    private Uuid idOf(String topic) {
        return nodes.get().stream()
                .flatMap(node -> node.image().topics().topic(topic).stream())
                .map(TopicImage::id)
                .findFirst()
                .orElse(Uuid.ZERO_UUID);
    }
}
