package io.milena.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.records.OffsetAndEpoch;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sentences of the Raft paper and of the KIPs about elections, one test each. */
class ElectionTest extends VoterOne {
    @Test
    void an_election_begins_with_a_pre_vote_that_neither_raises_nor_persists_the_epoch() {
        List<Effect> effects = tickAfter(2 * ELECTION_MS);
        assertThat(core.roleName()).isEqualTo("Prospective");
        assertThat(all(effects, Effect.Persist.class)).isEmpty();
        assertThat(sent(effects)).hasSize(2).allSatisfy(request -> {
            assertThat(request).isInstanceOf(Request.Vote.class);
            assertThat(((Request.Vote) request).preVote()).isTrue();
            assertThat(request.epoch()).isEqualTo(2);
        });
    }

    @Test
    void a_candidate_persists_its_vote_for_itself_before_it_asks() {
        List<Effect> effects = grant(tickAfter(2 * ELECTION_MS));
        assertThat(core.roleName()).isEqualTo("Candidate");
        int persist = effects.indexOf(only(effects, Effect.Persist.class));
        assertThat(only(effects, Effect.Persist.class).state())
                .isEqualTo(new ElectionState(3, OptionalInt.empty(), ReplicaKey.of(1)));
        assertThat(effects.subList(0, persist)).noneMatch(Effect.Send.class::isInstance);
        assertThat(sent(effects))
                .allSatisfy(request -> assertThat(request.epoch()).isEqualTo(3));
    }

    @Test
    void a_leader_opens_its_epoch_with_a_leader_change_and_names_who_voted_for_it() {
        Effect.AppendLeaderChange change = only(becomeLeader(), Effect.AppendLeaderChange.class);
        assertThat(change.epoch()).isEqualTo(3);
        assertThat(change.voterIds()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(change.grantingIds()).containsExactlyInAnyOrder(1, 2);
        assertThat(change.voters()).isNull();
        assertThat(core.isLeader()).isTrue();
    }

    @ParameterizedTest(name = "log ({0}, {1}): granted {2}")
    @CsvSource({"2,2,true", "3,2,true", "0,3,true", "1,2,false", "9,1,false"})
    void a_vote_goes_only_to_a_log_at_least_as_up_to_date(long offset, int lastEpoch, boolean granted) {
        assertThat(vote(5, 2, offset, lastEpoch, false).granted()).isEqualTo(granted);
        assertThat(core.epoch()).isEqualTo(5);
    }

    @Test
    void at_most_one_vote_is_given_in_an_epoch_and_it_is_persisted_before_it_is_said() {
        List<Effect> effects =
                receive(new Request.Vote(5, ReplicaKey.of(2), new OffsetAndEpoch(2, 2), false, ReplicaKey.of(1)));
        assertThat(effects.indexOf(only(effects, Effect.Persist.class)))
                .isLessThan(effects.indexOf(only(effects, Effect.Reply.class)));
        assertThat(vote(5, 3, 9, 4, false).granted()).isFalse();
        assertThat(vote(5, 2, 2, 2, false).granted()).isTrue();
        assertThat(vote(6, 3, 2, 2, false).granted()).isTrue();
    }

    @Test
    void the_vote_is_remembered_across_a_restart() {
        RaftCore again = core(true);
        again.start(new ElectionState(5, OptionalInt.empty(), ReplicaKey.of(2)), nowMs);
        core = again;
        assertThat(vote(5, 3, 9, 4, false).granted()).isFalse();
        assertThat(vote(5, 2, 2, 2, false).granted()).isTrue();
    }

    @Test
    void after_a_restart_a_node_never_leads_the_same_epoch_again() {
        core = core(true);
        core.start(new ElectionState(5, OptionalInt.of(1), null), nowMs);
        assertThat(core.isLeader()).isFalse();
        assertThat(core.leader()).isEmpty();
        assertThat(core.roleName()).isEqualTo("Resigned");
        tickAfter(2 * ELECTION_MS);
        assertThat(core.epoch()).isEqualTo(6);
        assertThat(core.isLeader()).isFalse();
    }

    @Test
    void a_lone_voter_restarts_in_a_new_epoch_at_once_with_one_write_of_its_vote() {
        VoterSet alone = VoterSet.ofStatic(Map.of(1, new HostPort("v", 1)), "C");
        log = new SimLog(alone);
        core = core(true);
        List<Effect> effects = core.start(new ElectionState(5, OptionalInt.of(1), null), nowMs);
        assertThat(core.isLeader()).isTrue();
        assertThat(core.epoch()).isEqualTo(6);
        assertThat(only(effects, Effect.Persist.class).state())
                .isEqualTo(new ElectionState(6, OptionalInt.of(1), null));
    }

    @Test
    void the_epoch_is_never_below_the_logs_even_if_quorum_state_was_lost() {
        core = core(true);
        core.start(ElectionState.INITIAL, nowMs);
        assertThat(core.epoch()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "1,2,2,0,FENCED_LEADER_EPOCH",
        "5,-1,2,2,INVALID_REQUEST",
        "5,2,-1,2,INVALID_REQUEST",
        "5,2,2,5,INVALID_REQUEST"
    })
    void votes_that_make_no_sense_are_refused(int epoch, int candidate, long offset, int lastEpoch, Errors error) {
        assertThat(vote(epoch, candidate, offset, lastEpoch, false).header().error())
                .isEqualTo(error);
    }

    @Test
    void a_vote_meant_for_another_directory_is_refused() {
        ReplicaKey other = new ReplicaKey(4, Uuid.randomUuid());
        Response.Vote answer = reply(
                receive(new Request.Vote(5, ReplicaKey.of(2), new OffsetAndEpoch(2, 2), false, other)),
                Response.Vote.class);
        assertThat(answer.header().error()).isEqualTo(Errors.INVALID_VOTER_KEY);
        assertThat(answer.granted()).isFalse();
    }

    @Test
    void a_follower_that_hears_from_its_leader_refuses_pre_votes() {
        List<Effect> effects = receive(new Request.BeginEpoch(3, 2, null, null));
        assertThat(core.roleName()).isEqualTo("Follower");
        assertThat(vote(3, 3, 2, 2, true).granted()).isTrue(); // it has not heard anything yet
        answerFetch(effects, null);
        assertThat(vote(3, 3, 2, 2, true).granted()).isFalse();
        assertThat(vote(3, 3, 2, 2, false).granted()).isFalse();
        assertThat(core.epoch()).isEqualTo(3);
    }

    @Test
    void aSecondLeaderOfAnEpochIsRefusedAndTheOperatorIsTold() {
        // given
        receive(new Request.BeginEpoch(3, 2, null, null));

        // when
        List<Effect> effects = receive(new Request.BeginEpoch(3, 3, null, null));

        // then
        assertThat(reply(effects, Response.BeginEpoch.class).header().error()).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(only(effects, Effect.Complain.class).problem()).isEqualTo(Effect.Problem.TWO_LEADERS);
        assertThat(core.leader()).hasValue(2);
    }

    @Test
    void a_leader_that_no_majority_fetches_from_resigns_and_tells_the_others() {
        becomeLeader();
        nowMs += FETCH_MS;
        fetch(2, 3, 3); // restarts the clock: 1 and 2 are a majority
        tickAfter(FETCH_MS);
        assertThat(core.isLeader()).isTrue();
        List<Effect> effects = tickAfter(FETCH_MS + 1);
        assertThat(core.roleName()).isEqualTo("Resigned");
        assertThat(sent(effects)).hasSize(2).allSatisfy(request -> {
            Request.EndEpoch end = (Request.EndEpoch) request;
            assertThat(end.successors()).containsExactly(ReplicaKey.of(2), ReplicaKey.of(3));
        });
    }

    @Test
    void the_first_successor_of_a_leader_that_resigned_stands_at_once() {
        receive(new Request.BeginEpoch(3, 2, null, null));
        List<Effect> effects = receive(new Request.EndEpoch(3, 2, null, List.of(ReplicaKey.of(1), ReplicaKey.of(3))));
        assertThat(core.roleName()).isEqualTo("Prospective");
        assertThat(sent(effects)).isNotEmpty();
    }

    @Test
    void an_observer_never_stands_but_votes_when_it_is_asked_to() {
        core = core(false);
        core.start(new ElectionState(2, OptionalInt.empty(), null), nowMs);
        tickAfter(60_000);
        assertThat(core.roleName()).isEqualTo("Unattached");
        assertThat(vote(5, 2, 2, 2, false).granted()).isTrue();
    }

    @Test
    void a_leader_steps_down_for_a_higher_epoch() {
        becomeLeader();
        assertThat(vote(9, 3, 9, 3, false).granted()).isTrue();
        assertThat(core.isLeader()).isFalse();
        assertThat(core.epoch()).isEqualTo(9);
        assertThat(core.leader()).isEmpty();
    }

    @Test
    void a_voter_whose_removal_is_not_known_to_be_committed_stands_because_its_log_may_be_needed() {
        log = new SimLog(voters.without(1));
        log.previousVoters = voters;
        log.votersOffset = 1;
        core = core(true);
        start();

        List<Effect> effects = tickAfter(2 * ELECTION_MS);

        assertThat(sent(effects)).isNotEmpty().allMatch(request -> request instanceof Request.Vote);
    }
}
