package io.milena.raft.core;

import io.milena.records.OffsetAndEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The state that the parts of the core share. It changes by moves only: {@code become…} changes the role, {@link #update} a role's details,
 * {@link #commit} the high watermark. A move persists the election state that it changes before anything that depends on it can be
 * sent, because effects keep their order.
 */
final class RaftState {
    private final CoreConfig config;
    private final LogView log;
    private final Pace pace;
    private final ElectionTimes times;

    private ElectionState election = ElectionState.INITIAL;
    private Role role = new Role.Unattached(Long.MAX_VALUE);
    private LeaderAndEpoch announced = LeaderAndEpoch.UNKNOWN;
    private long highWatermark = -1;
    private boolean awaitingLog;
    private Effect.@Nullable AppendLeaderChange opening;
    /**
     * The leader's id, written last in a step. Losing it in a crash is safe: the persisted vote already prevents a second leader in this
     * epoch.
     */
    private Effect.@Nullable Persist leaderNamed;

    private long nextDeadlineMs = Long.MAX_VALUE;
    private List<Effect> effects = new ArrayList<>();

    RaftState(CoreConfig config, LogView log, RandomGenerator random) {
        this.config = config;
        this.log = log;
        this.times = new ElectionTimes(config, log, random);
        this.pace = new Pace(
                config.requests().timeoutMs(),
                config.requests().retryBackoffMs(),
                config.fetching().timeoutMs());
    }

    // ---- reading

    CoreConfig config() {
        return config;
    }

    /** Read-only here: it changes by effects. */
    LogView log() {
        return log;
    }

    Pace pace() {
        return pace;
    }

    ElectionTimes times() {
        return times;
    }

    Role role() {
        return role;
    }

    int epoch() {
        return election.epoch();
    }

    ElectionState election() {
        return election;
    }

    int localId() {
        return config.local().id();
    }

    boolean isVoter() {
        return config.canVote() && log.voters().contains(config.local());
    }

    /**
     * A voter may stand, and so may one that was removed as long as that is not known to be committed: the others may need its log to
     * go on (Raft thesis 4.2.2). Its own vote counts only in a set that it belongs to.
     */
    boolean canBecomeCandidate() {
        boolean leaving = config.canVote()
                && log.previousVoters().contains(config.local())
                && log.votersOffset() >= highWatermark;
        return isVoter() || leaving;
    }

    boolean isOnlyVoter() {
        return config.canVote() && log.voters().isOnly(config.local());
    }

    long highWatermark() {
        return highWatermark;
    }

    boolean isAwaitingLog() {
        return awaitingLog;
    }

    /** The leader as others may know it; one that resigned, or led before a restart, leads no more. */
    OptionalInt leader() {
        boolean selfButNotLeading = election.isLedBy(localId()) && !(role instanceof Role.Leader);
        return selfButNotLeading ? OptionalInt.empty() : election.leader();
    }

    @Nullable
    HostPort leaderAddress() {
        if (role instanceof Role.Leader) {
            return config.endpoints().get(config.listener());
        }
        if (role instanceof Role.Follower follower) {
            return follower.leader().address();
        }
        return leader().isPresent() ? addressOf(leader().getAsInt()) : null;
    }

    @Nullable
    HostPort addressOf(int voterId) {
        return log.voters()
                .voter(voterId)
                .flatMap(voter -> voter.address(config.listener()))
                .orElse(null);
    }

    Response.Header header(Errors error) {
        return new Response.Header(error, epoch(), leader(), leaderAddress());
    }

    /** A log is as good as ours if its last epoch is higher, or equal with no smaller end (Raft §5.4.1). */
    boolean isUpToDate(OffsetAndEpoch other) {
        return other.compareTo(log.end()) >= 0;
    }

    // ---- effects and time

    void emit(Effect effect) {
        if (effect instanceof Effect.LeaderChanged) {
            dropSuperseded(effect.getClass());
        }
        effects.add(effect);
    }

    /** A lone voter votes and wins in one step: as long as nothing was said in between, one write (and fsync) will do. */
    private boolean dropSuperseded(Class<? extends Effect> kind) {
        for (int i = effects.size() - 1; i >= 0; i--) {
            Effect earlier = effects.get(i);
            if (kind.isInstance(earlier)) {
                effects.remove(i);
                return true;
            }
            if (!(earlier instanceof Effect.Persist || earlier instanceof Effect.LeaderChanged)) {
                return false;
            }
        }
        return false;
    }

    List<Effect> takeEffects() {
        List<Effect> taken = effects;
        if (leaderNamed != null) {
            taken.add(leaderNamed);
            leaderNamed = null;
        }
        effects = new ArrayList<>();
        return taken;
    }

    void send(Peer peer, Request request, long nowMs) {
        pace.sent(peer, request, nowMs);
        emit(new Effect.Send(peer, request));
    }

    /** Sends what {@code peer} may be asked by now, and wakes this replica when it may be asked again. */
    void sendPaced(Peer peer, Request request, long nowMs) {
        if (pace.maySend(peer, request.kind(), nowMs)) {
            send(peer, request, nowMs);
        }
        wakeAt(pace.nextMs(peer, request.kind(), nowMs));
    }

    void awaitLog(boolean awaiting) {
        awaitingLog = awaiting;
    }

    /** Commits up to {@code offset}; what is committed stays committed, so it never falls. */
    void commit(long offset) {
        if (offset > highWatermark) {
            highWatermark = offset;
            emit(new Effect.Commit(offset));
        }
    }

    void wakeAt(long deadlineMs) {
        nextDeadlineMs = Math.min(nextDeadlineMs, deadlineMs);
    }

    void forgetDeadline() {
        nextDeadlineMs = Long.MAX_VALUE;
    }

    long nextDeadlineMs() {
        return nextDeadlineMs;
    }

    // ---- moves

    void recover(ElectionState persisted, long nowMs) {
        election = persisted;
        if (log.lastEpoch() > persisted.epoch()) {
            // quorum-state was lost or is older than the log: never below what the log has seen
            election = ElectionState.ofEpoch(log.lastEpoch());
            emit(new Effect.Persist(election));
        }
        OptionalInt leader = election.leader();
        HostPort address = leader.isPresent() ? addressOf(leader.getAsInt()) : null;
        if (isOnlyVoter()) {
            becomeCandidate(nowMs);
            return;
        }
        if (election.isLedBy(localId())) {
            role = new Role.Resigned(List.of(), log.voters().ids(), times.timeout(nowMs));
        } else if (leader.isPresent() && address != null) {
            role = follower(new Peer(leader.getAsInt(), address), nowMs);
        } else if (election.voted() != null) {
            role = new Role.Voted(times.timeout(nowMs));
        } else {
            role = new Role.Unattached(times.timeout(nowMs));
        }
        announce();
    }

    void becomeUnattached(int epoch, long nowMs) {
        if (epoch > epoch()) {
            persist(ElectionState.ofEpoch(epoch));
        }
        boolean voted = election.voted() != null;
        enter(voted ? new Role.Voted(times.timeout(nowMs)) : new Role.Unattached(times.timeout(nowMs)));
    }

    void becomeVoted(ReplicaKey candidate, long nowMs) {
        require(election.voted() == null, "second vote in epoch " + epoch());
        persist(election.withVote(candidate));
        enter(new Role.Voted(times.timeout(nowMs)));
    }

    void becomeProspective(long nowMs) {
        boolean leaderIsGone = role instanceof Role.Follower follower && follower.contact() == Role.Contact.GONE;
        times.roundBegins();
        enter(new Role.Prospective(
                Ballot.of(localId()), leaderIsGone ? times.shortRound(nowMs) : times.timeout(nowMs), leaderIsGone));
        if (isOnlyVoter()) {
            becomeCandidate(nowMs);
        }
    }

    void becomeCandidate(long nowMs) {
        if (epoch() >= ElectionState.HIGHEST_EPOCH) {
            emit(new Effect.Complain(
                    Effect.Problem.EPOCH_OUT_OF_RANGE, localId(), "all epochs are used up at " + epoch()));
            becomeUnattached(epoch(), nowMs);
            return;
        }
        persist(new ElectionState(epoch() + 1, OptionalInt.empty(), config.local()));
        Ballot ballot = Ballot.of(localId());
        enter(new Role.Candidate(ballot, times.timeout(nowMs), Long.MAX_VALUE));
        if (ballot.isWon(log.voters())) {
            becomeLeader(ballot.granted(), nowMs);
        }
    }

    void becomeLeader(Set<Integer> granting, long nowMs) {
        require(role instanceof Role.Candidate, "leader of epoch " + epoch() + " without an election");
        persist(election.withLeader(localId()));
        LeaderProgress progress =
                new LeaderProgress(localId(), log.endOffset(), config.fetching().timeoutMs(), log.voters(), nowMs);
        times.forgetLostRounds();
        enter(new Role.Leader(progress));
        awaitingLog = true;
        opening = new Effect.AppendLeaderChange(epoch(), log.voters().ids(), granting, votersToWrite());
    }

    /** The first record of a new leader's epoch, to be written after the others were told: they persist the news meanwhile. */
    void appendLeaderChange() {
        Effect.AppendLeaderChange due = opening;
        if (due != null) {
            opening = null;
            emit(due);
        }
    }

    /** A dynamic voter set that is only in the bootstrap snapshot, or has another address for us, is written to the log. */
    private @Nullable VoterSet votersToWrite() {
        if (log.kraftVersion() < 1) {
            return null;
        }
        Voter self = new Voter(config.local(), config.endpoints());
        boolean changed = !log.voters().voter(localId()).filter(self::equals).isPresent();
        if (config.endpoints().isEmpty() || !isVoter()) {
            return log.votersOffset() < 0 ? log.voters() : null;
        }
        return log.votersOffset() < 0 || changed ? log.voters().with(self) : null;
    }

    void becomeFollower(int epoch, int leaderId, HostPort address, long nowMs) {
        require(leaderId != localId(), "following itself in epoch " + epoch);
        if (epoch > epoch()) {
            persist(new ElectionState(epoch, OptionalInt.of(leaderId), null));
        } else if (!election.isLedBy(leaderId)) {
            require(election.leader().isEmpty(), "two leaders in epoch " + epoch + ": " + leader() + ", " + leaderId);
            persist(election.withLeader(leaderId));
        }
        times.forgetLostRounds();
        enter(follower(new Peer(leaderId, address), nowMs));
    }

    /** The old leader is tried again, or, if none is known, the next chance is awaited. */
    void endRound(long nowMs) {
        OptionalInt leader = leader();
        HostPort address = leader.isPresent() ? addressOf(leader.getAsInt()) : null;
        if (leader.isPresent() && address != null) {
            enter(follower(new Peer(leader.getAsInt(), address), nowMs));
        } else {
            becomeUnattached(epoch(), nowMs);
        }
    }

    void resign(long nowMs) {
        if (role instanceof Role.Leader leader) {
            long deadline = isOnlyVoter() ? nowMs : times.timeout(nowMs);
            enter(new Role.Resigned(leader.progress().successors(), Set.of(localId()), deadline));
        }
    }

    /** Same role, other details: no announcement, requests stay valid. */
    void update(Role next) {
        require(next.getClass() == role.getClass(), "update from %s to %s", role, next);
        role = next;
    }

    private Role.Follower follower(Peer leader, long nowMs) {
        return new Role.Follower(leader, nowMs + config.fetching().timeoutMs(), Role.Contact.NONE, -1, null);
    }

    private void persist(ElectionState next) {
        require(next.epoch() >= election.epoch(), "epoch falls from " + election.epoch() + " to " + next.epoch());
        if (next.equals(election)) {
            return;
        }
        boolean onlyNamesLeader =
                next.epoch() == election.epoch() && next.leader().isPresent();
        election = next;
        boolean replaced = dropSuperseded(Effect.Persist.class);
        if (onlyNamesLeader && !replaced) {
            leaderNamed = new Effect.Persist(next);
        } else {
            leaderNamed = null;
            effects.add(new Effect.Persist(next));
        }
    }

    private void enter(Role next) {
        role = next;
        opening = null;
        pace.reset();
        announce();
    }

    private void announce() {
        LeaderAndEpoch current = new LeaderAndEpoch(leader(), epoch());
        if (!current.equals(announced)) {
            announced = current;
            emit(new Effect.LeaderChanged(current));
        }
    }

    /** @param broken what is wrong if not {@code condition}, as for {@link String#format}: made only then, this is asked all the time */
    static void require(boolean condition, String broken, @Nullable Object... details) {
        if (!condition) {
            throw new InvariantBrokenException("Raft invariant broken: " + broken.formatted(details));
        }
    }
}
