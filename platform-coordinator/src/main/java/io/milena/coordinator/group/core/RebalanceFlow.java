package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.GroupState.COMPLETING_REBALANCE;
import static io.milena.coordinator.group.core.GroupState.DEAD;
import static io.milena.coordinator.group.core.GroupState.EMPTY;
import static io.milena.coordinator.group.core.GroupState.PREPARING_REBALANCE;
import static io.milena.coordinator.group.core.GroupState.STABLE;

import io.milena.coordinator.runtime.TimerQueue;
import io.milena.coordinator.runtime.Turn;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a rebalance goes: join phase (everybody says what it can consume), then sync phase (the leader says who consumes
 * what), each bounded by a timer. Request handlers call in here when something in a group has changed.
 */
final class RebalanceFlow {

    private static final Logger LOG = LoggerFactory.getLogger(RebalanceFlow.class);

    private final GroupConfig config;
    private final TimerQueue timers;

    RebalanceFlow(GroupConfig config, TimerQueue timers, Groups groups) {
        this.config = config;
        this.timers = timers;
        groups.whenDue(this::joinPhaseTimedOut, this::syncPhaseTimedOut);
    }

    // ---- sessions

    /** The member gave a sign of life. */
    void extendSession(GroupMember member, Turn turn) {
        timers.arm(member.sessionTimer, turn.nowMs() + member.sessionTimeoutMs);
    }

    /** A member that cannot heartbeat yet: its JoinGroup may wait this long, in case nobody is left to get the answer. */
    void boundFirstJoin(GroupMember member, Turn turn) {
        timers.arm(member.sessionTimer, turn.nowMs() + config.newMemberJoinTimeoutMs());
    }

    void boundPendingJoin(ClassicGroup group, String memberId, int sessionTimeoutMs, Turn turn) {
        TimerQueue.Timer timer = new TimerQueue.Timer(late -> pendingJoinExpired(group, memberId, late));
        group.addPendingJoin(memberId, timer);
        timers.arm(timer, turn.nowMs() + sessionTimeoutMs);
    }

    /** Forgets that the id was handed out; false if it was not. */
    boolean settlePendingJoin(ClassicGroup group, String memberId) {
        TimerQueue.Timer timer = group.forgetPendingJoin(memberId);
        if (timer == null) {
            return false;
        }
        timers.cancel(timer);
        return true;
    }

    private void pendingJoinExpired(ClassicGroup group, String memberId, Turn turn) {
        if (group.forgetPendingJoin(memberId) != null) {
            completeJoinIfReady(group, turn);
        }
    }

    void sessionExpired(ClassicGroup group, GroupMember member, Turn turn) {
        if (group.is(DEAD) || group.member(member.memberId) != member || member.isExcusedFromHeartbeat()) {
            return;
        }
        LOG.info(
                "Group {}: member {} gave no sign of life for {} ms",
                group.groupId(),
                member.memberId,
                member.sessionTimeoutMs);
        remove(group, member);
        membersLeft(group, "member " + member.memberId + " expired", turn);
    }

    // ---- membership changes

    /** Takes the member out, answering what it may still wait for; call {@link #membersLeft} after the last one. */
    void remove(ClassicGroup group, GroupMember member) {
        member.answerJoin(Answers.join("", Errors.UNKNOWN_MEMBER_ID));
        member.answerSync(Answers.sync(Errors.UNKNOWN_MEMBER_ID));
        timers.cancel(member.sessionTimer);
        group.remove(member);
    }

    void membersLeft(ClassicGroup group, String reason, Turn turn) {
        if (group.is(STABLE) || group.is(COMPLETING_REBALANCE)) {
            prepare(group, reason, turn);
        } else {
            completeJoinIfReady(group, turn);
        }
    }

    /** A member joined or changed: begin a rebalance, or see whether the one under way has everybody now. */
    void prepareOrCompleteJoin(ClassicGroup group, String reason, Turn turn) {
        if (group.state().mayBecome(PREPARING_REBALANCE)) {
            prepare(group, reason, turn);
        } else {
            completeJoinIfReady(group, turn);
        }
    }

    // ---- join phase

    void prepare(ClassicGroup group, String reason, Turn turn) {
        if (group.is(COMPLETING_REBALANCE)) {
            failWaitingSyncs(group, Errors.REBALANCE_IN_PROGRESS, turn);
        }
        timers.cancel(group.syncTimer);
        boolean initial = group.is(EMPTY);
        LOG.info(
                "Group {}: rebalance in state {}, generation {}: {}",
                group.groupId(),
                group.state().kafkaName(),
                group.generation(),
                reason);
        group.transitionTo(PREPARING_REBALANCE, turn.wallClockMs());
        if (initial && config.initialRebalanceDelayMs() > 0) {
            // KIP-134: members of a new group usually come together; wait a little instead of rebalancing for each.
            group.newMemberAdded = false;
            group.initialDelayLeftMs = Math.max(0, group.rebalanceTimeoutMs() - config.initialRebalanceDelayMs());
            timers.arm(group.joinTimer, turn.nowMs() + config.initialRebalanceDelayMs());
            group.inInitialDelay = true;
        } else {
            completeJoinElseWait(group, turn);
        }
    }

    private void completeJoinElseWait(ClassicGroup group, Turn turn) {
        if (group.allMembersJoined()) {
            completeJoin(group, turn);
        } else {
            timers.arm(group.joinTimer, turn.nowMs() + group.rebalanceTimeoutMs());
        }
    }

    void completeJoinIfReady(ClassicGroup group, Turn turn) {
        if (group.is(PREPARING_REBALANCE) && !group.inInitialDelay && group.allMembersJoined()) {
            completeJoin(group, turn);
        }
    }

    private void joinPhaseTimedOut(ClassicGroup group, Turn turn) {
        if (!group.is(PREPARING_REBALANCE)) {
            return;
        }
        if (group.inInitialDelay && group.newMemberAdded && group.initialDelayLeftMs > 0) {
            group.newMemberAdded = false;
            int delayMs = Math.min(config.initialRebalanceDelayMs(), group.initialDelayLeftMs);
            group.initialDelayLeftMs -= delayMs;
            timers.arm(group.joinTimer, turn.nowMs() + delayMs);
        } else {
            completeJoin(group, turn);
        }
    }

    private void completeJoin(ClassicGroup group, Turn turn) {
        timers.cancel(group.joinTimer);
        group.inInitialDelay = false;
        for (GroupMember absent : group.notYetRejoined()) {
            if (!absent.isStatic()) {
                LOG.info("Group {}: member {} did not rejoin in time", group.groupId(), absent.memberId);
                remove(group, absent);
            }
        }
        if (group.size() > 0 && !group.electJoinedLeader()) {
            // Only static members are left and none of them came back: wait for them until their sessions end.
            timers.arm(group.joinTimer, turn.nowMs() + group.rebalanceTimeoutMs());
            return;
        }
        group.startNextGeneration(turn.wallClockMs());
        if (group.is(EMPTY)) {
            LOG.info("Group {}: empty in generation {}", group.groupId(), group.generation());
            // Who loads it later shall know since when it is empty. If this is lost, expiry starts later: no harm.
            turn.write(List.of(GroupRecords.group(group, Map.of())), (later, error) -> logLost(group, error));
        } else {
            LOG.info("Group {}: generation {} with {} members", group.groupId(), group.generation(), group.size());
            answerJoins(group, turn);
            timers.arm(group.syncTimer, turn.nowMs() + group.rebalanceTimeoutMs());
        }
    }

    private void answerJoins(ClassicGroup group, Turn turn) {
        for (GroupMember member : List.copyOf(group.members())) {
            group.addPendingSync(member.memberId);
            member.isNew = false;
            extendSession(member, turn);
            member.answerJoin(group.joinAnswer(member.memberId, group.isLeader(member.memberId)));
        }
    }

    private static void logLost(ClassicGroup group, Errors error) {
        if (error != Errors.NONE) {
            LOG.warn(
                    "Group {}: its record of being empty in generation {} was not written: {}",
                    group.groupId(),
                    group.generation(),
                    error);
        }
    }

    // ---- sync phase

    /** A member asked for its assignment; when all have, the time limit is lifted. */
    void synced(ClassicGroup group, String memberId) {
        group.removePendingSync(memberId);
        if (group.pendingSync().isEmpty()) {
            timers.cancel(group.syncTimer);
        }
    }

    private void syncPhaseTimedOut(ClassicGroup group, Turn turn) {
        if (!(group.is(COMPLETING_REBALANCE) || group.is(STABLE))
                || group.pendingSync().isEmpty()) {
            return;
        }
        for (String memberId : List.copyOf(group.pendingSync())) {
            GroupMember member = group.member(memberId);
            if (member != null) {
                LOG.info("Group {}: member {} did not sync in time", group.groupId(), memberId);
                remove(group, member);
            }
        }
        prepare(group, "members did not sync in time", turn);
    }

    /** The leader's word: write it down; who waits for it is answered when it is committed. */
    void assign(ClassicGroup group, Map<String, byte[]> assignments, Turn turn) {
        int generation = group.generation();
        if (group.assigningGeneration == generation) {
            return; // the leader asks again while its first word is on its way into the log
        }
        group.assigningGeneration = generation;
        turn.write(List.of(GroupRecords.group(group, assignments)), (later, error) -> {
            if (!group.is(COMPLETING_REBALANCE) || group.generation() != generation) {
                return; // somebody joined or left meanwhile
            }
            if (error == Errors.NONE) {
                assigned(group, assignments, later);
            } else {
                failWaitingSyncs(group, Answers.forGroupWrite(error), later);
                prepare(group, "the assignment could not be written: " + error, later);
            }
        });
    }

    private void assigned(ClassicGroup group, Map<String, byte[]> assignments, Turn turn) {
        group.transitionTo(STABLE, turn.wallClockMs());
        for (GroupMember member : List.copyOf(group.members())) {
            member.assignment = assignments.getOrDefault(member.memberId, new byte[0]);
            if (member.isAwaitingSync()) {
                extendSession(member, turn);
                member.answerSync(syncAnswer(group, member));
            }
        }
    }

    static SyncGroupResponseData syncAnswer(ClassicGroup group, GroupMember member) {
        return new SyncGroupResponseData()
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocol())
                .setAssignment(member.assignment)
                .setErrorCode(Errors.NONE.code());
    }

    private void failWaitingSyncs(ClassicGroup group, Errors error, Turn turn) {
        for (GroupMember member : List.copyOf(group.members())) {
            member.assignment = new byte[0];
            if (member.isAwaitingSync()) {
                extendSession(member, turn); // it could not heartbeat while it waited
                member.answerSync(Answers.sync(error));
            }
        }
    }

    /** The group ends here (deleted, or its partition moved): nobody shall wait for it any longer. */
    void end(ClassicGroup group, Errors answer, Turn turn) {
        if (group.is(DEAD)) {
            return;
        }
        for (GroupMember member : List.copyOf(group.members())) {
            member.answerJoin(Answers.join(member.memberId, answer));
            member.answerSync(Answers.sync(answer));
            timers.cancel(member.sessionTimer);
        }
        timers.cancel(group.joinTimer);
        timers.cancel(group.syncTimer);
        group.releaseMemory();
        group.transitionTo(DEAD, turn.wallClockMs());
    }
}
