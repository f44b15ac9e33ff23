package io.milena.raft.core;

import io.milena.records.OffsetAndEpoch;
import java.util.Optional;

/** What the core must know of its log; read-only. The voter set in force is part of the log (KIP-853). */
public interface LogView {
    long startOffset();

    /** Offset of the next record, durable or not. */
    long endOffset();

    /** Epoch of the last record, or of the snapshot when the log behind it is empty, or 0. */
    int lastEpoch();

    /** The largest epoch not above {@code epoch} that the log has, and where it ends. */
    OffsetAndEpoch endOffsetForEpoch(int epoch);

    Optional<OffsetAndEpoch> latestSnapshotId();

    /** The snapshot at the log's start. */
    Optional<OffsetAndEpoch> earliestSnapshotId();

    /** The newest voter set in log or snapshot, committed or not; the configured one in a static quorum. */
    VoterSet voters();

    /** The voter set before {@link #voters()}; the same if the log has no older one. */
    default VoterSet previousVoters() {
        return voters();
    }

    /** The newest {@code kraft.version} in log or snapshot. */
    short kraftVersion();

    /** Offset of the record {@link #voters()} comes from; -1 when it is from the bootstrap snapshot or configured. */
    long votersOffset();

    default OffsetAndEpoch end() {
        return new OffsetAndEpoch(endOffset(), lastEpoch());
    }
}
