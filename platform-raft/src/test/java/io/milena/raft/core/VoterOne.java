package io.milena.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.records.OffsetAndEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;

/** Node 1 of voters 1, 2, 3, led by hand: what it is told, and what it does. */
abstract class VoterOne {
    static final int ELECTION_MS = 1_000;
    static final int FETCH_MS = 2_000;
    static final Request.Fetch.Limits LIMITS = new Request.Fetch.Limits(500, 1_024);

    final VoterSet voters = VoterSet.ofStatic(
            new TreeMap<>(Map.of(1, new HostPort("v", 1), 2, new HostPort("v", 2), 3, new HostPort("v", 3))), "C");
    SimLog log = new SimLog(voters);
    RaftCore core = core(true);
    long nowMs = 10_000;

    RaftCore core(boolean canVote) {
        return new RaftCore(
                new CoreConfig(
                        new CoreConfig.Self(
                                ReplicaKey.of(canVote ? 1 : 9), canVote, "C", Map.of("C", new HostPort("v", 1))),
                        List.of(),
                        new CoreConfig.Election(ELECTION_MS, 1_000, 200),
                        new CoreConfig.Fetching(FETCH_MS, LIMITS, 1_024),
                        new CoreConfig.Requests(2_000, 20)),
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

    List<Effect> tickAfter(long ms) {
        nowMs += ms;
        return core.step(new Event.Tick(), nowMs);
    }

    List<Effect> receive(Request request) {
        return core.step(new Event.RequestReceived(1, request), nowMs);
    }

    Response.Vote vote(int epoch, int candidate, long offset, int lastEpoch, boolean preVote) {
        return reply(
                receive(new Request.Vote(
                        epoch, ReplicaKey.of(candidate), new OffsetAndEpoch(offset, lastEpoch), preVote, null)),
                Response.Vote.class);
    }

    static <T> T reply(List<Effect> effects, Class<T> type) {
        return type.cast(only(effects, Effect.Reply.class).response());
    }

    static <T extends Effect> T only(List<Effect> effects, Class<T> type) {
        List<T> found = all(effects, type);
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    static <T extends Effect> List<T> all(List<Effect> effects, Class<T> type) {
        return effects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    static List<Request> sent(List<Effect> effects) {
        return all(effects, Effect.Send.class).stream()
                .map(Effect.Send::request)
                .toList();
    }

    List<Effect> grant(List<Effect> asked) {
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
    List<Effect> becomeLeader() {
        List<Effect> effects = grant(grant(tickAfter(2 * ELECTION_MS)));
        Effect.AppendLeaderChange change = only(effects, Effect.AppendLeaderChange.class);
        log.append(new SimLog.Entry(change.epoch(), 99));
        log.flush();
        core.step(new Event.LogChanged(log.endOffset()), nowMs);
        return effects;
    }

    List<Effect> fetch(int replica, long offset, int lastEpoch) {
        return receive(new Request.Fetch(core.epoch(), ReplicaKey.of(replica), offset, lastEpoch, LIMITS, -1));
    }

    List<Effect> answerFetch(List<Effect> asked, OffsetAndEpoch diverging) {
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
}
