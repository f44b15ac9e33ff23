package io.milena.broker.partition;

import io.milena.broker.partition.PartitionRole.Following;
import io.milena.broker.partition.PartitionRole.Gone;
import io.milena.broker.partition.PartitionRole.Leading;
import io.milena.log.AppendInfo;
import io.milena.log.AppendOrigin;
import io.milena.log.PartitionLog;
import io.milena.records.OffsetAndEpoch;
import java.util.List;
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
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * One hosted partition: its role, its log and who waits for it.
 *
 * <p>Threads: appends and role changes hold the partition's lock; everything else reads volatile state and is lock-free. The
 * log is opened when somebody first needs it, on that thread. Watchers are told after the lock has been given back.
 *
 * <p>The high watermark is the smallest log end offset of the in-sync replicas, and stands still while there are fewer of
 * them than {@code min.insync.replicas} (KIP-966). With a single replica it is the log end offset.
 */
public final class Partition {
    private static final int NO_EPOCH = RecordBatch.NO_PARTITION_LEADER_EPOCH;

    private final HostedTopic topic;
    private final int index;
    private final int brokerId;
    private final Supplier<PartitionLog> logs;
    private final Supplier<Replication> replication;
    private final ReentrantLock lock = new ReentrantLock();
    private final WatchList watchers = new WatchList();

    private volatile PartitionRole role;
    private volatile @Nullable PartitionLog log;
    /** The leader epoch the log has been told of; behind the role's until the log is first used in that epoch. */
    private volatile int readyEpoch = NO_EPOCH;
    /** Rises with every move, so that whoever parks can tell whether it missed one. Written under the lock. */
    private volatile long moves;
    /** Where the present leader epoch begins if this broker leads. Guarded by the lock. */
    private long epochStart;

    Partition(
            HostedTopic topic,
            int index,
            int brokerId,
            Supplier<PartitionLog> logs,
            Supplier<Replication> replication) {
        this.topic = topic;
        this.replication = replication;
        this.index = index;
        this.brokerId = brokerId;
        this.logs = logs;
        this.role = new Following(NO_EPOCH, -1);
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
        return role;
    }

    public boolean isLeader() {
        return role instanceof Leading;
    }

    public int leaderEpoch() {
        return role.leaderEpoch();
    }

    /**
     * Whether a request may be served here.
     *
     * @param requestedEpoch the leader epoch the client knows, -1 if it does not say
     * @param onlyLeader whether a follower must refuse
     * @return NONE, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH or NOT_LEADER_OR_FOLLOWER
     */
    public Errors check(int requestedEpoch, boolean onlyLeader) {
        PartitionRole now = role;
        if (now instanceof Gone) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        if (requestedEpoch != NO_EPOCH && requestedEpoch != now.leaderEpoch()) {
            return requestedEpoch < now.leaderEpoch() ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
        }
        return onlyLeader && !(now instanceof Leading) ? Errors.NOT_LEADER_OR_FOLLOWER : Errors.NONE;
    }

    /**
     * The partition's log, opened and, where this broker leads, told of the leader epoch.
     *
     * @throws KafkaStorageException if its directory is offline or the log cannot be opened
     */
    public PartitionLog log() {
        PartitionLog open = log;
        return open != null && readyEpoch == role.leaderEpoch() ? open : prepareLog();
    }

    private PartitionLog prepareLog() {
        lock.lock();
        try {
            PartitionLog open = log;
            if (open == null) {
                if (role instanceof Gone) {
                    throw new NotLeaderOrFollowerException("Partition " + name() + " is no longer hosted here.");
                }
                open = logs.get();
                log = open;
            }
            PartitionRole now = role;
            if (readyEpoch != now.leaderEpoch()) {
                if (now instanceof Leading leading) {
                    epochStart = open.logEndOffset();
                    open.assignEpochStartOffset(leading.leaderEpoch(), epochStart);
                    advanceHighWatermark(leading, open);
                }
                readyEpoch = now.leaderEpoch();
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
            info = open.appendAsLeader(records, leading.leaderEpoch(), origin);
            advanceHighWatermark(leading, open);
            moves = moves + 1;
        } finally {
            lock.unlock();
        }
        watchers.fire();
        return info;
    }

    private Leading leading() {
        if (role instanceof Leading leading) {
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

    /** Whether the in-sync replicas are fewer than min.insync.replicas asks for; false where this broker does not lead. */
    public boolean isUnderMinIsr() {
        return role instanceof Leading leading && leading.isUnder(topic.settings.minInSyncReplicas());
    }

    /** Whether a replica is missing from the in-sync replicas; false where this broker does not lead. */
    public boolean isUnderReplicated() {
        return role instanceof Leading leading && leading.isUnderReplicated();
    }

    /** Lock held. */
    private boolean advanceHighWatermark(Leading leading, PartitionLog open) {
        if (leading.isUnder(topic.settings.minInSyncReplicas())) {
            return false;
        }
        long end = open.logEndOffset();
        if (!leading.followers().isEmpty()) {
            end = leading.inSyncEnd(end, replication.get(), System.currentTimeMillis());
        }
        return end > open.highWatermark() && open.maybeAdvanceHighWatermark(end);
    }

    /**
     * Takes over what a follower's fetch says about it: it has everything before {@code fetchOffset}. The caller has made sure
     * that what it has is what this log has.
     *
     * @param itsBrokerEpoch of its registration, -1 if it does not say
     * @return whether {@code replicaId} is a replica of this partition
     */
    public boolean followerFetched(
            int replicaId, long fetchOffset, long itsLogStartOffset, long itsBrokerEpoch, long nowMs) {
        IsrProposal proposal = null;
        lock.lock();
        try {
            if (!(role instanceof Leading leading)) {
                return false;
            }
            FollowerProgress follower = leading.followers().get(replicaId);
            if (follower == null || itsBrokerEpoch != -1 && itsBrokerEpoch < follower.brokerEpoch()) {
                return false;
            }
            PartitionLog open = log();
            follower.fetched(fetchOffset, itsLogStartOffset, itsBrokerEpoch, open.logEndOffset(), nowMs);
            List<Integer> joined =
                    IsrRules.withJoined(leading, replicaId, open.highWatermark(), epochStart, replication.get());
            if (joined != null) {
                proposal = propose(leading, joined);
            }
            if (advanceHighWatermark((Leading) role, open)) {
                moves = moves + 1;
            } else if (proposal == null) {
                return true;
            }
        } finally {
            lock.unlock();
        }
        watchers.fire();
        if (proposal != null) {
            replication.get().propose(this, proposal);
        }
        return true;
    }

    /**
     * Looks at the followers again without one of them having fetched, since time has passed or the cluster has changed:
     * proposes to take those from the in-sync replicas that lag, and lets the high watermark wait no longer for those that
     * cannot join.
     */
    public void reconsider(long nowMs) {
        if (!(role instanceof Leading seen) || seen.followers().isEmpty()) {
            return;
        }
        IsrProposal proposal = null;
        boolean moved;
        lock.lock();
        try {
            if (!(role instanceof Leading leading)) {
                return;
            }
            PartitionLog open = log();
            long lagMs = replication.get().lagTimeMaxMs();
            List<Integer> isr = IsrRules.withoutLaggards(leading, open.logEndOffset(), nowMs, lagMs);
            if (isr != null) {
                proposal = propose(leading, isr);
            }
            moved = advanceHighWatermark((Leading) role, open);
            moves = moved ? moves + 1 : moves;
        } finally {
            lock.unlock();
        }
        if (moved) {
            watchers.fire();
        }
        if (proposal != null) {
            replication.get().propose(this, proposal);
        }
    }

    private IsrProposal propose(Leading leading, List<Integer> isr) {
        role = leading.proposing(isr);
        return IsrRules.proposal(leading, isr);
    }

    /** The controller accepted a proposal; the metadata image will say the same. */
    public void decided(IsrProposal proposal, List<Integer> isr, int partitionEpoch) {
        conclude(proposal, leading -> leading.decided(isr, partitionEpoch));
    }

    /** The controller did not accept a proposal and never will: what it had committed before holds. */
    public void refused(IsrProposal proposal) {
        conclude(proposal, leading -> leading.proposing(null));
    }

    private void conclude(IsrProposal proposal, UnaryOperator<Leading> change) {
        lock.lock();
        try {
            if (!(role instanceof Leading leading)
                    || leading.leaderEpoch() != proposal.leaderEpoch()
                    || leading.partitionEpoch() != proposal.partitionEpoch()) {
                return;
            }
            Leading after = change.apply(leading);
            role = after;
            advanceHighWatermark(after, log());
            moves = moves + 1;
        } finally {
            lock.unlock();
        }
        watchers.fire();
    }

    /**
     * Works on the log as a follower.
     *
     * @return false, with nothing done, unless this broker follows in {@code leaderEpoch}
     */
    public boolean asFollower(int leaderEpoch, Consumer<PartitionLog> work) {
        lock.lock();
        try {
            if (!(role instanceof Following) || role.leaderEpoch() != leaderEpoch) {
                return false;
            }
            work.accept(log());
            return true;
        } finally {
            lock.unlock();
        }
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
        watchers.fire();
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

    /** Joins those who are told when the partition moves. */
    public PartitionWatch watch(PartitionWatcher watcher) {
        return watchers.join(watcher);
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
        lock.lock();
        try {
            PartitionRole before = role;
            if (assignment.leaderEpoch() < before.leaderEpoch() || before instanceof Gone) {
                return false;
            }
            if (before instanceof Leading leading
                    && assignment.leaderEpoch() == leading.leaderEpoch()
                    && assignment.partitionEpoch() < leading.partitionEpoch()) {
                // The controller's answer has told more already.
                return false;
            }
            role = assignment.leader() == brokerId
                    ? Leading.after(before, assignment, brokerId, System.currentTimeMillis())
                    : new Following(assignment.leaderEpoch(), assignment.leader());
            changed = before.leaderEpoch() != assignment.leaderEpoch()
                    || before instanceof Leading != role instanceof Leading;
            PartitionLog open = log;
            // A log nobody has used yet stays untouched; a later use in this epoch prepares it.
            if (open != null && readyEpoch == assignment.leaderEpoch() && role instanceof Leading leading) {
                advanceHighWatermark(leading, open);
            }
            moves = moves + 1;
        } finally {
            lock.unlock();
        }
        watchers.fire();
        return changed;
    }

    /** The partition is hosted here no longer. Whoever waits for it is told and finds it gone. */
    void leave() {
        lock.lock();
        try {
            role = new Gone(role.leaderEpoch());
            log = null;
            moves = moves + 1;
        } finally {
            lock.unlock();
        }
        watchers.fire();
    }

    private String name() {
        return topic.name + "-" + index;
    }

    @Override
    public String toString() {
        return name() + " " + role;
    }
}
