package io.milena.broker.fetch;

import io.milena.broker.partition.PartitionWatch;
import io.milena.broker.partition.PartitionWatcher;
import io.milena.wire.Exchange;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One fetch from its first look to its answer. Lives on its connection's event loop: a partition that moves only asks the loop
 * to look again, however many partitions move before it gets to it.
 *
 * <pre>
 *   start ──► answered               enough bytes, an error, or no wait asked for
 *     └─────► parked ──► answered    a partition moved and there is enough now, the time is up, or the client sent more
 * </pre>
 */
final class PendingFetch implements PartitionWatcher, Runnable {
    private final Exchange<FetchRequestData> exchange;
    private final FetchParams params;
    private final FetchContext context;
    private final FetchHandler handler;
    private final AtomicBoolean lookAgain = new AtomicBoolean();
    private @Nullable PartitionWatch watch;
    private @Nullable Future<?> deadline;
    private boolean answered;

    PendingFetch(Exchange<FetchRequestData> exchange, FetchParams params, FetchContext context, FetchHandler handler) {
        this.exchange = exchange;
        this.params = params;
        this.context = context;
        this.handler = handler;
    }

    void start() {
        FetchResult result = look();
        if (params.maxWaitMs() <= 0 || context.isEmpty() || enough(result)) {
            answer(result);
            return;
        }
        result.release();
        park(result);
    }

    private FetchResult look() {
        return context.look(handler.reader(), params);
    }

    private boolean enough(FetchResult result) {
        return result.urgent || result.bytes >= params.minBytes();
    }

    private void park(FetchResult seen) {
        handler.parked(1);
        deadline = handler.timer().after(params.maxWaitMs(), exchange.eventLoop(), this::timeUp);
        PartitionWatch joined = context.watch(this, seen);
        if (answered) {
            joined.close();
            return;
        }
        watch = joined;
        exchange.whenOvertaken(this::overtakenBy);
    }

    /**
     * Another request of the client waits for this answer. A follower has a new partition to ask for, and others want to know
     * something: they need not wait for nothing. A consumer that sends a fetch behind its fetch closes its session; that takes
     * what is left of fetch.max.wait.ms with Apache Kafka, and so it does here, since consumers see how long a close takes.
     */
    private void overtakenBy(int apiKey) {
        if (params.fromFollower() || apiKey != ApiKeys.FETCH.id) {
            timeUp();
        }
    }

    /** The moves of a partition that this fetch wants to be told of. */
    int interest() {
        return params.interest();
    }

    @Override
    public void onPartitionMoved(int moves) {
        wake();
    }

    /** Has the event loop look again; any thread. */
    void wake() {
        if (!lookAgain.get() && lookAgain.compareAndSet(false, true)) {
            exchange.eventLoop().execute(this);
        }
    }

    /** Looks again, on the event loop. */
    @Override
    public void run() {
        lookAgain.set(false);
        if (answered) {
            return;
        }
        FetchResult result = look();
        if (enough(result)) {
            answer(result);
        } else {
            result.release();
        }
    }

    private void timeUp() {
        if (!answered) {
            answer(look());
        }
    }

    private void answer(FetchResult result) {
        answered = true;
        unpark();
        FetchContext.Outcome outcome =
                context.conclude(result.targets, result.data, handler.clock().millis());
        if (outcome.error() != Errors.NONE) {
            result.release();
            exchange.respond(handler.answer().refused(outcome.error(), outcome.sessionId()));
            return;
        }
        exchange.respond(
                handler.answer().of(result, params, outcome.sessionId(), exchange.version(), exchange.listener()));
    }

    private void unpark() {
        if (deadline == null) {
            return;
        }
        deadline.cancel(false);
        handler.parked(-1);
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }
}
