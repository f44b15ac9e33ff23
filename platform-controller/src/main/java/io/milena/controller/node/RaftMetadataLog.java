package io.milena.controller.node;

import io.milena.controller.MetadataLogWriter;
import io.milena.raft.RaftListener;
import io.milena.raft.RaftNode;
import io.milena.records.VersionedRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The controller's metadata log on the real thing. */
final class RaftMetadataLog implements MetadataLogWriter {
    private final RaftNode raft;
    private final int maxBatchBytes;
    private final SkippedRecords skipped;
    private final Map<RaftListener, RaftListener> registered = new ConcurrentHashMap<>();

    /** @param skipped what the controller does not get to see */
    RaftMetadataLog(RaftNode raft, int maxBatchBytes, SkippedRecords skipped) {
        this.raft = raft;
        this.maxBatchBytes = maxBatchBytes;
        this.skipped = skipped;
    }

    @Override
    public int maxBatchBytes() {
        return maxBatchBytes;
    }

    @Override
    public long append(int epoch, List<VersionedRecord> records) {
        return raft.scheduleAppend(epoch, records);
    }

    @Override
    public void resign(int epoch) {
        raft.resign(epoch);
    }

    @Override
    public long logEndOffset() {
        return raft.logEndOffset();
    }

    @Override
    public void register(RaftListener listener) {
        RaftListener filtered = skipped.leftOutFor(listener);
        registered.put(listener, filtered);
        raft.register(filtered);
    }

    @Override
    public void unregister(RaftListener listener) {
        RaftListener filtered = registered.remove(listener);
        raft.unregister(filtered == null ? listener : filtered);
    }
}
