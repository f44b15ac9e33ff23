package io.milena.raft.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.records.OffsetAndEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sentences of the Raft paper and of the KIPs, one test each, on node 1 of voters 1, 2, 3. */
class RaftCoreTest {
    private static final int ELECTION_MS = 1_000;
    private static final int FETCH_MS = 2_000;

    private final VoterSet voters = VoterSet.ofStatic(
            new TreeMap<>(Map.of(1, new HostPort("v", 1), 2, new HostPort("v", 2), 3, new HostPort("v", 3))), "C");
    private SimLog log = new SimLog(voters);
    private RaftCore core = core(true);
    private long nowMs = 10_000;

    private RaftCore core(boolean canVote) {
        return new RaftCore(
                new CoreConfig(
                        ReplicaKey.of(canVote ? 1 : 9),
                        canVote,
                        "C",
                        Map.of("C", new HostPort("v", 1)),
                        List.of(),
                        ELECTION_MS,
                        1_000,
                        FETCH_MS,
                        2_000,
                        20,
                        500,
                        1_024,
                        200),
                log,
                new Random(1));
    }

    @BeforeEach
    void start() {
        log.append(new SimLog.Entry(1, 0));
        log.append(new SimLog.Entry(2, 1));
        log.flush();
        core.start(new ElectionState(2, OptionalInt.empty(), null), nowMs);
    }

    private List<Effect> tickAfter(long ms) {
        nowMs += ms;
        return core.step(new Event.Tick(), nowMs);
    }

    private List<Effect> receive(Request request) {
        return core.step(new Event.RequestReceived(1, request), nowMs);
    }

    private Response.Vote vote(int epoch, int candidate, long offset, int lastEpoch, boolean preVote) {
        return reply(
                receive(new Request.Vote(
                        epoch, ReplicaKey.of(candidate), new OffsetAndEpoch(offset, lastEpoch), preVote, null)),
                Response.Vote.class);
    }

    private static <T> T reply(List<Effect> effects, Class<T> type) {
        return type.cast(only(effects, Effect.Reply.class).response());
    }

    private static <T extends Effect> T only(List<Effect> effects, Class<T> type) {
        List<T> found = all(effects, type);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static <T extends Effect> List<T> all(List<Effect> effects, Class<T> type) {
        return effects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static List<Request> sent(List<Effect> effects) {
        return all(effects, Effect.Send.class).stream()
                .map(Effect.Send::request)
                .toList();
    }

    private List<Effect> grant(List<Effect> asked) {
        List<Effect> effects = new ArrayList<>();
        for (Effect.Send send : all(asked, Effect.Send.class)) {
            Response.Header header =
                    new Response.Header(Errors.NONE, send.request().epoch(), OptionalInt.empty(), null);
            effects.addAll(core.step(
                    new Event.ResponseReceived(send.to(), send.request(), new Response.Vote(header, true)), nowMs));
            if (send.to().id() == 2) {
                break;
            }
        }
        return effects;
    }

    /** Answers pre-vote and vote with yes and performs the leader's first append. */
    private List<Effect> becomeLeader() {
        List<Effect> effects = grant(grant(tickAfter(2 * ELECTION_MS)));
        Effect.AppendLeaderChange change = only(effects, Effect.AppendLeaderChange.class);
        log.append(new SimLog.Entry(change.epoch(), 99));
        log.flush();
        core.step(new Event.LogChanged(log.endOffset()), nowMs);
        return effects;
    }

    private List<Effect> fetch(int replica, long offset, int lastEpoch) {
        return receive(new Request.Fetch(core.epoch(), ReplicaKey.of(replica), offset, lastEpoch, 500, -1));
    }

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

    @Test
    void only_records_of_its_own_epoch_are_committed_by_counting() {
        becomeLeader();
        assertThat(all(fetch(2, 2, 2), Effect.Commit.class)).isEmpty(); // a majority has the old epoch's records
        assertThat(only(fetch(2, 3, 3), Effect.Commit.class).highWatermark()).isEqualTo(3);
    }

    @Test
    void a_leader_counts_itself_only_up_to_what_is_durable() {
        becomeLeader();
        fetch(2, 3, 3);
        log.append(new SimLog.Entry(3, 100));
        assertThat(all(fetch(2, 4, 3), Effect.Commit.class)).isEmpty();
        log.flush();
        assertThat(only(core.step(new Event.LogChanged(4), nowMs), Effect.Commit.class)
                        .highWatermark())
                .isEqualTo(4);
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

    private List<Effect> answerFetch(List<Effect> asked, OffsetAndEpoch diverging) {
        Effect.Send send = all(asked, Effect.Send.class).stream()
                .filter(each -> each.request() instanceof Request.Fetch)
                .findFirst()
                .orElseThrow();
        Response.Header header = new Response.Header(Errors.NONE, core.epoch(), OptionalInt.of(2), null);
        return core.step(
                new Event.ResponseReceived(
                        send.to(), send.request(), new Response.Fetch(header, diverging, null, null, 1, 0)),
                nowMs);
    }

    @Test
    void a_follower_whose_log_diverges_truncates_but_never_below_the_high_watermark() {
        List<Effect> asked = receive(new Request.BeginEpoch(3, 2, null, null));
        List<Effect> effects = answerFetch(asked, new OffsetAndEpoch(1, 1));
        assertThat(only(effects, Effect.Truncate.class).offset()).isEqualTo(1);
        log.truncate(1);
        asked = core.step(new Event.LogChanged(1), nowMs);
        asked = answerFetch(asked, null);
        assertThat(core.highWatermark()).isEqualTo(1);
        List<Effect> next = asked;
        assertThatThrownBy(() -> answerFetch(next, new OffsetAndEpoch(0, 0)))
                .isInstanceOf(InvariantBrokenException.class)
                .hasMessageContaining("below the high watermark 1");
    }

    @Test
    void two_leaders_in_one_epoch_stop_the_node() {
        receive(new Request.BeginEpoch(3, 2, null, null));
        assertThatThrownBy(() -> receive(new Request.BeginEpoch(3, 3, null, null)))
                .isInstanceOf(InvariantBrokenException.class)
                .hasMessageContaining("two leaders in epoch 3");
    }

    @ParameterizedTest(name = "epoch {0}, offset {1}, last epoch {2}: {3}")
    @CsvSource({
        "2,2,2,FENCED_LEADER_EPOCH",
        "4,2,2,UNKNOWN_LEADER_EPOCH",
        "3,-1,2,INVALID_REQUEST",
        "3,2,4,INVALID_REQUEST"
    })
    void fetches_are_fenced(int epoch, long offset, int lastEpoch, Errors error) {
        becomeLeader();
        List<Effect> effects = receive(new Request.Fetch(epoch, ReplicaKey.of(2), offset, lastEpoch, 500, -1));
        Response.Fetch answer = reply(effects, Response.Fetch.class);
        assertThat(answer.header().error()).isEqualTo(error);
        assertThat(answer.header().leader()).hasValue(1);
        assertThat(answer.header().epoch()).isEqualTo(3);
    }

    @Test
    void a_follower_answers_fetches_with_the_leader_it_knows() {
        receive(new Request.BeginEpoch(3, 2, null, null));
        Response.Fetch answer = reply(fetch(9, 0, 0), Response.Fetch.class);
        assertThat(answer.header().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(answer.header().leader()).hasValue(2);
        assertThat(answer.header().leaderAddress()).isEqualTo(new HostPort("v", 2));
    }

    @ParameterizedTest(name = "fetch at ({0}, {1}) diverges at ({2}, {3})")
    @CsvSource({"5,3,3,3", "2,1,1,1", "1,2,,", "2,2,,", "3,3,,"})
    void a_fetch_that_does_not_agree_with_the_log_is_told_where_it_still_can(
            long offset, int lastEpoch, Long endOffset, Integer epoch) {
        becomeLeader();
        List<Effect> effects = fetch(2, offset, lastEpoch);
        if (endOffset == null) {
            only(effects, Effect.ServeFetch.class);
        } else {
            assertThat(reply(effects, Response.Fetch.class).diverging())
                    .isEqualTo(new OffsetAndEpoch(endOffset, epoch));
        }
    }

    @Test
    void a_fetch_below_the_log_start_is_sent_to_the_snapshot() {
        log.compact(2);
        becomeLeader();
        OffsetAndEpoch snapshot = new OffsetAndEpoch(2, 2);
        assertThat(reply(fetch(2, 0, 0), Response.Fetch.class).snapshotId()).isEqualTo(snapshot);
        assertThat(reply(fetch(2, 1, 1), Response.Fetch.class).snapshotId()).isEqualTo(snapshot);
        only(fetch(2, 2, 2), Effect.ServeFetch.class);
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
    void the_leader_describes_voters_and_observers() {
        becomeLeader();
        fetch(2, 3, 3);
        fetch(9, 2, 2);
        Optional<QuorumDescription> described = core.describe(nowMs);
        assertThat(described.orElseThrow().highWatermark()).isEqualTo(3);
        assertThat(described.orElseThrow().voters())
                .extracting(voter -> voter.key().id() + ":" + voter.logEndOffset())
                .containsExactly("1:3", "2:3", "3:-1");
        assertThat(described.orElseThrow().observers())
                .extracting(observer -> observer.key().id() + ":" + observer.logEndOffset())
                .containsExactly("9:2");
    }

    @Test
    void an_answer_that_another_peers_has_overtaken_is_not_appended() {
        List<Effect> follows = receive(new Request.BeginEpoch(3, 2, new HostPort("v", 2), null));
        Effect.Send fetch = only(follows, Effect.Send.class);
        log.append(new SimLog.Entry(3, 7)); // by the answer of another peer
        log.flush();

        List<Effect> effects = core.step(
                new Event.ResponseReceived(
                        fetch.to(),
                        fetch.request(),
                        new Response.Fetch(
                                new Response.Header(Errors.NONE, 3, OptionalInt.of(2), null),
                                null,
                                null,
                                () -> 61,
                                3,
                                0)),
                nowMs);

        assertThat(all(effects, Effect.AppendFetched.class)).isEmpty();
    }

    @Test
    void a_replica_whose_node_id_once_led_with_another_disk_looks_for_the_next_leader() {
        core = core(false);
        Effect.Send fetch =
                all(core.start(ElectionState.INITIAL, nowMs), Effect.Send.class).get(0);
        int self = 9;

        List<Effect> effects = core.step(
                new Event.ResponseReceived(
                        fetch.to(),
                        fetch.request(),
                        new Response.Fetch(
                                new Response.Header(
                                        Errors.NOT_LEADER_OR_FOLLOWER, 5, OptionalInt.of(self), new HostPort("v", 1)),
                                null,
                                null,
                                null,
                                -1,
                                0)),
                nowMs);

        assertThat(core.epoch()).isEqualTo(5);
        assertThat(core.leader()).isEmpty();
        assertThat(only(effects, Effect.Persist.class).state().epoch()).isEqualTo(5);
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
