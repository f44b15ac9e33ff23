package io.milena.broker.replication.core;

import io.milena.broker.replication.core.PartitionRole.Following;
import io.milena.broker.replication.core.PartitionRole.Gone;
import io.milena.broker.replication.core.PartitionRole.Leading;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The heart of one replica: a method per event changes the state and returns what is to be done. The caller lets one event in
 * at a time; {@link #role()} and what is derived from it alone may be read by any thread.
 *
 * <p>The high watermark is the smallest log end offset of the in-sync replicas, and stands still while there are fewer of
 * them than {@code min.insync.replicas} (KIP-966). With a single replica it is the log end offset.
 *
 * <pre>
 *   assume ──► role ──► prepare (the log learns of the leader epoch) ──► appended, fetched, reconsider ──► high watermark
 *                                                                              │                             ▲
 *                                                                              └► proposal ──► decided, refused
 * </pre>
 */
public final class ReplicaState {
    /** No leader epoch. */
    public static final int NO_EPOCH = -1;

    private static final long STANDS_STILL = -1;

    private final int brokerId;
    private volatile PartitionRole role = new Following(NO_EPOCH, -1);
    /** The leader epoch the log has been told of; behind the role's until the log is first used in that epoch. */
    private volatile int preparedEpoch = NO_EPOCH;
    /** Where the present leader epoch begins if this broker leads; written before {@link #preparedEpoch}. */
    private volatile long epochStart;

    public ReplicaState(int brokerId) {
        this.brokerId = brokerId;
    }

    public PartitionRole role() {
        return role;
    }

    /** Whether the log knows the present leader epoch; {@link #prepare} comes first if not. */
    public boolean isPrepared() {
        return preparedEpoch == role.leaderEpoch();
    }

    /** Whether time matters: a leader without followers never asks for it. */
    public boolean hasFollowers() {
        return role instanceof Leading leading && !leading.followers().isEmpty();
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

    /** Whether this replica follows in {@code leaderEpoch}, so that an answer asked for in it may change the log. */
    public boolean follows(int leaderEpoch) {
        return role instanceof Following following && following.leaderEpoch() == leaderEpoch;
    }

    /**
     * What becomes of records that were appended in {@code leaderEpoch} for a producer that waits for all in-sync replicas.
     * Any thread.
     *
     * @param endOffset after the last of them
     * @param highWatermark read from the log before this call: if the epoch has passed by now, what lies below may be
     *     another's
     * @return NONE if they are committed, an error if that will never be known here or too few replicas are left; null as
     *     long as it is open
     */
    public @Nullable Errors acknowledgement(
            int leaderEpoch, long endOffset, long highWatermark, int minInSyncReplicas) {
        if (!(role instanceof Leading leading) || leading.leaderEpoch() != leaderEpoch) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        if (highWatermark < endOffset) {
            return null;
        }
        return leading.isUnder(minInSyncReplicas) ? Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND : Errors.NONE;
    }

    /**
     * Takes over a registration of the metadata image. One that tells less than is known already is ignored.
     *
     * @param nowMs from when on a replica in sync is given the benefit of the doubt
     */
    public ReplicaEffects assume(ReplicaAssignment assignment, ReplicaView view, long nowMs) {
        PartitionRole before = role;
        if (assignment.leaderEpoch() < before.leaderEpoch() || before instanceof Gone) {
            return ReplicaEffects.IGNORED;
        }
        if (before instanceof Leading leading
                && assignment.leaderEpoch() == leading.leaderEpoch()
                && assignment.partitionEpoch() < leading.partitionEpoch()) {
            // The controller's answer has told more already.
            return ReplicaEffects.IGNORED;
        }
        role = assignment.leader() == brokerId
                ? Leading.after(before, assignment, brokerId, nowMs)
                : new Following(assignment.leaderEpoch(), assignment.leader());
        // A log nobody has used yet in this epoch stays untouched; its first use prepares it.
        return isPrepared() ? changed(view, nowMs) : ReplicaEffects.moved(STANDS_STILL);
    }

    /** The partition is hosted here no longer. */
    public void leave() {
        role = new Gone(role.leaderEpoch());
    }

    /**
     * The log is used for the first time in the present leader epoch.
     *
     * @return where a leader's epoch begins in its log, for the log to note; -1 if it does not lead
     */
    public long prepare(long logEndOffset) {
        PartitionRole now = role;
        if (!(now instanceof Leading)) {
            preparedEpoch = now.leaderEpoch();
            return -1;
        }
        epochStart = logEndOffset;
        preparedEpoch = now.leaderEpoch();
        return logEndOffset;
    }

    /**
     * Whether a leader that is new still has a high watermark from before its epoch, and so one that may be below what the
     * leader before it has told (KIP-207). Any thread; only after {@link #isPrepared}.
     */
    public boolean isBehindEpochStart(long highWatermark) {
        return role instanceof Leading && highWatermark < epochStart;
    }

    /**
     * Whether everybody has everything, so that neither time nor the coming and going of brokers changes anything before this
     * leader appends or gets another role. True where it does not lead, or has no followers.
     */
    public boolean isSettled(long highWatermark, long logEndOffset) {
        if (!(role instanceof Leading leading) || leading.followers().isEmpty()) {
            return true;
        }
        return isPrepared()
                && leading.proposed() == null
                && !leading.isUnderReplicated()
                && highWatermark >= logEndOffset;
    }

    /** The log was exchanged for another one with the same records; it is to be prepared again. */
    public void logExchanged() {
        preparedEpoch = NO_EPOCH;
    }

    /** Where the in-sync replicas stand, this one among them; empty if it does not lead. */
    public List<ReplicaPosition> inSyncPositions(long ownLogStartOffset, long ownLogEndOffset, long nowMs) {
        List<ReplicaPosition> positions = new ArrayList<>();
        if (role instanceof Leading leading) {
            for (int id : leading.isr()) {
                FollowerProgress follower = leading.followers().get(id);
                positions.add(
                        follower == null
                                ? new ReplicaPosition(id, ownLogStartOffset, ownLogEndOffset, 0)
                                : follower.position(id, nowMs));
            }
        }
        return positions;
    }

    /** A leader is about to append: a follower that has everything up to here counts as having kept up until now. */
    public void appending(long logEndOffset, long nowMs) {
        if (role instanceof Leading leading) {
            leading.followers().values().forEach(follower -> follower.leaderAppends(logEndOffset, nowMs));
        }
    }

    /**
     * The leader's log or its surroundings have moved.
     *
     * @param nowMs ignored if there are no followers
     * @return the new high watermark, -1 if it stands still
     */
    public long advance(ReplicaView view, long nowMs) {
        if (!(role instanceof Leading leading) || leading.isUnder(view.minInSyncReplicas())) {
            return STANDS_STILL;
        }
        long end = view.logEndOffset();
        if (!leading.followers().isEmpty()) {
            end = leading.inSyncEnd(end, view, nowMs);
        }
        return end > view.highWatermark() ? end : STANDS_STILL;
    }

    /** A follower has fetched. Not taken if it is no replica of this partition, or fetched in an earlier epoch of either. */
    public ReplicaEffects fetched(FollowerFetch fetch, ReplicaView view, long nowMs) {
        if (!(role instanceof Leading leading)
                || fetch.leaderEpoch() != NO_EPOCH && fetch.leaderEpoch() != leading.leaderEpoch()) {
            return ReplicaEffects.IGNORED;
        }
        FollowerProgress follower = leading.followers().get(fetch.replicaId());
        if (follower == null || fetch.brokerEpoch() != -1 && fetch.brokerEpoch() < follower.brokerEpoch()) {
            return ReplicaEffects.IGNORED;
        }
        boolean startMoved = fetch.logStartOffset() != follower.logStartOffset();
        follower.fetched(fetch, view.logEndOffset(), nowMs);
        return after(
                leading, IsrRules.withJoined(leading, fetch.replicaId(), epochStart, view), startMoved, view, nowMs);
    }

    /**
     * Looks at the followers again without one of them having fetched, since time has passed or the cluster has changed:
     * proposes to take those from the in-sync replicas that lag, or those into them that have caught up and could not join
     * before, and lets the high watermark wait no longer for those that cannot join.
     */
    public ReplicaEffects reconsider(ReplicaView view, long nowMs) {
        if (!(role instanceof Leading leading)) {
            return ReplicaEffects.IGNORED;
        }
        List<Integer> wanted = IsrRules.withoutLaggards(leading, view, nowMs);
        return after(leading, wanted != null ? wanted : joined(leading, view), false, view, nowMs);
    }

    /** The registration is another. A follower that has all there is may not fetch again for long: it joins now if it may. */
    private ReplicaEffects changed(ReplicaView view, long nowMs) {
        return role instanceof Leading leading
                ? after(leading, joined(leading, view), true, view, nowMs)
                : ReplicaEffects.moved(STANDS_STILL);
    }

    private @Nullable List<Integer> joined(Leading leading, ReplicaView view) {
        for (int replica : leading.followers().keySet()) {
            List<Integer> wanted = IsrRules.withJoined(leading, replica, epochStart, view);
            if (wanted != null) {
                return wanted;
            }
        }
        return null;
    }

    private ReplicaEffects after(
            Leading leading, @Nullable List<Integer> wanted, boolean wake, ReplicaView view, long nowMs) {
        IsrProposal proposal = null;
        if (wanted != null) {
            role = leading.proposing(wanted);
            proposal = IsrRules.proposal(leading, wanted);
        }
        long highWatermark = advance(view, nowMs);
        return new ReplicaEffects(true, highWatermark, wake, proposal);
    }

    /** The controller accepted a proposal; the metadata image will say the same. */
    public ReplicaEffects decided(
            IsrProposal proposal, List<Integer> isr, int partitionEpoch, ReplicaView view, long nowMs) {
        return concludes(proposal, leading -> leading.decided(isr, partitionEpoch))
                ? changed(view, nowMs)
                : ReplicaEffects.IGNORED;
    }

    /**
     * The controller did not accept a proposal and never will: what it had committed before holds. Nothing is proposed at
     * once, since it would be refused again; {@link #reconsider} does.
     */
    public ReplicaEffects refused(IsrProposal proposal, ReplicaView view, long nowMs) {
        return concludes(proposal, leading -> leading.proposing(null))
                ? ReplicaEffects.moved(advance(view, nowMs))
                : ReplicaEffects.IGNORED;
    }

    private boolean concludes(IsrProposal proposal, UnaryOperator<Leading> change) {
        if (!(role instanceof Leading leading)
                || leading.leaderEpoch() != proposal.leaderEpoch()
                || leading.partitionEpoch() != proposal.partitionEpoch()) {
            return false;
        }
        role = change.apply(leading);
        return true;
    }

    @Override
    public String toString() {
        return role.toString();
    }
}
