package io.milena.raft;

import io.milena.log.PartitionLog;
import io.milena.raft.storage.SnapshotDirectory;
import io.milena.raft.storage.SnapshotFile;
import io.milena.records.OffsetAndEpoch;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops the oldest snapshots, and the log up to the next one, while the limits on bytes or age are passed (KIP-630). The newest
 * snapshot and everything behind it always stay.
 */
record LogCleaning(RaftNodeConfig config, PartitionLog log, SnapshotDirectory snapshots) {
    private static final Logger LOG = LoggerFactory.getLogger(LogCleaning.class);

    void run(long nowMs) {
        List<OffsetAndEpoch> ids = new ArrayList<>();
        snapshots.ids().forEach(ids::add);
        boolean deleted = false;
        for (int next = 1; next < ids.size(); next++) {
            if (!isTooLarge() && !isTooOld(ids.get(next - 1), nowMs)) {
                break;
            }
            startAt(ids.get(next));
            deleted = true;
        }
        boolean coversLog = !ids.isEmpty() && ids.get(ids.size() - 1).offset() > log.logStartOffset();
        if (coversLog && isTooLarge()) {
            startAt(ids.get(ids.size() - 1));
            deleted = true;
        }
        if (deleted) {
            log.deleteOldSegments(nowMs);
        }
    }

    private boolean isTooLarge() {
        if (config.retentionBytes() < 0) {
            return false;
        }
        long size = log.sizeInBytes();
        for (OffsetAndEpoch id : snapshots.ids()) {
            size += snapshots.size(id);
        }
        return size > config.retentionBytes();
    }

    private boolean isTooOld(OffsetAndEpoch id, long nowMs) {
        if (config.retentionMs() < 0) {
            return false;
        }
        if (id.offset() == 0) {
            return true; // the bootstrap snapshot, once there is a real one
        }
        try (SnapshotFile file = snapshots.open(id).orElseThrow()) {
            return nowMs - file.header().lastContainedLogTimeMs() > config.retentionMs();
        }
    }

    private void startAt(OffsetAndEpoch snapshot) {
        if (log.advanceLogStartOffset(snapshot.offset(), "snapshot")) {
            LOG.info("Metadata log starts at {} now: older records are in snapshots", snapshot.offset());
        }
        snapshots.deleteBefore(snapshot);
    }
}
