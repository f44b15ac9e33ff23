package io.milena.controller.node;

import io.milena.raft.RaftListener;
import io.milena.raft.SnapshotContents;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.records.CommittedBatch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.NoOpRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of the metadata log that this node is told to leave out [{@code milena.metadata.log.skip.offsets}]: the way out for a cluster
 * whose log holds one that no node can replay. Whoever replays the log, the controller or the image, sees a NoOp record in its place.
 * Snapshots are taken as they are: what is in one has been replayed.
 */
record SkippedRecords(Set<Long> offsets) {
    private static final Logger LOG = LoggerFactory.getLogger(SkippedRecords.class);
    private static final String KEY = "milena.metadata.log.skip.offsets";

    /** @throws ConfigException for what is no offset */
    static SkippedRecords of(List<String> offsets) {
        Set<Long> parsed = new HashSet<>();
        for (String offset : offsets) {
            try {
                parsed.add(Long.parseLong(offset.trim()));
            } catch (NumberFormatException none) {
                throw new ConfigException(KEY, offset, "Offsets of the metadata log, with commas between several");
            }
        }
        return new SkippedRecords(Set.copyOf(parsed));
    }

    RaftListener leftOutFor(RaftListener listener) {
        return offsets.isEmpty() ? listener : new Filter(listener);
    }

    private final class Filter implements RaftListener {
        private final RaftListener listener;

        Filter(RaftListener listener) {
            this.listener = listener;
        }

        @Override
        public void onCommit(CommittedBatch batch) {
            listener.onCommit(without(batch));
        }

        @Override
        public void onSnapshot(SnapshotContents snapshot) {
            listener.onSnapshot(snapshot);
        }

        @Override
        public void onLeaderChange(LeaderAndEpoch leader) {
            listener.onLeaderChange(leader);
        }
    }

    private CommittedBatch without(CommittedBatch batch) {
        List<VersionedRecord> records = batch.records();
        for (int i = 0; i < records.size(); i++) {
            long offset = batch.baseOffset() + i;
            if (offsets.contains(offset)) {
                LOG.warn(
                        "Leaving out the record at offset {} of the metadata log, as {} says: {}",
                        offset,
                        KEY,
                        records.get(i).message());
                records = new ArrayList<>(records);
                records.set(i, new VersionedRecord(new NoOpRecord(), 0));
            }
        }
        return new CommittedBatch(
                batch.baseOffset(),
                batch.lastOffset(),
                batch.epoch(),
                batch.appendTimestampMs(),
                batch.sizeInBytes(),
                records);
    }
}
