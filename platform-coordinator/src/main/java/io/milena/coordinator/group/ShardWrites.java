package io.milena.coordinator.group;

import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.group.core.Turn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * What a shard wants written, on its way to being decided: one batch is under way at most, the rest waits and goes into the
 * next ones. A write that is not decided within {@code offsets.commit.timeout.ms} is overdue. Owned by whoever is in a turn.
 */
final class ShardWrites {
    /** One write of the shard. */
    static final class Pending {
        final Turn.Write write;
        private final List<RecordBatches.Encoded> encoded;
        private final int size;
        private final long deadlineMs;
        private boolean settled;

        private Pending(Turn.Write write, long deadlineMs) {
            this.write = write;
            this.encoded = RecordBatches.encode(write.records());
            this.size = RecordBatches.size(encoded);
            this.deadlineMs = deadlineMs;
        }

        /** True the first time: a write is settled once. */
        boolean settle() {
            boolean first = !settled;
            settled = true;
            return first;
        }
    }

    private final GroupConfig config;
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private @Nullable List<Pending> underWay;

    ShardWrites(GroupConfig config) {
        this.config = config;
    }

    void add(Turn.Write write, long nowMs) {
        waiting.add(new Pending(write, nowMs + config.commitTimeoutMs()));
    }

    /** Whether something waits and nothing is under way. */
    boolean isReady() {
        return underWay == null && !waiting.isEmpty();
    }

    /** The next batch, which is under way from now on until it has {@link #landed}. */
    List<Pending> depart() {
        List<Pending> batch = new ArrayList<>();
        int size = 0;
        for (Pending next = waiting.peek(); next != null; next = waiting.peek()) {
            boolean alone = next.write.isTransactional();
            if (!batch.isEmpty() && (alone || size + next.size > config.maxBatchBytes())) {
                break;
            }
            batch.add(waiting.remove());
            size += next.size;
            if (alone) {
                break; // a batch belongs to one producer
            }
        }
        underWay = batch;
        return batch;
    }

    /** What became of the batch is known; false if it is no longer the one under way: everything was cleared meanwhile. */
    boolean landed(List<Pending> batch) {
        if (underWay != batch) {
            return false;
        }
        underWay = null;
        return true;
    }

    /** The batch for the log. */
    MemoryRecords records(List<Pending> batch, long nowMs) {
        int size = 0;
        List<RecordBatches.Encoded> records = new ArrayList<>();
        for (Pending pending : batch) {
            size += pending.size;
            records.addAll(pending.encoded);
        }
        Turn.Write first = batch.get(0).write;
        return RecordBatches.batch(
                records, size, config.compression(), nowMs, first.producerId(), first.producerEpoch());
    }

    /** When the next write is overdue; {@link Long#MAX_VALUE} for never. */
    long nextDeadlineMs() {
        long next = waiting.isEmpty() ? Long.MAX_VALUE : waiting.peek().deadlineMs;
        if (underWay != null) {
            for (Pending pending : underWay) {
                if (!pending.settled) {
                    next = Math.min(next, pending.deadlineMs);
                }
            }
        }
        return next;
    }

    /** The overdue writes of the batch under way, which goes on. */
    List<Pending> overdueUnderWay(long nowMs) {
        return underWay == null
                ? List.of()
                : underWay.stream().filter(each -> each.deadlineMs <= nowMs).toList();
    }

    /** Takes the first of those waiting out if it is overdue; null if it is not. */
    @Nullable
    Pending removeOverdue(long nowMs) {
        Pending first = waiting.peek();
        return first != null && first.deadlineMs <= nowMs ? waiting.remove() : null;
    }

    /** Forgets all, the batch under way too, and returns what was not decided. */
    List<Pending> clear() {
        List<Pending> undecided = new ArrayList<>(waiting);
        if (underWay != null) {
            undecided.addAll(underWay);
        }
        waiting.clear();
        underWay = null;
        return undecided;
    }
}
