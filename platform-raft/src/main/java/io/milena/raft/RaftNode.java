package io.milena.raft;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.core.VoterChange;
import io.milena.raft.core.VoterSet;
import io.milena.raft.rpc.RaftRpc;
import io.milena.raft.storage.QuorumStateFile;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import io.milena.wire.ApiHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.requests.ApiError;

/**
 * One member of the metadata quorum, voter or observer: owns {@code __cluster_metadata-0} and takes part in KRaft. All methods
 * are thread-safe and none blocks, except {@link #open} and {@link #close()}.
 */
public final class RaftNode implements AutoCloseable {
    private static final long CHANGE_TIMEOUT_MS = 5_000;

    private static final long CLOSE_MS = 10_000;

    private final RaftNodeConfig config;
    private final RaftDriver driver;
    private final Thread thread;

    private RaftNode(RaftNodeConfig config, RaftDriver driver) {
        this.config = config;
        this.driver = driver;
        this.thread = new Thread(driver, "raft-" + config.nodeId());
        this.thread.setDaemon(true);
    }

    /**
     * Opens the log and the quorum state and recovers them (a torn tail is cut). Nothing is sent or answered before {@link #start()}.
     *
     * @param transport how other nodes are reached; not closed with the node
     * @throws java.io.UncheckedIOException if the directory cannot be read or written
     */
    public static RaftNode open(RaftNodeConfig config, RaftTransport transport) {
        return open(config, transport, RaftClock.system(), new Random());
    }

    /**
     * As {@link #open(RaftNodeConfig, RaftTransport)}, with another time than the machine's.
     *
     * @param random source of election jitter
     */
    public static RaftNode open(
            RaftNodeConfig config, RaftTransport transport, RaftClock clock, RandomGenerator random) {
        VoterSet configured = VoterSet.ofStatic(config.staticVoters(), config.controllerListener());
        RaftLog log = PartitionRaftLog.open(config, configured, clock);
        QuorumStateFile quorumState = new QuorumStateFile(log.snapshots().path());
        return new RaftNode(config, new RaftDriver(config, log, quorumState, transport, clock, random));
    }

    /** The work of the raft thread for who runs it himself, instead of {@link #start()}. */
    public RaftTurns turns() {
        return new RaftTurns(driver);
    }

    /** Starts the raft thread. A lone voter leads within milliseconds. */
    public void start() {
        thread.start();
    }

    /**
     * As {@link #start()}, with this node's controller listeners as they were really bound: for ports that the configuration leaves
     * to the system (0). {@link #handlers()} may be registered before.
     */
    public void start(Map<String, HostPort> boundEndpoints) {
        driver.advertise(boundEndpoints);
        thread.start();
    }

    /** Adds a listener: it gets the newest snapshot, then every committed batch after it. May be called before or after start. */
    public void register(RaftListener listener) {
        driver.enqueue(() -> driver.addListener(listener));
    }

    /** Removes a listener; a call that is under way ends. */
    public void unregister(RaftListener listener) {
        driver.enqueue(() -> driver.removeListener(listener));
    }

    /**
     * Appends {@code records} as one batch, atomically, if this node leads in {@code epoch}. The future gives the offset of the last
     * record as soon as it is in the leader's log and fsynced; commit is seen through the listener.
     * Fails with {@link NotLeaderException}, or with {@link org.apache.kafka.common.errors.RecordBatchTooLargeException}.
     */
    public CompletableFuture<Long> append(int epoch, List<VersionedRecord> records) {
        CompletableFuture<Long> written = new CompletableFuture<>();
        try {
            driver.append(epoch, records, written);
        } catch (RuntimeException refused) {
            written.completeExceptionally(refused);
        }
        return written;
    }

    /**
     * As {@link #append}, but says at once which offset the last record gets, so that the caller can go on without waiting for the
     * disk. If leadership is lost before the batch is written, the offset is void: {@link RaftListener#onLeaderChange} says so.
     *
     * @throws NotLeaderException if this node does not lead in {@code epoch}
     * @throws org.apache.kafka.common.errors.RecordBatchTooLargeException if the batch cannot be atomic
     */
    public long scheduleAppend(int epoch, List<VersionedRecord> records) {
        return driver.append(epoch, records, null);
    }

    /** The leader this node knows of; may lag behind. */
    public LeaderAndEpoch leaderAndEpoch() {
        return driver.view().leader();
    }

    /** Id and address of the leader's controller listener, if both are known. */
    public Optional<Node> leaderNode() {
        RaftView view = driver.view();
        Optional<HostPort> address = view.leaderAddress();
        if (view.leader().leaderId().isEmpty() || address.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Node(
                view.leader().leaderId().getAsInt(),
                address.get().host(),
                address.get().port()));
    }

    /** First offset not known to be committed; -1 before anything is known. */
    public long highWatermark() {
        return driver.view().highWatermark();
    }

    /** Offset the next appended record will have. */
    public long logEndOffset() {
        return driver.view().logEndOffset();
    }

    /** The voters in force on this node: the newest set in its log or snapshot, committed or not, or the configured one. */
    public VoterSet voters() {
        return driver.log().history().voters();
    }

    /** The role's name (Leader, Follower, …), for logs and metrics. */
    public String roleName() {
        return driver.view().role();
    }

    /**
     * Starts a snapshot of everything below {@code end}, which must be committed and at a batch boundary.
     *
     * @param end end offset (exclusive) and the epoch of the last record below it
     * @param lastContainedLogTimeMs append time of that record's batch
     * @return empty when a snapshot at or after {@code end} exists already
     */
    public Optional<SnapshotWriter> createSnapshot(OffsetAndEpoch end, long lastContainedLogTimeMs) {
        return driver.snapshots()
                .create(end, lastContainedLogTimeMs, highWatermark(), () -> driver.enqueue(driver::clean));
    }

    /** Id of the newest complete snapshot. */
    public Optional<OffsetAndEpoch> latestSnapshotId() {
        return driver.log().latestSnapshotId();
    }

    /** What DescribeQuorum says about the metadata partition; fails with {@link NotLeaderException} on others than the leader. */
    public CompletableFuture<DescribeQuorumResponseData.PartitionData> describe() {
        CompletableFuture<DescribeQuorumResponseData.PartitionData> described = new CompletableFuture<>();
        driver.enqueue(() -> driver.describe()
                .ifPresentOrElse(
                        quorum -> described.complete(DescribeQuorumHandler.partition(quorum, (short) 2)),
                        () -> described.completeExceptionally(
                                new NotLeaderException("Only the leader describes the quorum", leaderAndEpoch()))));
        return described;
    }

    /** The newest {@code kraft.version} in this node's log: 0 for static voters, 1 for dynamic ones. */
    public short kraftVersion() {
        return driver.log().history().kraftVersion();
    }

    /**
     * Raises {@code kraft.version} (KIP-853): the static voters become dynamic.
     *
     * @param validateOnly only say whether it would be possible
     * @return NONE when that is committed, else why not
     */
    public CompletableFuture<ApiError> upgradeKraftVersion(short level, boolean validateOnly) {
        CompletableFuture<ApiError> outcome = new CompletableFuture<>();
        driver.enqueue(() -> driver.change(
                new VoterChange.Upgrade(level, validateOnly),
                CHANGE_TIMEOUT_MS,
                (error, message) -> outcome.complete(new ApiError(error, message))));
        return outcome;
    }

    /** The APIs a controller's listener serves for the quorum. */
    public List<ApiHandler<?>> handlers() {
        RaftRpc.Context context =
                new RaftRpc.Context(config.clusterId(), config.controllerListener(), config.advertisedEndpoints());
        List<ApiHandler<?>> handlers = new ArrayList<>();
        for (RaftRpc<?, ?> rpc : RaftRpc.ALL) {
            handlers.add(new RaftHandler<>(rpc, context, driver));
        }
        handlers.add(new DescribeQuorumHandler(driver));
        handlers.addAll(RaftVoterHandlers.all(driver, context));
        return handlers;
    }

    /** Gives up leadership of {@code epoch}, if held, and tells the others so (EndQuorumEpoch). */
    public void resign(int epoch) {
        driver.enqueue(() -> driver.resign(epoch));
    }

    /** Gives up leadership, if held and another voter could take it: to be done while the others can still reach this node. */
    public void handOver() {
        driver.enqueue(driver::handOver);
    }

    /** Resigns if leading, fails what is pending, flushes and closes the log. */
    @Override
    public void close() {
        end(driver::stop);
    }

    /** Closes the log without a word to the others, as the end of the process would. */
    public void halt() {
        end(driver::halt);
    }

    private void end(Runnable stop) {
        driver.enqueue(stop);
        if (thread.getState() == Thread.State.NEW) {
            thread.start(); // never started: lets it close the log
        }
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
