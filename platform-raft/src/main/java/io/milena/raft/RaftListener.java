package io.milena.raft;

import io.milena.raft.core.LeaderAndEpoch;
import io.milena.records.CommittedBatch;

/**
 * Follows the committed metadata log. All methods are called on the raft thread, in log order, and must hand off quickly:
 * while they run, nothing else of this node's consensus does. An exception thrown here stops the node.
 */
public interface RaftListener {
    /** The next committed batch; offsets are gapless from one call to the next, control batches come with no records. */
    void onCommit(CommittedBatch batch);

    /**
     * State is replaced by a snapshot: at registration when there is one, and when this node fell so far behind that the leader
     * sent one. The next batch starts at the snapshot's end offset.
     */
    void onSnapshot(SnapshotContents snapshot);

    /**
     * Leader or epoch changed. When this node became leader itself, the call comes only after every batch of earlier
     * epochs has been given to {@link #onCommit}, so the listener's state is complete when it starts to decide.
     */
    void onLeaderChange(LeaderAndEpoch leader);
}
