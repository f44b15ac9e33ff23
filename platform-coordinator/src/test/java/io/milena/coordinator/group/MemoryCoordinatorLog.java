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
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;

/** One partition's log in memory, with a switch for each way an append can go. */
public final class MemoryCoordinatorLog implements CoordinatorLog {

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

    final List<byte[]> batches = new ArrayList<>();
    final Deque<Runnable> uncommitted = new ArrayDeque<>();
    final List<Integer> recordsPerBatch = new ArrayList<>();
    volatile Mode mode = Mode.AT_ONCE;
    volatile RuntimeException failure = new IllegalStateException("no failure chosen");
    volatile RuntimeException readFailure;
    int reads;
    private long endOffset;

    /** From now on nothing can be read: a coordinator that is elected stays loading. */
    public void refuseReads(RuntimeException why) {
        readFailure = why;
    }

    @Override
    public synchronized CompletableFuture<Long> append(TopicPartition partition, MemoryRecords records) {
        if (mode == Mode.REFUSE) {
            return CompletableFuture.failedFuture(failure);
        }
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
        if (mode == Mode.WRITE_AND_FAIL) {
            return CompletableFuture.failedFuture(failure);
        }
        if (mode == Mode.AT_ONCE) {
            return CompletableFuture.completedFuture(endOffset - 1);
        }
        CompletableFuture<Long> committed = new CompletableFuture<>();
        long last = endOffset - 1;
        uncommitted.add(() -> committed.complete(last));
        return committed;
    }

    void commitNext() {
        Runnable commit;
        synchronized (this) {
            commit = uncommitted.remove();
        }
        commit.run();
    }

    @Override
    public void readAll(TopicPartition partition, Consumer<RecordBatch> consumer) {
        List<byte[]> copy;
        synchronized (this) {
            reads++;
            if (readFailure != null) {
                throw readFailure;
            }
            copy = List.copyOf(batches);
        }
        for (byte[] bytes : copy) {
            MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches().forEach(consumer);
        }
    }

    synchronized int reads() {
        return reads;
    }

    synchronized byte[] bytes() {
        ByteBuffer all =
                ByteBuffer.allocate(batches.stream().mapToInt(b -> b.length).sum());
        batches.forEach(all::put);
        return all.array();
    }
}
