package io.milena.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.records.OffsetAndEpoch;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sentences of the Raft paper and of the KIPs about the log and its copies, one test each. */
class LogReplicationTest extends VoterOne {
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
        effects = answerFetch(next, new OffsetAndEpoch(0, 0));
        assertThat(all(effects, Effect.Truncate.class)).isEmpty();
        assertThat(only(effects, Effect.Complain.class).problem()).isEqualTo(Effect.Problem.IMPOSSIBLE_TRUNCATION);
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
        List<Effect> effects = receive(new Request.Fetch(epoch, ReplicaKey.of(2), offset, lastEpoch, LIMITS, -1));
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
}
