package io.milena.broker.partition;

import static io.milena.broker.partition.PartitionWatcher.ANYTHING;
import static io.milena.broker.partition.PartitionWatcher.APPENDED;
import static io.milena.broker.partition.PartitionWatcher.CHANGED;
import static io.milena.broker.partition.PartitionWatcher.COMMITTED;

import io.milena.broker.replication.core.PartitionRole;
import io.milena.broker.replication.core.PartitionRole.Leading;
import io.milena.broker.replication.core.ReplicaAssignment;
import io.milena.broker.replication.core.ReplicaEffects;
import io.milena.broker.replication.core.ReplicaState;
import io.milena.log.AppendInfo;
import io.milena.log.AppendOrigin;
import io.milena.log.PartitionLog;
import io.milena.records.OffsetAndEpoch;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
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
 * One hosted partition: this broker's replica of it, the in-sync replicas where it leads, and those who wait for it to move.
 *
 * <p>Threads: appends and role changes hold the partition's lock; everything else reads volatile state and is lock-free.
 * Watchers are told after the lock has been given back.
 */
public final class Partition {
    private static final int NO_EPOCH = ReplicaState.NO_EPOCH;
    /** A field instead of an object for each partition: there may be a million. */
    private static final AtomicIntegerFieldUpdater<Partition> IN_UNSETTLED =
            AtomicIntegerFieldUpdater.newUpdater(Partition.class, "inUnsettled");

    private final HostedTopic topic;
    private final int index;
    private final LocalReplica replica;
    private final InSyncReplicas inSyncReplicas;
    private final PartitionChanges changes;
    private final WatchList watchers = new WatchList();
    /** 1 while it is in the list of {@link PartitionChanges}. */
    private volatile int inUnsettled;

    Partition(HostedTopic topic, int index, Supplier<PartitionLog> logs, PartitionContext context) {
        this.topic = topic;
        this.index = index;
        this.changes = context.changes();
        this.replica = new LocalReplica(topic, index, logs, context);
        this.inSyncReplicas = new InSyncReplicas(
                replica,
                topic.settings,
                watchers,
                proposal -> context.replication().get().propose(this, proposal));
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
        return replica.state.role();
    }

    /** This broker. */
    public int brokerId() {
        return replica.brokerId;
    }

    public boolean isLeader() {
        return replica.state.role() instanceof Leading;
    }

    public int leaderEpoch() {
        return replica.state.role().leaderEpoch();
    }

    /**
     * Whether a request may be served here.
     *
     * @param requestedEpoch the leader epoch the client knows, -1 if it does not say
     * @param onlyLeader whether a follower must refuse
     * @return NONE, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH or NOT_LEADER_OR_FOLLOWER
     */
    public Errors check(int requestedEpoch, boolean onlyLeader) {
        return replica.state.check(requestedEpoch, onlyLeader);
    }

    /**
     * The partition's log, opened and, where this broker leads, told of the leader epoch.
     *
     * @throws KafkaStorageException if its directory is offline or the log cannot be opened
     */
    public PartitionLog log() {
        return replica.log();
    }

    /** Gives the new partition its log, so that it need not be looked up later. */
    void place(PartitionLog placed) {
        replica.place(placed);
    }

    /**
     * Exchanges the log for another one with the same records: its directory came back, or it was moved to another one.
     *
     * @param exchange gets the present log, null if there is none, and returns the one from now on; nobody appends meanwhile
     */
    public void exchangeLog(UnaryOperator<@Nullable PartitionLog> exchange) {
        replica.lock.lock();
        try {
            if (!replica.exchangeLog(exchange)) {
                return;
            }
            watchers.moved();
            changes.unsettled(this);
        } finally {
            replica.lock.unlock();
        }
        watchers.fire(CHANGED);
    }

    /** Whether the directory that holds, or may hold, the log is offline. */
    public boolean isOffline() {
        PartitionLog known = replica.logIfOpen();
        return known == null || known.isOffline();
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
        replica.lock.lock();
        try {
            Leading leading = replica.leading();
            if (requiredEpoch != NO_EPOCH && requiredEpoch != leading.leaderEpoch()) {
                throw new FencedLeaderEpochException("Partition " + replica.name() + " is in leader epoch "
                        + leading.leaderEpoch() + ", not " + requiredEpoch);
            }
            if (allInSync) {
                inSyncReplicas.requireEnough(leading);
            }
            PartitionLog open = replica.log();
            if (replica.state.hasFollowers()) {
                replica.state.appending(open.logEndOffset(), replica.nowMs());
                changes.unsettled(this);
            }
            info = open.appendAsLeader(records, leading.leaderEpoch(), origin);
            boolean committed = replica.advanceHighWatermark(open);
            what = APPENDED | (committed ? COMMITTED : 0);
            watchers.moved();
        } finally {
            replica.lock.unlock();
        }
        watchers.fire(what);
        return info;
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
        PartitionLog open = replica.logIfOpen();
        if (open == null) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        // In this order: of an epoch that has passed, the offset may be another's by now.
        long highWatermark;
        try {
            highWatermark = open.highWatermark();
        } catch (KafkaStorageException offline) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        return replica.state.acknowledgement(leaderEpoch, endOffset, highWatermark, topic.settings.minInSyncReplicas());
    }

    /** The in-sync replicas, of which a leader takes care. */
    public InSyncReplicas inSyncReplicas() {
        return inSyncReplicas;
    }

    /** Whether leader.replication.throttled.replicas names this replica. */
    public boolean isThrottledAsLeader() {
        return topic.settings.throttledLeaders().contains(index, replica.brokerId);
    }

    /** Whether follower.replication.throttled.replicas names this replica. */
    public boolean isThrottledAsFollower() {
        return topic.settings.throttledFollowers().contains(index, replica.brokerId);
    }

    /**
     * Works on the log as a follower.
     *
     * @return false, with nothing done, unless this broker follows in {@code leaderEpoch}
     */
    public boolean asFollower(int leaderEpoch, Consumer<PartitionLog> work) {
        int what;
        replica.lock.lock();
        try {
            if (!replica.state.follows(leaderEpoch)) {
                return false;
            }
            PartitionLog open = replica.log();
            long highWatermark = open.highWatermark();
            work.accept(open);
            what = open.highWatermark() > highWatermark ? COMMITTED : 0;
            if (what != 0) {
                watchers.moved();
                changes.highWatermarkMoved();
            }
        } finally {
            replica.lock.unlock();
        }
        // Consumers wait at followers too (KIP-392).
        watchers.fire(what);
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
        replica.lock.lock();
        try {
            replica.leading();
            PartitionLog open = replica.log();
            target = offset == -1 ? open.highWatermark() : offset;
            open.advanceLogStartOffset(target, "a client deleted records");
            watchers.moved();
        } finally {
            replica.lock.unlock();
        }
        watchers.fire(CHANGED);
        return target;
    }

    /**
     * Whether this broker leads, but the high watermark still is from before its leader epoch: the leader before may have told
     * a higher one (KIP-207).
     */
    public boolean isHighWatermarkBehindEpoch() {
        return replica.state.isBehindEpochStart(log().highWatermark());
    }

    /**
     * The smallest log start offset of all replicas whose brokers live.
     *
     * @throws NotLeaderOrFollowerException if this broker does not lead
     */
    public long lowWatermark() {
        replica.lock.lock();
        try {
            return replica.leading().lowWatermark(replica.log().logStartOffset(), replica.view());
        } finally {
            replica.lock.unlock();
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

    /** How often the partition has moved; compare before and after to learn whether something was missed. */
    public long moves() {
        return watchers.moves();
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
        replica.lock.lock();
        try {
            PartitionRole before = replica.state.role();
            effects = replica.state.assume(assignment, replica.view(), replica.nowMs());
            if (!effects.taken()) {
                return false;
            }
            PartitionRole after = replica.state.role();
            changed = before.leaderEpoch() != after.leaderEpoch()
                    || before instanceof Leading != after instanceof Leading;
            PartitionLog open = replica.logIfOpen();
            if (open != null) {
                replica.setHighWatermark(open, effects.highWatermark());
            }
            if (replica.state.hasFollowers()) {
                changes.unsettled(this);
            }
            changes.highWatermarkMoved();
            watchers.moved();
        } finally {
            replica.lock.unlock();
        }
        inSyncReplicas.tell(ANYTHING, effects);
        return changed;
    }

    /** The partition is hosted here no longer. Whoever waits for it is told and finds it gone. */
    void leave() {
        replica.lock.lock();
        try {
            replica.leave();
            changes.highWatermarkMoved();
            watchers.moved();
        } finally {
            replica.lock.unlock();
        }
        watchers.fire(ANYTHING);
    }

    /** Whether neither time nor other brokers can change anything about the followers before something happens here. */
    boolean isSettled() {
        PartitionLog open = replica.logIfOpen();
        return open == null
                ? !replica.state.hasFollowers()
                : replica.state.isSettled(open.highWatermark(), open.logEndOffset());
    }

    /** False if it is in the list already. */
    boolean enterUnsettled() {
        return inUnsettled == 0 && IN_UNSETTLED.compareAndSet(this, 0, 1);
    }

    void leaveUnsettled() {
        inUnsettled = 0;
    }

    @Override
    public String toString() {
        return replica.name() + " " + replica.state;
    }
}
