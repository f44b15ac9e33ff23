package io.milena.raft;

import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.storage.RecordBatches;
import io.milena.records.VersionedRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * Where a leader's callers leave their batches: offsets are given out here at once, so that a caller can go on deciding while the
 * raft thread writes many batches with one fsync. Any thread; records are serialized on the caller's.
 */
final class AppendBuffer {
    private final int maxBatchBytes;
    private final RaftClock clock;
    private List<Pending> pending = new ArrayList<>();
    private int epoch = -1;
    private long nextOffset;
    private LeaderAndEpoch leader = LeaderAndEpoch.UNKNOWN;

    record Pending(
            MemoryRecords batch, long lastOffset, @Nullable CompletableFuture<Long> written) {}

    AppendBuffer(int maxBatchBytes, RaftClock clock) {
        this.maxBatchBytes = maxBatchBytes;
        this.clock = clock;
    }

    /** This node leads {@code leaderEpoch} now, and its log ends at {@code endOffset}. */
    synchronized void open(int leaderId, int leaderEpoch, long endOffset) {
        epoch = leaderEpoch;
        nextOffset = endOffset;
        leader = new LeaderAndEpoch(OptionalInt.of(leaderId), leaderEpoch);
    }

    /** This node does not lead: what was not written is refused. */
    void close(LeaderAndEpoch now) {
        List<Pending> refused;
        synchronized (this) {
            epoch = -1;
            leader = now;
            refused = pending;
            pending = new ArrayList<>();
        }
        for (Pending batch : refused) {
            if (batch.written() != null) {
                batch.written().completeExceptionally(notLeader(now));
            }
        }
    }

    /** @return offset the last of {@code records} will have */
    long add(int expectedEpoch, List<VersionedRecord> records, @Nullable CompletableFuture<Long> written) {
        if (records.isEmpty()) {
            throw new IllegalArgumentException("No records to append");
        }
        MemoryRecords batch = RecordBatches.data(0, Math.max(0, expectedEpoch), clock.wallMs(), records);
        if (batch.sizeInBytes() > maxBatchBytes) {
            throw new RecordBatchTooLargeException("A batch of " + records.size() + " metadata records takes "
                    + batch.sizeInBytes() + " bytes, at most " + maxBatchBytes + " can be atomic");
        }
        synchronized (this) {
            if (epoch < 0 || expectedEpoch != epoch) {
                throw notLeader(leader);
            }
            nextOffset += records.size();
            pending.add(new Pending(batch, nextOffset - 1, written));
            return nextOffset - 1;
        }
    }

    /** A control batch of {@code records} records, in its turn among the others; dropped if leadership of that epoch is over. */
    synchronized void addControl(int expectedEpoch, MemoryRecords batch, int records) {
        if (epoch >= 0 && expectedEpoch == epoch) {
            nextOffset += records;
            pending.add(new Pending(batch, nextOffset - 1, null));
        }
    }

    private static NotLeaderException notLeader(LeaderAndEpoch leader) {
        return new NotLeaderException(
                "This node does not lead the metadata quorum (leader "
                        + (leader.leaderId().isPresent() ? leader.leaderId().getAsInt() : "unknown") + ", epoch "
                        + leader.epoch() + ")",
                leader);
    }

    synchronized List<Pending> drain() {
        if (pending.isEmpty()) {
            return List.of();
        }
        List<Pending> drained = pending;
        pending = new ArrayList<>();
        return drained;
    }

    /** Several batches as one stretch of bytes, for one write. */
    static MemoryRecords joined(List<Pending> batches) {
        if (batches.size() == 1) {
            return batches.get(0).batch();
        }
        int size = 0;
        for (Pending batch : batches) {
            size += batch.batch().sizeInBytes();
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        for (Pending batch : batches) {
            all.put(batch.batch().buffer().duplicate());
        }
        return MemoryRecords.readableRecords(all.flip());
    }
}
