package io.milena.broker.partition;

import static io.milena.broker.partition.PartitionWatcher.ANYTHING;
import static io.milena.broker.partition.PartitionWatcher.APPENDED;
import static io.milena.broker.partition.PartitionWatcher.CHANGED;
import static io.milena.broker.partition.PartitionWatcher.COMMITTED;

import io.milena.broker.replication.core.FollowerFetch;
import io.milena.broker.replication.core.IsrProposal;
import io.milena.broker.replication.core.PartitionRole;
import io.milena.broker.replication.core.PartitionRole.Gone;
import io.milena.broker.replication.core.PartitionRole.Leading;
import io.milena.broker.replication.core.ReplicaAssignment;
import io.milena.broker.replication.core.ReplicaEffects;
import io.milena.broker.replication.core.ReplicaPosition;
import io.milena.broker.replication.core.ReplicaState;
import io.milena.broker.replication.core.ReplicaView;
import io.milena.log.AppendInfo;
import io.milena.log.AppendOrigin;
import io.milena.log.PartitionLog;
import io.milena.records.OffsetAndEpoch;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * One hosted partition: the hands of its {@link ReplicaState}, which decides, with its log and those who wait for it.
 *
 * <p>Threads: appends and role changes hold the partition's lock; everything else reads volatile state and is lock-free. The
 * log is opened when somebody first needs it, on that thread. Watchers are told after the lock has been given back.
 */
public final class Partition {
    private static final int NO_EPOCH = ReplicaState.NO_EPOCH;

    private final HostedTopic topic;
    private final int index;
    private final int brokerId;
    private final Supplier<PartitionLog> logs;
    private final Supplier<Replication> replication;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final WatchList watchers = new WatchList();
    private final ReplicaView view = new View();

    /** Its events come under the lock. */
    private final ReplicaState state;

    private volatile @Nullable PartitionLog log;
    /** Rises with every move, so that whoever parks can tell whether it missed one. Written under the lock. */
    private volatile long moves;

    Partition(
            HostedTopic topic,
            int index,
            int brokerId,
            Supplier<PartitionLog> logs,
            Supplier<Replication> replication,
            InstantSource clock) {
        this.topic = topic;
        this.replication = replication;
        this.clock = clock;
        this.index = index;
        this.brokerId = brokerId;
        this.logs = logs;
        this.state = new ReplicaState(brokerId);
    }

    public String topic() {
        return topic.name;
    }

    public Uuid topicId() {
        return topic.id;
    }

    public int index() {
        return index;
    }

    public TopicPartition topicPartition() {
        return new TopicPartition(topic.name, index);
    }

    /** Whether the topic is one of the platform's own, such as {@code __consumer_offsets}. */
    public boolean isInternal() {
        return topic.internal;
    }

    public TopicMeter meter() {
        return topic.meter;
    }

    public PartitionRole role() {
        return state.role();
    }

    /** This broker. */
    public int brokerId() {
        return brokerId;
    }

    public boolean isLeader() {
        return state.role() instanceof Leading;
    }

    public int leaderEpoch() {
        return state.role().leaderEpoch();
    }

    /**
     * Whether a request may be served here.
     *
     * @param requestedEpoch the leader epoch the client knows, -1 if it does not say
     * @param onlyLeader whether a follower must refuse
     * @return NONE, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH or NOT_LEADER_OR_FOLLOWER
     */
    public Errors check(int requestedEpoch, boolean onlyLeader) {
        return state.check(requestedEpoch, onlyLeader);
    }

    /**
     * The partition's log, opened and, where this broker leads, told of the leader epoch.
     *
     * @throws KafkaStorageException if its directory is offline or the log cannot be opened
     */
    public PartitionLog log() {
        PartitionLog open = log;
        return open != null && state.isPrepared() ? open : prepareLog();
    }

    private PartitionLog prepareLog() {
        lock.lock();
        try {
            PartitionLog open = log;
            if (open == null) {
                if (state.role() instanceof Gone) {
                    throw new NotLeaderOrFollowerException("Partition " + name() + " is no longer hosted here.");
                }
                open = logs.get();
                log = open;
            }
            if (!state.isPrepared()) {
                long epochStart = state.prepare(open.logEndOffset());
                if (epochStart >= 0) {
                    open.assignEpochStartOffset(state.role().leaderEpoch(), epochStart);
                    advanceHighWatermark(open);
                }
            }
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** Gives the new partition its log, so that it need not be looked up later. */
    void place(PartitionLog placed) {
        log = placed;
    }

    /**
     * Exchanges the log for another one with the same records: its directory came back, or it was moved to another one.
     *
     * @param exchange gets the present log, null if there is none, and returns the one from now on; nobody appends meanwhile
     */
    public void exchangeLog(UnaryOperator<@Nullable PartitionLog> exchange) {
        lock.lock();
        try {
            PartitionLog before = log;
            PartitionLog after = exchange.apply(before);
            if (after == before || state.role() instanceof Gone) {
                return;
            }
            log = after;
            state.logExchanged();
            moves = moves + 1;
        } finally {
            lock.unlock();
        }
        watchers.fire(CHANGED);
    }

    /** Whether the directory that holds, or may hold, the log is offline. */
    public boolean isOffline() {
        PartitionLog known = log;
        return known == null || known.isOffline();
    }

    /** The log if somebody has needed it yet. */
    @Nullable
    PartitionLog logIfOpen() {
        return log;
    }

    /**
     * Appends as the leader and moves the high watermark if that is all it takes.
     *
     * @param allInSync refuse if there are fewer in-sync replicas than min.insync.replicas (acks=all)
     * @throws NotLeaderOrFollowerException if this broker does not lead
     * @throws NotEnoughReplicasException nothing was appended
     * @throws org.apache.kafka.common.errors.ApiException as {@link PartitionLog#appendAsLeader} has it
     */
    public AppendInfo append(MemoryRecords records, boolean allInSync, AppendOrigin origin) {
        return append(records, NO_EPOCH, allInSync, origin);
    }

    /**
     * As {@link #append(MemoryRecords, boolean, AppendOrigin)}, for coordinators, which write only in the epoch they were
     * elected in.
     *
     * @param requiredEpoch the leader epoch the caller was elected in, -1 for any
     * @throws FencedLeaderEpochException if the partition is in another leader epoch
     */
    public AppendInfo append(MemoryRecords records, int requiredEpoch, boolean allInSync, AppendOrigin origin) {
        AppendInfo info;
        int what;
        lock.lock();
        try {
            Leading leading = leading();
            if (requiredEpoch != NO_EPOCH && requiredEpoch != leading.leaderEpoch()) {
                throw new FencedLeaderEpochException("Partition " + name() + " is in leader epoch "
                        + leading.leaderEpoch() + ", not " + requiredEpoch);
            }
            if (allInSync) {
                requireEnoughReplicas(leading);
            }
            PartitionLog open = log();
            if (state.hasFollowers()) {
                state.appending(open.logEndOffset(), clock.millis());
            }
            info = open.appendAsLeader(records, leading.leaderEpoch(), origin);
            boolean committed = advanceHighWatermark(open);
            what = APPENDED | (committed ? COMMITTED : 0);
            moves = moves + 1;
        } finally {
            lock.unlock();
        }
        watchers.fire(what);
        return info;
    }

    private Leading leading() {
        if (state.role() instanceof Leading leading) {
            return leading;
        }
        throw new NotLeaderOrFollowerException("Broker " + brokerId + " does not lead partition " + name() + ".");
    }

    private void requireEnoughReplicas(Leading leading) {
        int required = topic.settings.minInSyncReplicas();
        if (leading.isUnder(required)) {
            throw new NotEnoughReplicasException("Partition " + name() + " has "
                    + leading.isr().size() + " in-sync replicas, but min.insync.replicas asks for " + required + ".");
        }
    }

    /**
     * What becomes of records that {@link #append} took for a producer that waits for all in-sync replicas; any thread.
     *
     * @param leaderEpoch as the append told
     * @param endOffset after the last of them
     * @return NONE if they are committed, an error if this broker will never know or too few replicas are left; null as long
     *     as it is open
     */
    public @Nullable Errors acknowledgement(int leaderEpoch, long endOffset) {
        PartitionLog open = log;
        if (open == null) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        // In this order: of an epoch that has passed, the offset may be another's by now.
        long highWatermark = open.highWatermark();
        return state.acknowledgement(leaderEpoch, endOffset, highWatermark, topic.settings.minInSyncReplicas());
    }

    /** Whether the in-sync replicas are fewer than min.insync.replicas asks for; false where this broker does not lead. */
    public boolean isUnderMinIsr() {
        return state.role() instanceof Leading leading && leading.isUnder(topic.settings.minInSyncReplicas());
    }

    /** Whether a replica is missing from the in-sync replicas; false where this broker does not lead. */
    public boolean isUnderReplicated() {
        return state.role() instanceof Leading leading && leading.isUnderReplicated();
    }

    /** Whether leader.replication.throttled.replicas names this replica. */
    public boolean isThrottledAsLeader() {
        return topic.settings.throttledLeaders().contains(index, brokerId);
    }

    /** Whether follower.replication.throttled.replicas names this replica. */
    public boolean isThrottledAsFollower() {
        return topic.settings.throttledFollowers().contains(index, brokerId);
    }

    /** Lock held. */
    private boolean advanceHighWatermark(PartitionLog open) {
        return setHighWatermark(open, state.advance(view, state.hasFollowers() ? clock.millis() : 0));
    }

    private static boolean setHighWatermark(PartitionLog open, long highWatermark) {
        return highWatermark >= 0 && open.maybeAdvanceHighWatermark(highWatermark);
    }

    /**
     * Takes over what a follower's fetch says about it. The caller has made sure that what it has is what this log has.
     *
     * @return whether it is a replica of this partition
     */
    public boolean followerFetched(FollowerFetch fetch, long nowMs) {
        return happened(() -> state.fetched(fetch, view, nowMs));
    }

    /** As {@link #reconsider(long)}, now. */
    public void reconsider() {
        reconsider(clock.millis());
    }

    /** Looks at the followers again without one of them having fetched, since time has passed or the cluster has changed. */
    public void reconsider(long nowMs) {
        if (state.hasFollowers()) {
            happened(() -> state.reconsider(view, nowMs));
        }
    }

    /** The controller accepted a proposal; the metadata image will say the same. */
    public void decided(IsrProposal proposal, List<Integer> isr, int partitionEpoch) {
        happened(() -> state.decided(proposal, isr, partitionEpoch, view, clock.millis()));
    }

    /** The controller did not accept a proposal and never will: what it had committed before holds. */
    public void refused(IsrProposal proposal) {
        happened(() -> state.refused(proposal, view, clock.millis()));
    }

    /** Lets an event of a leader's in, and does what is to be done. */
    private boolean happened(Supplier<ReplicaEffects> event) {
        ReplicaEffects effects;
        int what;
        lock.lock();
        try {
            if (!isLeader()) {
                return false;
            }
            PartitionLog open = log();
            effects = event.get();
            boolean committed = setHighWatermark(open, effects.highWatermark());
            what = (committed ? COMMITTED : 0) | (effects.wake() ? CHANGED : 0);
            moves = what != 0 ? moves + 1 : moves;
        } finally {
            lock.unlock();
        }
        told(what, effects);
        return effects.taken();
    }

    /** Without the lock. */
    private void told(int what, ReplicaEffects effects) {
        if (what != 0) {
            watchers.fire(what);
        }
        IsrProposal proposal = effects.proposal();
        if (proposal != null) {
            replication.get().propose(this, proposal);
        }
    }

    /**
     * Works on the log as a follower.
     *
     * @return false, with nothing done, unless this broker follows in {@code leaderEpoch}
     */
    public boolean asFollower(int leaderEpoch, Consumer<PartitionLog> work) {
        int what;
        lock.lock();
        try {
            if (!state.follows(leaderEpoch)) {
                return false;
            }
            PartitionLog open = log();
            long highWatermark = open.highWatermark();
            work.accept(open);
            what = open.highWatermark() > highWatermark ? COMMITTED : 0;
            moves = what != 0 ? moves + 1 : moves;
        } finally {
            lock.unlock();
        }
        if (what != 0) {
            // Consumers wait at followers too (KIP-392).
            watchers.fire(what);
        }
        return true;
    }

    /** End of {@code epoch} in this log, (-1, -1) if unknown (KIP-101). */
    public OffsetAndEpoch endOffsetForEpoch(int epoch) {
        return log().endOffsetForEpoch(epoch);
    }

    /**
     * Deletes records before {@code offset}.
     *
     * @param offset the new log start offset, -1 for the high watermark
     * @return the log start offset that all replicas have to reach now
     * @throws org.apache.kafka.common.errors.OffsetOutOfRangeException above the high watermark
     * @throws NotLeaderOrFollowerException if this broker does not lead
     */
    public long deleteRecordsBefore(long offset) {
        long target;
        lock.lock();
        try {
            leading();
            PartitionLog open = log();
            target = offset == -1 ? open.highWatermark() : offset;
            open.advanceLogStartOffset(target, "a client deleted records");
            moves = moves + 1;
        } finally {
            lock.unlock();
        }
        watchers.fire(CHANGED);
        return target;
    }

    /**
     * The smallest log start offset of all replicas.
     *
     * @throws NotLeaderOrFollowerException if this broker does not lead
     */
    public long lowWatermark() {
        lock.lock();
        try {
            return leading().lowWatermark(log().logStartOffset());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Joins those who are told when the partition moves.
     *
     * @param interest the moves to be told of, of {@link PartitionWatcher}'s
     */
    public PartitionWatch watch(PartitionWatcher watcher, int interest) {
        return watchers.join(watcher, interest);
    }

    /** The in-sync replicas, this broker's among them; empty where it does not lead. */
    public List<ReplicaPosition> inSyncPositions(long nowMs) {
        lock.lock();
        try {
            PartitionLog open = log();
            return state.inSyncPositions(open.logStartOffset(), open.logEndOffset(), nowMs);
        } finally {
            lock.unlock();
        }
    }

    /** How often the partition has moved; compare before and after to learn whether something was missed. */
    public long moves() {
        return moves;
    }

    /** Number of watchers at this moment. */
    public int watcherCount() {
        return watchers.size();
    }

    /**
     * Takes over a registration of the metadata image.
     *
     * @return whether the leader epoch or the leading broker changed
     */
    boolean assume(ReplicaAssignment assignment) {
        boolean changed;
        ReplicaEffects effects;
        lock.lock();
        try {
            PartitionRole before = state.role();
            effects = state.assume(assignment, view, clock.millis());
            if (!effects.taken()) {
                return false;
            }
            PartitionRole after = state.role();
            changed = before.leaderEpoch() != after.leaderEpoch()
                    || before instanceof Leading != after instanceof Leading;
            PartitionLog open = log;
            if (open != null) {
                setHighWatermark(open, effects.highWatermark());
            }
            moves = moves + 1;
        } finally {
            lock.unlock();
        }
        told(ANYTHING, effects);
        return changed;
    }

    /** The partition is hosted here no longer. Whoever waits for it is told and finds it gone. */
    void leave() {
        lock.lock();
        try {
            state.leave();
            log = null;
            moves = moves + 1;
        } finally {
            lock.unlock();
        }
        watchers.fire(ANYTHING);
    }

    private String name() {
        return topic.name + "-" + index;
    }

    @Override
    public String toString() {
        return name() + " " + state;
    }

    /** What the heart sees; with the lock held and the log open. */
    private final class View implements ReplicaView {
        @Override
        public long logEndOffset() {
            return Objects.requireNonNull(log).logEndOffset();
        }

        @Override
        public long highWatermark() {
            return Objects.requireNonNull(log).highWatermark();
        }

        @Override
        public int minInSyncReplicas() {
            return topic.settings.minInSyncReplicas();
        }

        @Override
        public long lagTimeMaxMs() {
            return replication.get().lagTimeMaxMs();
        }

        @Override
        public boolean mayJoin(int replicaId, long brokerEpoch) {
            return replication.get().mayJoin(replicaId, brokerEpoch);
        }
    }
}
