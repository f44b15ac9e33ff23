package io.milena.broker.partition;

import static io.milena.broker.partition.PartitionWatcher.CHANGED;
import static io.milena.broker.partition.PartitionWatcher.COMMITTED;

import io.milena.broker.replication.core.FollowerFetch;
import io.milena.broker.replication.core.IsrProposal;
import io.milena.broker.replication.core.PartitionRole.Leading;
import io.milena.broker.replication.core.ReplicaEffects;
import io.milena.broker.replication.core.ReplicaPosition;
import io.milena.log.PartitionLog;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.NotEnoughReplicasException;

/**
 * A partition's replicas as its leader sees them: lets in what is heard of the followers and of the controller, and does what
 * {@link io.milena.broker.replication.core.ReplicaState} makes of it. Where this broker does not lead, nothing happens.
 *
 * <p>Threads: any; events take the partition's lock. Watchers and the controller are told after it has been given back.
 */
public final class InSyncReplicas {
    private final LocalReplica replica;
    private final TopicSettings.OfTopic settings;
    private final WatchList watchers;
    private final Consumer<IsrProposal> controller;

    InSyncReplicas(
            LocalReplica replica,
            TopicSettings.OfTopic settings,
            WatchList watchers,
            Consumer<IsrProposal> controller) {
        this.replica = replica;
        this.settings = settings;
        this.watchers = watchers;
        this.controller = controller;
    }

    /** Whether they are fewer than min.insync.replicas asks for; false where this broker does not lead. */
    public boolean isUnderMinIsr() {
        return replica.state.role() instanceof Leading leading && leading.isUnder(settings.minInSyncReplicas());
    }

    /** Whether a replica is missing from them; false where this broker does not lead. */
    public boolean isUnderReplicated() {
        return replica.state.role() instanceof Leading leading && leading.isUnderReplicated();
    }

    /** @throws NotEnoughReplicasException if they are fewer than min.insync.replicas asks for */
    void requireEnough(Leading leading) {
        int required = settings.minInSyncReplicas();
        if (leading.isUnder(required)) {
            throw new NotEnoughReplicasException("Partition " + replica.name() + " has "
                    + leading.isr().size() + " in-sync replicas, but min.insync.replicas asks for " + required + ".");
        }
    }

    /** Where they stand, this broker among them; empty where it does not lead. */
    public List<ReplicaPosition> positions(long nowMs) {
        replica.lock.lock();
        try {
            PartitionLog open = replica.log();
            return replica.state.inSyncPositions(open.logStartOffset(), open.logEndOffset(), nowMs);
        } finally {
            replica.lock.unlock();
        }
    }

    /**
     * Takes over what a follower's fetch says about it. The caller has made sure that what it has is what this log has.
     *
     * @return whether it is a replica of this partition
     */
    public boolean fetched(FollowerFetch fetch, long nowMs) {
        return happened(() -> replica.state.fetched(fetch, replica.view(), nowMs));
    }

    /** As {@link #reconsider(long)}, now. */
    public void reconsider() {
        reconsider(replica.nowMs());
    }

    /** Looks at the followers again without one of them having fetched, since time has passed or the cluster has changed. */
    public void reconsider(long nowMs) {
        if (replica.state.hasFollowers()) {
            happened(() -> replica.state.reconsider(replica.view(), nowMs));
        }
    }

    /** The controller accepted a proposal; the metadata image will say the same. */
    public void decided(IsrProposal proposal, List<Integer> isr, int partitionEpoch) {
        happened(() -> replica.state.decided(proposal, isr, partitionEpoch, replica.view(), replica.nowMs()));
    }

    /** The controller did not accept a proposal and never will: what it had committed before holds. */
    public void refused(IsrProposal proposal) {
        happened(() -> replica.state.refused(proposal, replica.view(), replica.nowMs()));
    }

    /** Lets an event of a leader's in, and does what is to be done. */
    private boolean happened(Supplier<ReplicaEffects> event) {
        ReplicaEffects effects;
        int what;
        replica.lock.lock();
        try {
            if (!(replica.state.role() instanceof Leading)) {
                return false;
            }
            PartitionLog open = replica.log();
            effects = event.get();
            boolean committed = replica.setHighWatermark(open, effects.highWatermark());
            what = (committed ? COMMITTED : 0) | (effects.wake() ? CHANGED : 0);
            if (what != 0) {
                watchers.moved();
            }
        } finally {
            replica.lock.unlock();
        }
        tell(what, effects);
        return effects.taken();
    }

    /** Tells whoever is concerned by what has happened; without the lock. */
    void tell(int moves, ReplicaEffects effects) {
        watchers.fire(moves);
        IsrProposal proposal = effects.proposal();
        if (proposal != null) {
            controller.accept(proposal);
        }
    }
}
