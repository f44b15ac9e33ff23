package io.milena.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.records.OffsetAndEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However often a peer answers, it is not asked at the speed of the network. */
class PaceTest extends VoterOne {
    private static final int BEGIN_PERIOD_MS = FETCH_MS / 2;

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {"INVALID_VOTER_KEY", "INCONSISTENT_CLUSTER_ID", "UNKNOWN_SERVER_ERROR", "NONE"})
    void aVoterThatAnswersBeginEpochButDoesNotFollowIsToldAgainAfterThePeriodAndNotBefore(Errors error) {
        // given
        List<Effect> effects = becomeLeader();
        Effect.Send asked = sendTo(effects, 2);

        // when
        List<Effect> atOnce = answer(asked, new Response.BeginEpoch(headerOf(error)));

        // then
        assertThat(sendsTo(atOnce, 2)).isEmpty();
        assertThat(sendsTo(run(BEGIN_PERIOD_MS - 1, 2, error), 2)).isEmpty();
        assertThat(sendsTo(run(2, 2, error), 2)).hasSize(1);
        assertThat(sendsTo(run(2 * BEGIN_PERIOD_MS, 2, error), 2)).hasSizeBetween(1, 2);
    }

    @Test
    void aVoterThatDownloadsASnapshotIsNotReminded() {
        // given
        Effect.Send asked = sendTo(becomeLeader(), 2);
        answer(asked, new Response.BeginEpoch(headerOf(Errors.NONE)));

        // when
        List<Effect> effects = new ArrayList<>();
        for (int chunk = 0; chunk < 20; chunk++) {
            nowMs += 200;
            fetch(3, 3, 3);
            effects.addAll(receive(new Request.FetchSnapshot(
                    core.epoch(), ReplicaKey.of(2), new OffsetAndEpoch(2, 2), chunk * 10L, 10)));
            effects.addAll(core.step(new Event.Tick(), nowMs));
        }

        // then
        assertThat(core.isLeader()).isTrue();
        assertThat(sendsTo(effects, 2)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {"INVALID_VOTER_KEY", "INCONSISTENT_CLUSTER_ID", "INCONSISTENT_VOTER_SET", "INVALID_REQUEST"})
    void aVoterThatAnswersAVoteWithAnErrorIsAskedAFewTimesARound(Errors error) {
        // given
        Effect.Send asked = sendTo(tickAfter(2 * ELECTION_MS), 2);

        // when
        List<Effect> effects = new ArrayList<>(answer(asked, new Response.Vote(headerOf(error), false)));
        effects.addAll(run(ELECTION_MS / 2, 2, error));

        // then
        assertThat(sendsTo(effects, 2)).hasSizeBetween(1, 8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeadVoterIsDialledEverLessOftenByALeaderAndByACandidate(boolean leads) {
        // given
        List<Effect> effects = leads ? becomeLeader() : tickAfter(2 * ELECTION_MS);
        Effect.Send asked = sendTo(effects, 3);

        // when
        int sent = 0;
        long endMs = nowMs + ELECTION_MS - 10;
        effects = core.step(new Event.RequestFailed(asked.to(), asked.request(), Loss.REFUSED), nowMs);
        while (nowMs < endMs) {
            for (Effect.Send send : sendsTo(effects, 3)) {
                sent++;
                core.step(new Event.RequestFailed(send.to(), send.request(), Loss.REFUSED), nowMs);
            }
            nowMs++;
            effects = core.step(new Event.Tick(), nowMs);
        }

        // then
        assertThat(sent).isBetween(2, 10);
    }

    @Test
    void aSnapshotThatIsNotThereIsNotAskedForAtTheSpeedOfTheNetwork() {
        // given
        List<Effect> effects = receive(new Request.BeginEpoch(3, 2, null, null));

        // when
        int asked = 0;
        for (long endMs = nowMs + 1_000; nowMs < endMs; ) {
            List<Effect.Send> sends = sendsTo(effects, 2);
            asked += sends.size();
            effects = new ArrayList<>();
            for (Effect.Send send : sends) {
                effects.addAll(answer(send, snapshotThatIsGone(send.request())));
            }
            if (sends.isEmpty()) {
                nowMs++;
                effects.addAll(core.step(new Event.Tick(), nowMs));
            }
        }

        // then
        assertThat(asked).isBetween(4, 40);
    }

    @Test
    void aLeaderThatHoldsNoFetchBackIsAskedAfterThePauseOnly() {
        // given
        List<Effect> effects = receive(new Request.BeginEpoch(3, 2, null, null));

        // when
        int asked = 0;
        for (long endMs = nowMs + 1_000; nowMs < endMs; ) {
            if (sendsTo(effects, 2).isEmpty()) {
                nowMs++;
                effects = core.step(new Event.Tick(), nowMs);
            } else {
                asked++;
                effects = answerFetch(effects, null);
            }
        }

        // then
        assertThat(asked).isBetween(10, 60);
    }

    @Test
    void aLoneVoterThatGetsASecondOneKeepsLeadingForAWholeCheckQuorumPeriod() {
        // given
        log = new SimLog(voters.without(2).without(3));
        core = core(true);
        start();
        assertThat(core.isLeader()).isTrue();
        tickAfter(60_000);

        // when
        log.voters = voters.without(3);
        core.step(new Event.LogChanged(log.endOffset()), nowMs);

        // then
        assertThat(core.isLeader()).isTrue();
        tickAfter(FETCH_MS);
        assertThat(core.isLeader()).isTrue();
        tickAfter(FETCH_MS + 1);
        assertThat(core.isLeader()).isFalse();
    }

    private Response snapshotThatIsGone(Request asked) {
        OffsetAndEpoch gone = new OffsetAndEpoch(90, 3);
        return asked instanceof Request.Fetch
                ? new Response.Fetch(headerOf(Errors.NONE, 2), null, gone, null, 1, 90)
                : new Response.FetchSnapshot(headerOf(Errors.SNAPSHOT_NOT_FOUND, 2), gone, 0, 0, null);
    }

    /** Lets {@code ms} pass, millisecond by millisecond; what is sent to {@code peer} meanwhile is answered with {@code error}. */
    private List<Effect> run(long ms, int peer, Errors error) {
        List<Effect> effects = new ArrayList<>();
        for (long endMs = nowMs + ms; nowMs < endMs; ) {
            List<Effect> step = tickAfter(1);
            effects.addAll(step);
            for (Effect.Send send : sendsTo(step, peer)) {
                Response.Header header = headerOf(error);
                effects.addAll(answer(
                        send,
                        send.request() instanceof Request.Vote
                                ? new Response.Vote(header, false)
                                : new Response.BeginEpoch(header)));
            }
        }
        return effects;
    }

    private List<Effect> answer(Effect.Send asked, Response response) {
        return core.step(new Event.ResponseReceived(asked.to(), asked.request(), response), nowMs);
    }

    /** As it comes off the wire: an error of the whole answer says no epoch. */
    private Response.Header headerOf(Errors error) {
        boolean ofWholeAnswer = error == Errors.INCONSISTENT_CLUSTER_ID || error == Errors.UNKNOWN_SERVER_ERROR;
        return new Response.Header(error, ofWholeAnswer ? -1 : core.epoch(), OptionalInt.empty(), null);
    }

    private Response.Header headerOf(Errors error, int leader) {
        return new Response.Header(error, core.epoch(), OptionalInt.of(leader), null);
    }

    private static Effect.Send sendTo(List<Effect> effects, int peer) {
        return sendsTo(effects, peer).get(0);
    }

    private static List<Effect.Send> sendsTo(List<Effect> effects, int peer) {
        return all(effects, Effect.Send.class).stream()
                .filter(send -> send.to().id() == peer)
                .toList();
    }
}
