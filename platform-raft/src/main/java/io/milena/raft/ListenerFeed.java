package io.milena.raft;

import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.storage.RecordBatches;
import io.milena.raft.storage.SnapshotFile;
import io.milena.records.OffsetAndEpoch;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.jspecify.annotations.Nullable;

/** Brings one listener forward: newest snapshot, then batches up to the high watermark, then who leads. Raft thread only. */
final class ListenerFeed {
    private static final int READ_BYTES = 1024 * 1024;

    private final RaftListener listener;
    private final int localId;
    private long nextOffset = -1;
    private @Nullable LeaderAndEpoch told;

    ListenerFeed(RaftListener listener, int localId) {
        this.listener = listener;
        this.localId = localId;
    }

    RaftListener listener() {
        return listener;
    }

    /**
     * @param highWatermark -1 while unknown
     * @param epochStartOffset of the epoch this node leads; -1 if it does not lead
     */
    void advance(RaftLog log, long highWatermark, LeaderAndEpoch leader, long epochStartOffset) {
        loadSnapshotIfNeeded(log);
        while (nextOffset < highWatermark) {
            MemoryRecords records = log.read(nextOffset, READ_BYTES, highWatermark);
            long before = nextOffset;
            for (MutableRecordBatch batch : records.batches()) {
                if (batch.nextOffset() <= nextOffset) {
                    continue; // the read starts with the batch that holds the offset
                }
                listener.onCommit(RecordBatches.committed(batch));
                nextOffset = batch.nextOffset();
            }
            if (nextOffset == before) {
                throw new IllegalStateException(
                        "Nothing to read at " + before + " though the high watermark is " + highWatermark);
            }
        }
        boolean caughtUp = !leader.isLeader(localId) || nextOffset >= epochStartOffset;
        if (caughtUp && !leader.equals(told)) {
            told = leader;
            listener.onLeaderChange(leader);
        }
    }

    private void loadSnapshotIfNeeded(RaftLog log) {
        if (nextOffset >= log.startOffset() && nextOffset >= 0) {
            return;
        }
        Optional<OffsetAndEpoch> latest = log.latestSnapshotId().filter(id -> id.offset() > 0);
        if (latest.isEmpty()) {
            nextOffset = log.startOffset();
            return;
        }
        OffsetAndEpoch id = latest.get();
        SnapshotFile file = log.snapshots().open(id).orElseThrow();
        listener.onSnapshot(
                new SnapshotContents(id, file.header().lastContainedLogTimeMs(), file.dataBatchesThenClose()));
        nextOffset = id.offset();
    }
}
