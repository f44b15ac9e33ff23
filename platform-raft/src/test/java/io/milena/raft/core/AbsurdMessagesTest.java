package io.milena.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.records.OffsetAndEpoch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever values requests and answers carry, no exception leaves the core, nothing that must not fall falls, and what is persisted lets the
 * replica start again and be elected.
 */
class AbsurdMessagesTest {
    private static final int STEPS = 400;
    private static final long SEEDS = Long.getLong("milena.raft.absurd.seeds", 60);
    private static final Uuid DISK = new Uuid(1, 1);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void noMessageStopsAReplicaOrOutlivesARestart(int voters) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Replayed replica = new Replayed(seed, voters, seed % 2 == 0);
            try {
                replica.live();
            } catch (Throwable failure) {
                throw new AssertionError("seed " + seed + ", voters " + voters + ": " + replica.last, failure);
            }
        }
    }

    /** One replica with a log and an election state, to which anything is said. */
    private static final class Replayed {
        private final Random random;
        private final SimLog log;
        private final int voters;
        private final List<Effect.Send> asked = new ArrayList<>();
        private ElectionState persisted = ElectionState.INITIAL;
        private RaftCore core;
        private long nowMs = 10_000;
        private long highWatermark = -1;
        private Object last = "start";

        Replayed(long seed, int voters, boolean dynamic) {
            this.random = new Random(seed);
            this.voters = voters;
            Map<Integer, HostPort> addresses = new TreeMap<>();
            for (int id = 1; id <= voters; id++) {
                addresses.put(id, new HostPort("v", id));
            }
            log = new SimLog(VoterSet.ofStatic(addresses, "C"));
            log.kraftVersion = (short) (dynamic ? 1 : 0);
            core = core();
        }

        private RaftCore core() {
            return new RaftCore(
                    new CoreConfig(
                            new CoreConfig.Self(new ReplicaKey(1, DISK), true, "C", Map.of("C", new HostPort("v", 1))),
                            List.of(),
                            new CoreConfig.Election(1_000, 1_000, 20),
                            new CoreConfig.Fetching(2_000, new Request.Fetch.Limits(500, 1_024), 1_024),
                            new CoreConfig.Requests(2_000, 20)),
                    log,
                    new Random(random.nextLong()));
        }

        void live() {
            perform(core.start(persisted, nowMs));
            for (int step = 0; step < STEPS; step++) {
                nowMs += random.nextInt(10) == 0 ? random.nextInt(4_000) : random.nextInt(30);
                if (random.nextInt(50) == 0) {
                    restart();
                } else {
                    happens(event());
                }
            }
            restart();
            if (voters == 1) {
                assertThat(core.isLeader()).isTrue();
            }
            assertThat(persisted.epoch()).isLessThan(ElectionState.HIGHEST_EPOCH);
        }

        private void restart() {
            last = "restart from " + persisted;
            core = core();
            asked.clear();
            highWatermark = -1;
            perform(core.start(persisted, nowMs));
        }

        private void happens(Event event) {
            last = event;
            int epoch = core.epoch();
            List<Effect> effects = core.step(event, nowMs);
            assertThat(effects).hasSizeLessThan(40);
            assertThat(core.epoch()).isGreaterThanOrEqualTo(epoch);
            perform(effects);
        }

        private void perform(List<Effect> first) {
            Deque<Effect> effects = new ArrayDeque<>(first);
            for (Effect effect = effects.poll(); effect != null; effect = effects.poll()) {
                boolean logChanged = true;
                if (effect instanceof Effect.Persist persist) {
                    assertThat(persist.state().epoch()).isGreaterThanOrEqualTo(persisted.epoch());
                    persisted = persist.state();
                    logChanged = false;
                } else if (effect instanceof Effect.AppendLeaderChange change) {
                    log.append(new SimLog.Entry(change.epoch(), 1));
                } else if (effect instanceof Effect.Truncate truncate) {
                    assertThat(truncate.offset()).isBetween(Math.max(log.start, highWatermark), log.endOffset());
                    log.truncate(truncate.offset());
                } else if (effect instanceof Effect.AppendFetched fetched) {
                    log.append(new SimLog.Entry(Math.min(core.epoch(), log.lastEpoch() + 1), 2));
                } else if (effect instanceof Effect.WriteSnapshotChunk chunk) {
                    assertThat(chunk.id().offset()).isGreaterThanOrEqualTo(highWatermark);
                    if (chunk.last()) {
                        log.install(chunk.id());
                    }
                } else {
                    logChanged = false;
                    note(effect);
                }
                if (logChanged) {
                    log.flush();
                    effects.addAll(core.step(new Event.LogChanged(log.endOffset()), nowMs));
                }
            }
        }

        private void note(Effect effect) {
            if (effect instanceof Effect.Send send) {
                asked.add(send);
            } else if (effect instanceof Effect.Commit commit) {
                assertThat(commit.highWatermark()).isBetween(highWatermark + 1, log.endOffset());
                highWatermark = commit.highWatermark();
            }
        }

        private Event event() {
            int kind = random.nextInt(10);
            if (kind == 0) {
                return new Event.Tick();
            }
            if (kind < 5 && !asked.isEmpty()) {
                Effect.Send send = asked.remove(random.nextInt(asked.size()));
                return random.nextInt(8) == 0
                        ? new Event.RequestFailed(send.to(), send.request(), pick(Loss.values()))
                        : new Event.ResponseReceived(send.to(), send.request(), responseTo(send.request()));
            }
            if (kind == 5) {
                return new Event.VotersChangeRequested(random.nextLong(), change(), number());
            }
            return new Event.RequestReceived(random.nextLong(), request());
        }

        private Request request() {
            return switch (random.nextInt(6)) {
                case 0 -> new Request.Vote(epoch(), key(), place(), random.nextBoolean(), maybe(key()));
                case 1 -> new Request.BeginEpoch(epoch(), id(), maybe(address()), maybe(key()));
                case 2 -> new Request.EndEpoch(epoch(), id(), maybe(address()), keys());
                case 3 ->
                    new Request.Fetch(
                            epoch(),
                            key(),
                            number(),
                            epoch(),
                            new Request.Fetch.Limits((int) number(), (int) number()),
                            number());
                case 4 -> new Request.UpdateVoter(epoch(), voter());
                default -> new Request.FetchSnapshot(epoch(), key(), place(), number(), (int) number());
            };
        }

        private Response responseTo(Request request) {
            Response.Header header = new Response.Header(
                    random.nextBoolean() ? Errors.NONE : pick(Errors.values()),
                    epoch(),
                    random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(Math.abs(id())),
                    maybe(address()));
            return switch (request.kind()) {
                case VOTE -> new Response.Vote(header, random.nextBoolean());
                case BEGIN_EPOCH -> new Response.BeginEpoch(header);
                case END_EPOCH -> new Response.EndEpoch(header);
                case UPDATE_VOTER -> new Response.UpdateVoter(header);
                case FETCH ->
                    new Response.Fetch(header, maybe(place()), maybe(place()), maybe(() -> 1), number(), number());
                case FETCH_SNAPSHOT ->
                    new Response.FetchSnapshot(
                            header,
                            ((Request.FetchSnapshot) request).snapshotId(),
                            number(),
                            random.nextBoolean() ? ((Request.FetchSnapshot) request).position() : number(),
                            maybe(() -> 1));
            };
        }

        private VoterChange change() {
            return switch (random.nextInt(4)) {
                case 0 -> new VoterChange.Add(voter(), random.nextBoolean());
                case 1 -> new VoterChange.Remove(key());
                case 2 -> new VoterChange.Update(epoch(), voter());
                default -> new VoterChange.Upgrade((short) number(), true);
            };
        }

        private int epoch() {
            int near = core.epoch() + random.nextInt(4) - 1;
            return switch (random.nextInt(8)) {
                case 0 -> (int) number();
                case 1 -> core.epoch() + random.nextInt(3_000);
                default -> near;
            };
        }

        private int id() {
            return random.nextInt(6) == 0 ? (int) number() : 1 + random.nextInt(4);
        }

        private ReplicaKey key() {
            Uuid directory = random.nextBoolean() ? Uuid.ZERO_UUID : new Uuid(1, random.nextInt(3));
            return new ReplicaKey(id(), directory);
        }

        private List<ReplicaKey> keys() {
            List<ReplicaKey> keys = new ArrayList<>();
            for (int i = random.nextInt(5) == 0 ? 70 : random.nextInt(4); i > 0; i--) {
                keys.add(key());
            }
            return keys;
        }

        private Voter voter() {
            return new Voter(key(), random.nextBoolean() ? Map.of() : Map.of("C", address()), (short) number(), (short)
                    number());
        }

        private HostPort address() {
            return new HostPort("v", 1 + random.nextInt(4));
        }

        private OffsetAndEpoch place() {
            return new OffsetAndEpoch(number(), random.nextBoolean() ? epoch() : (int) number());
        }

        private long number() {
            long[] edges = {
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                -1,
                0,
                1,
                log.endOffset(),
                log.start
            };
            return random.nextInt(3) == 0 ? random.nextLong() : edges[random.nextInt(edges.length)];
        }

        private <T> T pick(T[] values) {
            return values[random.nextInt(values.length)];
        }

        private <T> T maybe(T value) {
            return random.nextBoolean() ? value : null;
        }
    }
}
