package io.milena.broker.offsets;

import io.milena.broker.partition.LoopTimer;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionWatch;
import io.milena.broker.partition.PartitionWatcher;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A DeleteRecords request that waits until every replica's log start offset has followed the leader's. Lives on its
 * connection's event loop.
 */
final class LowWatermarkWait implements PartitionWatcher, Runnable {
    private record Awaited(Partition partition, long offset, DeleteRecordsPartitionResult answer) {}

    private final Exchange<DeleteRecordsRequestData> exchange;
    private final DeleteRecordsResponseData response;
    private final List<Awaited> pending = new ArrayList<>();
    private final List<PartitionWatch> watches = new ArrayList<>();
    private @Nullable Future<?> deadline;
    private boolean answered;

    LowWatermarkWait(Exchange<DeleteRecordsRequestData> exchange, DeleteRecordsResponseData response) {
        this.exchange = exchange;
        this.response = response;
    }

    void add(Partition partition, long offset, DeleteRecordsPartitionResult answer) {
        pending.add(new Awaited(partition, offset, answer));
    }

    /** Answers at once if there is nothing to wait for. */
    void start(LoopTimer timer, int timeoutMs) {
        for (Awaited awaited : pending) {
            watches.add(awaited.partition().watch(this, CHANGED));
        }
        run();
        if (!answered) {
            deadline = timer.after(timeoutMs, exchange.eventLoop(), this::timeUp);
        }
    }

    @Override
    public void onPartitionMoved(int moves) {
        exchange.eventLoop().execute(this);
    }

    @Override
    public void run() {
        if (answered) {
            return;
        }
        pending.removeIf(LowWatermarkWait::settled);
        if (pending.isEmpty()) {
            answer();
        }
    }

    private static boolean settled(Awaited awaited) {
        try {
            long low = awaited.partition().lowWatermark();
            awaited.answer().setLowWatermark(low);
            return low >= awaited.offset();
        } catch (RuntimeException e) {
            DeleteRecordsHandler.fail(awaited.answer(), Errors.forException(e));
            return true;
        }
    }

    private void timeUp() {
        if (answered) {
            return;
        }
        for (Awaited awaited : pending) {
            DeleteRecordsHandler.fail(awaited.answer(), Errors.REQUEST_TIMED_OUT);
        }
        answer();
    }

    private void answer() {
        answered = true;
        watches.forEach(PartitionWatch::close);
        if (deadline != null) {
            deadline.cancel(false);
        }
        exchange.respond(response);
    }
}
