package io.milena.broker.fetch;

import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.LoopTimer;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.replica.ReplicaSelector;
import org.jspecify.annotations.Nullable;

/**
 * Fetch (1): consumers, and followers. The request's session is looked up, its partitions are read, and what is not worth an
 * answer yet is parked ({@link PendingFetch}).
 */
public final class FetchHandler implements ApiHandler<FetchRequestData> {
    private final FetchReader reader;
    private final FetchContexts contexts;
    private final FetchSessions sessions;
    private final FetchAnswer answer;
    private final LoopTimer timer;
    private final InstantSource clock;
    private final int maxBytes;
    private final FetchInterest interest;
    private final AtomicInteger parked = new AtomicInteger();

    /**
     * @param sessionSlots max.incremental.fetch.session.cache.slots
     * @param maxBytes fetch.max.bytes of the broker
     * @param throttle of followers that fetch here
     * @param selector of the replica that a consumer reads from; null if all read from the leader
     */
    public FetchHandler(
            PartitionRegistry registry,
            ImageLookup image,
            LoopTimer timer,
            InstantSource clock,
            int sessionSlots,
            int maxBytes,
            LeaderThrottle throttle,
            @Nullable ReplicaSelector selector) {
        ReplicaChoice replicas = selector == null ? ReplicaChoice.LEADER : new SelectedReplica(selector, image);
        this.reader = new FetchReader(registry, image, throttle, replicas);
        this.interest = new FetchInterest(selector != null);
        this.sessions = new FetchSessions(sessionSlots, interest, clock.millis());
        this.contexts = new FetchContexts(sessions);
        this.answer = new FetchAnswer(image, throttle);
        this.timer = timer;
        this.clock = clock;
        this.maxBytes = maxBytes;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.FETCH;
    }

    @Override
    public boolean needsEventLoop() {
        return true;
    }

    @Override
    public void handle(Exchange<FetchRequestData> exchange) {
        FetchParams params = FetchParams.of(exchange, maxBytes, interest);
        long nowMs = clock.millis();
        FetchContext context = contexts.resolve(exchange.request(), exchange.version(), params.replicaId(), nowMs);
        if (params.fromFollower()) {
            reader.noteFollower(params, context.named(), nowMs);
            if (!(context instanceof FetchContext.Incremental)) {
                sessions.haveNotedAgain(params.replicaId());
            }
        }
        new PendingFetch(exchange, params, context, this).start();
    }

    FetchReader reader() {
        return reader;
    }

    FetchAnswer answer() {
        return answer;
    }

    LoopTimer timer() {
        return timer;
    }

    InstantSource clock() {
        return clock;
    }

    void parked(int change) {
        parked.addAndGet(change);
    }

    /** Fetches that wait for bytes at this moment. */
    public int parkedFetches() {
        return parked.get();
    }

    /** Fetch sessions at this moment. */
    public int sessionCount() {
        return sessions.size();
    }
}
