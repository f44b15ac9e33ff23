package io.milena.controller.node;

import io.milena.controller.MetadataLogWriter;
import io.milena.raft.RaftListener;
import io.milena.raft.RaftNode;
import io.milena.records.VersionedRecord;
import java.util.List;

/** The controller's metadata log on the real thing. */
record RaftMetadataLog(RaftNode raft, int maxBatchBytes) implements MetadataLogWriter {
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
        raft.register(listener);
    }

    @Override
    public void unregister(RaftListener listener) {
        raft.unregister(listener);
    }
}
