package io.milena.raft;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Voter;
import io.milena.raft.core.VoterSet;
import io.milena.raft.storage.ControlRecords;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.ControlRecordUtils;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Which voters and which {@code kraft.version} hold from which offset on, as the log says. A Voters record counts from the
 * moment it is in the log, and no longer once it is truncated (KIP-853). Written by the raft thread; the snapshotting thread
 * reads too, hence the lock.
 */
final class VoterHistory {
    private VoterSet configured;
    private final NavigableMap<Long, VoterSet> voters = new TreeMap<>();
    private final NavigableMap<Long, Short> versions = new TreeMap<>();

    VoterHistory(VoterSet configured) {
        this.configured = configured;
    }

    /** A configured voter is reached at {@code endpoints}: known only once its sockets are bound. */
    synchronized void relocate(int id, Map<String, HostPort> endpoints) {
        if (configured.ids().contains(id) && !endpoints.isEmpty()) {
            configured = configured.with(new Voter(ReplicaKey.of(id), endpoints));
        }
    }

    synchronized VoterSet voters() {
        return voters.isEmpty() ? configured : voters.lastEntry().getValue();
    }

    /** What held before {@link #voters()}; the same if the log says nothing older. */
    synchronized VoterSet previousVoters() {
        Map.Entry<Long, VoterSet> before = voters.isEmpty() ? null : voters.lowerEntry(voters.lastKey());
        return before == null ? voters() : before.getValue();
    }

    synchronized short kraftVersion() {
        return versions.isEmpty() ? 0 : versions.lastEntry().getValue();
    }

    synchronized long votersOffset() {
        return voters.isEmpty() ? -1 : voters.lastKey();
    }

    /** What held for records below {@code endOffset}; null if the log says nothing. */
    synchronized @Nullable VoterSet votersBelow(long endOffset) {
        Map.Entry<Long, VoterSet> entry = voters.lowerEntry(endOffset);
        return entry == null ? null : entry.getValue();
    }

    synchronized short kraftVersionBelow(long endOffset) {
        Map.Entry<Long, Short> entry = versions.lowerEntry(endOffset);
        return entry == null ? 0 : entry.getValue();
    }

    /** From a snapshot's header; everything known before is void. */
    synchronized void reset(long snapshotEndOffset, short kraftVersion, @Nullable VoterSet snapshotVoters) {
        voters.clear();
        versions.clear();
        if (kraftVersion > 0) {
            versions.put(snapshotEndOffset - 1, kraftVersion);
        }
        if (snapshotVoters != null) {
            voters.put(snapshotEndOffset - 1, snapshotVoters);
        }
    }

    synchronized void appended(MemoryRecords records) {
        for (RecordBatch batch : records.batches()) {
            if (batch.isControlBatch()) {
                read(batch, this);
            }
        }
    }

    /** Notes in {@code into} what a control batch says; fails if it cannot be read. */
    static void read(RecordBatch controlBatch, VoterHistory into) {
        synchronized (into) {
            for (Record record : controlBatch) {
                ControlRecordType type = ControlRecordType.parse(record.key());
                if (type == ControlRecordType.KRAFT_VERSION) {
                    into.versions.put(
                            record.offset(),
                            ControlRecordUtils.deserializeKRaftVersionRecord(record)
                                    .kRaftVersion());
                } else if (type == ControlRecordType.KRAFT_VOTERS) {
                    into.voters.put(
                            record.offset(), ControlRecords.voters(ControlRecordUtils.deserializeVotersRecord(record)));
                }
            }
        }
    }

    synchronized void truncated(long endOffset) {
        voters.tailMap(endOffset, true).clear();
        versions.tailMap(endOffset, true).clear();
    }
}
