package io.milena.coordinator.group;

import io.milena.coordinator.runtime.CoordinatorLog;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;

/** One partition's log in memory, with a switch for each way an append can go. */
public class MemoryCoordinatorLog implements CoordinatorLog {

    public enum Mode {
        /** Committed before the call returns, as with one replica. */
        AT_ONCE,
        /** Written, and committed when the test says so. */
        LATER,
        /** Not written. */
        REFUSE,
        /** Written, but the caller is told that nobody knows. */
        WRITE_AND_FAIL
    }

    private record Waiting(long offset, CompletableFuture<Void> committed) {}

    private final List<byte[]> batches = new ArrayList<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final List<Integer> recordsPerBatch = new ArrayList<>();
    private volatile Mode mode = Mode.AT_ONCE;
    private volatile RuntimeException failure = new IllegalStateException("no failure chosen");
    private volatile RuntimeException readFailure;
    private volatile int maxBatchBytes = 1_048_588;
    private int leaderEpoch = -1;
    private int reads;
    private long endOffset;
    private long highWatermark;

    void takeBatchesUpTo(int bytes) {
        maxBatchBytes = bytes;
    }

    @Override
    public int maxBatchBytes(TopicPartition partition) {
        return maxBatchBytes;
    }

    /** From now on nothing can be read: a coordinator that is elected stays loading. */
    public void refuseReads(RuntimeException why) {
        readFailure = why;
    }

    void allowReads() {
        readFailure = null;
    }

    void behave(Mode newMode) {
        mode = newMode;
    }

    void refuseAppends(RuntimeException why) {
        failure = why;
        mode = Mode.REFUSE;
    }

    void failAppendsAfterWriting(RuntimeException why) {
        failure = why;
        mode = Mode.WRITE_AND_FAIL;
    }

    /** The partition is in this leader epoch now; before it is in whichever the caller names. */
    synchronized void becomeLeader(int epoch) {
        leaderEpoch = epoch;
    }

    @Override
    public Appended append(TopicPartition partition, int epoch, MemoryRecords records) {
        Appended appended;
        synchronized (this) {
            checkEpoch(epoch);
            if (mode == Mode.REFUSE) {
                throw failure;
            }
            write(records);
            if (mode == Mode.WRITE_AND_FAIL) {
                throw failure;
            }
            appended = new Appended(endOffset - 1, whenCommitted(partition, epoch, endOffset - 1));
        }
        while (mode == Mode.AT_ONCE && awaited() > 0) {
            commitNext();
        }
        return appended;
    }

    /** Writes without committing, as another leader did. */
    synchronized void write(MemoryRecords records) {
        int count = 0;
        for (MutableRecordBatch batch : records.batches()) {
            long last = endOffset + batch.countOrNull() - 1;
            batch.setLastOffset(last);
            batch.setPartitionLeaderEpoch(0);
            batch.ensureValid();
            count += batch.countOrNull();
            endOffset = last + 1;
            ByteBuffer copy = ByteBuffer.allocate(batch.sizeInBytes());
            batch.writeTo(copy);
            batches.add(copy.array());
        }
        recordsPerBatch.add(count);
    }

    private void checkEpoch(int epoch) {
        if (leaderEpoch >= 0 && epoch != leaderEpoch) {
            throw new FencedLeaderEpochException("in epoch " + leaderEpoch + ", not " + epoch);
        }
    }

    @Override
    public synchronized CompletableFuture<Void> whenCommitted(TopicPartition partition, int epoch, long offset) {
        if (offset < highWatermark) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> committed = new CompletableFuture<>();
        waiting.add(new Waiting(offset, committed));
        return committed;
    }

    /** Everything is committed up to the next append that somebody waits for; on the caller's thread. */
    void commitNext() {
        Waiting next;
        synchronized (this) {
            next = waiting.remove();
            highWatermark = next.offset + 1;
        }
        next.committed.complete(null);
    }

    void commitAll() {
        while (awaited() > 0) {
            commitNext();
        }
        synchronized (this) {
            highWatermark = endOffset;
        }
    }

    /** One byte of the last batch is another. */
    synchronized void damageLastBatch() {
        byte[] last = batches.get(batches.size() - 1);
        last[last.length - 1] ^= 1;
    }

    synchronized int awaited() {
        return waiting.size();
    }

    @Override
    public void readAll(TopicPartition partition, int epoch, Consumer<RecordBatch> consumer) {
        List<byte[]> copy;
        synchronized (this) {
            reads++;
            if (readFailure != null) {
                throw readFailure;
            }
            checkEpoch(epoch);
            copy = List.copyOf(batches);
        }
        for (byte[] bytes : copy) {
            MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches().forEach(consumer);
        }
    }

    synchronized int reads() {
        return reads;
    }

    synchronized List<Integer> recordsPerBatch() {
        return List.copyOf(recordsPerBatch);
    }

    synchronized List<byte[]> batches() {
        return List.copyOf(batches);
    }

    synchronized byte[] bytes() {
        ByteBuffer all =
                ByteBuffer.allocate(batches.stream().mapToInt(b -> b.length).sum());
        batches.forEach(all::put);
        return all.array();
    }
}
