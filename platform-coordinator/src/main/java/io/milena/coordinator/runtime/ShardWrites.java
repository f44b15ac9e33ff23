package io.milena.coordinator.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * What a shard has decided to write, on its way to being committed:
 *
 * <pre>
 *  decided ── appended, in batches ──▶ in the log ── committed, in order ──▶ settled
 * </pre>
 *
 * Any number of batches may be in the log and not committed. A write that is not committed in time is overdue: it is settled
 * as failed, and stays in the log. Used by the shard's thread.
 */
final class ShardWrites {

    /** One write of the shard. */
    static final class Pending {
        final Turn.Write write;
        final int size;
        private final List<RecordBatches.Encoded> encoded;
        private final long deadlineMs;
        private boolean settled;

        private Pending(Turn.Write write, List<RecordBatches.Encoded> encoded, long deadlineMs) {
            this.write = write;
            this.encoded = encoded;
            this.size = RecordBatches.size(encoded);
            this.deadlineMs = deadlineMs;
        }

        boolean isEmpty() {
            return encoded.isEmpty();
        }

        /** True the first time: a write is settled once. */
        boolean settle() {
            boolean first = !settled;
            settled = true;
            return first;
        }
    }

    /** Records that are in the log and are committed together. */
    static final class InLog {
        final List<Pending> writes;
        /** Replays the records; in the shard's turn, when they are committed. */
        final Runnable replay;

        private boolean committed;

        private InLog(List<Pending> writes, Runnable replay) {
            this.writes = writes;
            this.replay = replay;
        }

        void committed() {
            committed = true;
        }
    }

    private final RuntimeConfig config;
    private final Deque<Pending> decided = new ArrayDeque<>();
    private final Deque<InLog> inLog = new ArrayDeque<>();

    ShardWrites(RuntimeConfig config) {
        this.config = config;
    }

    /** A write as it will be sent to the log; throws if a record cannot be encoded. */
    Pending prepare(Turn.Write write, long nowMs) {
        return new Pending(write, RecordBatches.encode(write.records()), nowMs + config.writeTimeoutMs());
    }

    /** Whether even a batch of its own cannot hold it. Only the log knows how well records compress. */
    boolean isTooLarge(Pending pending, int maxBatchBytes) {
        return config.compression() == CompressionType.NONE
                && pending.size + RecordBatches.BATCH_OVERHEAD > maxBatchBytes;
    }

    /** One without records is committed together with what was decided before it; false if that is so already. */
    boolean add(Pending pending) {
        if (!pending.isEmpty() || !decided.isEmpty()) {
            decided.add(pending);
            return true;
        }
        InLog newest = inLog.peekLast();
        if (newest != null) {
            newest.writes.add(pending);
        }
        return newest != null;
    }

    boolean hasDecided() {
        return !decided.isEmpty();
    }

    /** The next batch to append, of what is decided. A batch belongs to one producer at most. */
    List<Pending> nextBatch(int maxBatchBytes) {
        List<Pending> batch = new ArrayList<>();
        int size = RecordBatches.BATCH_OVERHEAD;
        for (Pending next = decided.peek(); next != null; next = decided.peek()) {
            boolean alone = next.write.isTransactional();
            if (!batch.isEmpty() && !next.isEmpty() && (alone || size + next.size > maxBatchBytes)) {
                break;
            }
            batch.add(decided.remove());
            size += next.size;
            if (alone) {
                takeEmpty(batch);
                break;
            }
        }
        return batch;
    }

    /** Those without records behind a batch are committed with it. */
    private void takeEmpty(List<Pending> batch) {
        for (Pending next = decided.peek(); next != null && next.isEmpty(); next = decided.peek()) {
            batch.add(decided.remove());
        }
    }

    /** The batch for the log. */
    MemoryRecords records(List<Pending> batch, long wallClockMs) {
        int size = 0;
        List<RecordBatches.Encoded> records = new ArrayList<>();
        for (Pending pending : batch) {
            size += pending.size;
            records.addAll(pending.encoded);
        }
        Turn.Write first = batch.get(0).write;
        return RecordBatches.batch(
                records, size, config.compression(), wallClockMs, first.producerId(), first.producerEpoch());
    }

    /** What is decided and not appended, which is removed; the newest first. */
    List<Pending> removeDecided() {
        List<Pending> newestFirst = new ArrayList<>(decided.size());
        decided.descendingIterator().forEachRemaining(newestFirst::add);
        decided.clear();
        return newestFirst;
    }

    /** The records are in the log, behind all others. */
    InLog appended(List<Pending> batch, Runnable replay) {
        InLog appended = new InLog(batch, replay);
        inLog.add(appended);
        return appended;
    }

    /** Takes out the oldest records in the log if they are committed; null if not. */
    @Nullable
    InLog removeCommitted() {
        InLog oldest = inLog.peek();
        return oldest != null && oldest.committed ? inLog.remove() : null;
    }

    /** When the next write in the log is overdue; {@link Long#MAX_VALUE} for never. */
    long nextDeadlineMs() {
        for (InLog batch : inLog) {
            for (Pending pending : batch.writes) {
                if (!pending.settled) {
                    return pending.deadlineMs;
                }
            }
        }
        return Long.MAX_VALUE;
    }

    /** The overdue writes in the log that are not settled yet. */
    List<Pending> overdue(long nowMs) {
        List<Pending> overdue = new ArrayList<>();
        for (InLog batch : inLog) {
            for (Pending pending : batch.writes) {
                if (pending.deadlineMs > nowMs) {
                    return overdue;
                }
                if (!pending.settled) {
                    overdue.add(pending);
                }
            }
        }
        return overdue;
    }

    /** Forgets all, and returns what was not settled, in order. */
    List<Pending> clear() {
        List<Pending> open = new ArrayList<>();
        inLog.forEach(batch -> open.addAll(batch.writes));
        open.addAll(decided);
        open.removeIf(pending -> pending.settled);
        inLog.clear();
        decided.clear();
        return open;
    }
}
