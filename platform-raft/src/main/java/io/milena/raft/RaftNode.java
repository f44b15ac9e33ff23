package io.milena.raft;

import io.milena.raft.core.LeaderAndEpoch;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData;

/**
 * One member of the metadata quorum, voter or observer: owns {@code __cluster_metadata-0} and takes part in KRaft. All methods
 * are thread-safe and none blocks, except {@link #open} and {@link #close()}.
 */
public final class RaftNode implements AutoCloseable {
    private RaftNode() {}

    /**
     * Opens the log and the quorum state and recovers them (a torn tail is cut). Nothing is sent or answered before {@link #start()}.
     *
     * @throws java.io.UncheckedIOException if the directory cannot be read or written
     * @throws IllegalStateException if the directory belongs to another cluster or node
     */
    public static RaftNode open(RaftNodeConfig config, RaftTransport transport) {
        throw new UnsupportedOperationException("platform-raft's driver is being built");
    }

    /** Starts the raft thread. A lone voter leads within milliseconds. */
    public void start() {
        throw new UnsupportedOperationException();
    }

    /** Adds a listener: it gets the newest snapshot, then every committed batch after it. May be called before or after start. */
    public void register(RaftListener listener) {
        throw new UnsupportedOperationException();
    }

    /**
     * Appends {@code records} as one batch, atomically, if this node leads in {@code epoch}. The future gives the offset of the last
     * record as soon as it is in the leader's log and fsynced; commit is seen through the listener.
     * Fails with {@link NotLeaderException}, or with {@link org.apache.kafka.common.errors.RecordBatchTooLargeException}.
     */
    public CompletableFuture<Long> append(int epoch, List<VersionedRecord> records) {
        throw new UnsupportedOperationException();
    }

    /** The leader this node knows of; may lag behind. */
    public LeaderAndEpoch leaderAndEpoch() {
        throw new UnsupportedOperationException();
    }

    /** Id and address of the leader's controller listener, if both are known. */
    public Optional<Node> leaderNode() {
        throw new UnsupportedOperationException();
    }

    /** First offset not known to be committed; 0 before anything is known. */
    public long highWatermark() {
        throw new UnsupportedOperationException();
    }

    /** Offset the next appended record will have. */
    public long logEndOffset() {
        throw new UnsupportedOperationException();
    }

    /**
     * Starts a snapshot of everything below {@code end}, which must be committed and at a batch boundary.
     *
     * @param end end offset (exclusive) and the epoch of the last record below it
     * @param lastContainedLogTimeMs append time of that record's batch
     * @return empty when a snapshot at or after {@code end} exists already
     */
    public Optional<SnapshotWriter> createSnapshot(OffsetAndEpoch end, long lastContainedLogTimeMs) {
        throw new UnsupportedOperationException();
    }

    /** Id of the newest complete snapshot. */
    public Optional<OffsetAndEpoch> latestSnapshotId() {
        throw new UnsupportedOperationException();
    }

    /** What DescribeQuorum says about the metadata partition; fails with {@link NotLeaderException} on others than the leader. */
    public CompletableFuture<DescribeQuorumResponseData.PartitionData> describe() {
        throw new UnsupportedOperationException();
    }

    /** Gives up leadership of {@code epoch}, if held, and tells the others so (EndQuorumEpoch). */
    public void resign(int epoch) {
        throw new UnsupportedOperationException();
    }

    /** Resigns if leading, completes or fails what is pending, flushes and closes the log. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
