package io.milena.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;

/**
 * A deterministic world for some cores: one queue ordered by (time, sequence), everything from one seed. After each step the
 * {@link RaftProperties} are checked.
 */
final class SimCluster {
    record Faults(double loss, double duplicate, int maxDelayMs, double crash, double cut) {
        static final Faults NONE = new Faults(0, 0, 5, 0, 0);
    }

    record Entries(List<SimLog.Entry> list) implements Response.Block {
        @Override
        public int sizeInBytes() {
            return list.size();
        }
    }

    private record Timed(long atMs, long sequence, Runnable what) {}

    final Random random;
    final Map<Integer, Node> nodes = new TreeMap<>();
    private final RaftProperties properties = new RaftProperties();
    final VoterSet voters;
    final StringBuilder trace = new StringBuilder();
    Faults faults = Faults.NONE;
    long nowMs = 1_000;
    long traceHash;
    private long sequence;
    private long nextValue;
    private final PriorityQueue<Timed> queue =
            new PriorityQueue<>(Comparator.comparingLong(Timed::atMs).thenComparingLong(Timed::sequence));
    private final java.util.Set<List<Integer>> cuts = new java.util.HashSet<>();
    /** The second's host refuses the first's connections, though it lives. */
    final java.util.Set<List<Integer>> refusing = new java.util.HashSet<>();

    SimCluster(long seed, int voterCount, int observerCount) {
        random = new Random(seed);
        Map<Integer, HostPort> addresses = new TreeMap<>();
        for (int id = 1; id <= voterCount; id++) {
            addresses.put(id, new HostPort("v", id));
        }
        voters = VoterSet.ofStatic(addresses, "C");
        for (int id = 1; id <= voterCount + observerCount; id++) {
            nodes.put(id, new Node(id, new SimLog(voters)));
        }
        nodes.values().forEach(Node::start);
    }

    final class Node {
        final int id;
        final SimLog log;
        ElectionState persisted = ElectionState.INITIAL;
        RaftCore core;
        boolean up;
        int life;
        long hw = -1;
        long nextTicket;
        final Map<Long, Runnable> broken = new HashMap<>();
        final Map<Long, java.util.function.Consumer<Response>> tickets = new HashMap<>();
        final Deque<Event> events = new ArrayDeque<>();
        final List<Effect.ServeFetch> parked = new ArrayList<>();
        boolean performing;
        long wakeAt = Long.MAX_VALUE;

        Node(int id, SimLog log) {
            this.id = id;
            this.log = log;
        }

        void start() {
            up = true;
            wakeAt = Long.MAX_VALUE;
            life++;
            hw = -1;
            HostPort self = new HostPort("v", id);
            core = new RaftCore(
                    new CoreConfig(
                            new CoreConfig.Self(ReplicaKey.of(id), voters.ids().contains(id), "C", Map.of("C", self)),
                            List.of(),
                            new CoreConfig.Election(1000, 1000, 20),
                            new CoreConfig.Fetching(2000, new Request.Fetch.Limits(500, 1024), 1024),
                            new CoreConfig.Requests(2000, 20)),
                    log,
                    new Random(random.nextLong()));
            performing = true;
            perform(core.start(persisted, nowMs));
            drain();
        }

        void crash() {
            up = false;
            life++;
            broken.values().forEach(Runnable::run); // the kernel closes a dead process's sockets
            broken.clear();
            tickets.clear();
            parked.clear();
            events.clear();
            while (log.entries.size() > log.durable && random.nextBoolean()) {
                log.entries.remove(log.entries.size() - 1);
            }
            log.flush();
        }

        /** All connections to it break, and what was asked on them has no answer; it lives. */
        void breakConnections() {
            List<Runnable> all = List.copyOf(broken.values());
            broken.clear();
            tickets.clear();
            all.forEach(Runnable::run);
        }

        void feed(Event event) {
            if (!up) {
                return;
            }
            events.add(event);
            if (!performing) {
                drain();
            }
        }

        private void drain() {
            performing = true;
            for (Event event = events.poll(); event != null; event = events.poll()) {
                perform(core.step(event, nowMs));
            }
            performing = false;
            schedule();
            check(this);
        }

        private void schedule() {
            long deadline = Math.max(nowMs + 1, core.nextDeadlineMs());
            if (core.nextDeadlineMs() != Long.MAX_VALUE && (wakeAt <= nowMs || deadline < wakeAt)) {
                wakeAt = deadline;
                int of = life;
                at(deadline, () -> {
                    if (life == of && wakeAt <= nowMs) {
                        wakeAt = Long.MAX_VALUE;
                        feed(new Event.Tick());
                    }
                });
            }
        }

        private void perform(List<Effect> effects) {
            for (Effect effect : effects) {
                perform(effect);
            }
        }

        private void perform(Effect effect) {
            note(id + " " + effect);
            if (effect instanceof Effect.Persist persist) {
                persisted = persist.state();
            } else if (effect instanceof Effect.Send send) {
                transmit(this, send);
            } else if (effect instanceof Effect.Reply reply) {
                answer(reply.ticket(), reply.response());
            } else if (effect instanceof Effect.ServeFetch serve) {
                if (log.endOffset() > serve.request().offset()
                        || serve.highWatermark() > serve.request().highWatermark()) {
                    reply(serve);
                } else {
                    park(serve);
                }
            } else if (effect instanceof Effect.ServeSnapshot serve) {
                boolean there = log.snapshot
                        .filter(serve.request().snapshotId()::equals)
                        .isPresent();
                answer(
                        serve.ticket(),
                        new Response.FetchSnapshot(
                                there ? serve.header() : withError(serve.header(), Errors.SNAPSHOT_NOT_FOUND),
                                serve.request().snapshotId(),
                                2,
                                serve.request().position(),
                                there ? new Entries(List.of(new SimLog.Entry(0, 0))) : null));
            } else if (effect instanceof Effect.AppendLeaderChange change) {
                log.append(new SimLog.Entry(change.epoch(), nextValue++));
                log.flush();
                events.add(new Event.LogChanged(log.endOffset()));
            } else if (effect instanceof Effect.AppendFetched fetched) {
                ((Entries) fetched.records()).list().forEach(log::append);
                log.flush();
                events.add(new Event.LogChanged(log.endOffset()));
            } else if (effect instanceof Effect.Truncate truncate) {
                assertThat(truncate.offset()).as("truncation of node " + id).isGreaterThanOrEqualTo(hw);
                log.truncate(truncate.offset());
                events.add(new Event.LogChanged(log.endOffset()));
            } else if (effect instanceof Effect.WriteSnapshotChunk chunk) {
                if (chunk.last()) {
                    log.install(chunk.id());
                }
                events.add(new Event.LogChanged(log.endOffset()));
            } else if (effect instanceof Effect.Commit commit) {
                properties.commits(id, log, hw, commit.highWatermark());
                hw = commit.highWatermark();
                wakeParked();
            } else if (effect instanceof Effect.LeaderChanged) {
                List<Effect.ServeFetch> all = new ArrayList<>(parked);
                parked.clear();
                all.forEach(fetch -> events.add(new Event.RequestReceived(fetch.ticket(), fetch.request())));
            }
        }

        private void park(Effect.ServeFetch serve) {
            parked.add(serve);
            int of = life;
            at(nowMs + serve.request().maxWaitMs(), () -> {
                if (life == of && parked.remove(serve)) {
                    reply(serve);
                }
            });
        }

        private void wakeParked() {
            List<Effect.ServeFetch> all = new ArrayList<>(parked);
            parked.clear();
            all.forEach(fetch -> events.add(new Event.RequestReceived(fetch.ticket(), fetch.request())));
        }

        private void reply(Effect.ServeFetch serve) {
            List<SimLog.Entry> some = new ArrayList<>();
            for (long offset = serve.request().offset();
                    offset < Math.min(log.endOffset(), serve.request().offset() + 3);
                    offset++) {
                some.add(log.at(offset));
            }
            answer(
                    serve.ticket(),
                    new Response.Fetch(
                            serve.header(), null, null, new Entries(some), serve.highWatermark(), log.start));
        }

        private void answer(long ticket, Response response) {
            var waiting = tickets.remove(ticket);
            if (waiting != null) {
                waiting.accept(response);
            }
        }

        boolean propose() {
            if (!up || !core.isLeader()) {
                return false;
            }
            log.append(new SimLog.Entry(core.epoch(), nextValue++));
            if (random.nextInt(4) > 0) {
                log.flush();
                feed(new Event.LogChanged(log.endOffset()));
            }
            return true;
        }
    }

    static Response.Header withError(Response.Header header, Errors error) {
        return new Response.Header(error, header.epoch(), header.leader(), header.leaderAddress());
    }

    private void transmit(Node from, Effect.Send send) {
        Node to = nodes.get(send.to().address().port());
        int senderLife = from.life;
        if (isCut(from.id, to.id) || random.nextDouble() < faults.loss()) {
            return; // the core's own time-out notices
        }
        int copies = random.nextDouble() < faults.duplicate() ? 2 : 1;
        for (int copy = 0; copy < copies; copy++) {
            at(nowMs + delay(), () -> {
                java.util.function.Consumer<Loss> lost = why -> at(nowMs + delay(), () -> {
                    if (from.life == senderLife && !isCut(to.id, from.id)) {
                        from.feed(new Event.RequestFailed(send.to(), send.request(), why));
                    }
                });
                if (!to.up || refusing.contains(List.of(from.id, to.id))) {
                    lost.accept(Loss.REFUSED);
                    return;
                }
                long ticket = to.nextTicket++;
                to.broken.put(ticket, () -> lost.accept(Loss.DISCONNECTED));
                to.tickets.put(ticket, response -> {
                    to.broken.remove(ticket);
                    if (isCut(to.id, from.id) || random.nextDouble() < faults.loss()) {
                        return;
                    }
                    at(nowMs + delay(), () -> {
                        if (from.life == senderLife) {
                            from.feed(new Event.ResponseReceived(send.to(), send.request(), response));
                        }
                    });
                });
                to.feed(new Event.RequestReceived(ticket, send.request()));
            });
        }
    }

    private long delay() {
        return 1 + random.nextInt(faults.maxDelayMs());
    }

    private boolean isCut(int from, int to) {
        return cuts.contains(List.of(from, to));
    }

    void at(long timeMs, Runnable what) {
        queue.add(new Timed(timeMs, sequence++, what));
    }

    void run(long durationMs, boolean proposing) {
        long end = nowMs + durationMs;
        long[] nextFault = {nowMs};
        while (!queue.isEmpty() && queue.peek().atMs() <= end) {
            Timed next = queue.poll();
            nowMs = Math.max(nowMs, next.atMs());
            next.what().run();
            if (proposing && random.nextInt(20) == 0) {
                nodes.values().forEach(Node::propose);
            }
            if (nowMs >= nextFault[0]) {
                nextFault[0] = nowMs + 100;
                injectFaults();
            }
        }
        nowMs = end;
    }

    private void injectFaults() {
        for (Node node : nodes.values()) {
            if (node.up && random.nextDouble() < faults.crash()) {
                node.crash();
                at(nowMs + 50 + random.nextInt(3000), () -> {
                    if (!node.up) {
                        node.start();
                    }
                });
            }
            if (node.up && random.nextDouble() < faults.crash() && node.hw > node.log.start + 4) {
                node.log.compact(node.hw - random.nextInt(3));
            }
        }
        if (random.nextDouble() < faults.cut()) {
            int a = 1 + random.nextInt(nodes.size());
            int b = 1 + random.nextInt(nodes.size());
            cuts.add(List.of(a, b));
            at(nowMs + random.nextInt(4000), () -> cuts.remove(List.of(a, b)));
        }
    }

    void heal() {
        faults = Faults.NONE;
        cuts.clear();
        nodes.values().stream().filter(node -> !node.up).forEach(Node::start);
    }

    private void check(Node node) {
        if (node.core.isLeader()) {
            properties.leads(node.id, node.core.epoch(), node.log);
        }
        assertThat(node.persisted).isEqualTo(node.core.election());
    }

    private void note(String what) {
        traceHash = traceHash * 31 + what.hashCode() + nowMs;
        if (trace.length() < 200_000) {
            trace.append(nowMs).append(' ').append(what).append('\n');
        }
    }

    java.util.Optional<Node> leader() {
        return nodes.values().stream()
                .filter(node -> node.up && node.core.isLeader())
                .max(Comparator.comparingInt(node -> node.core.epoch()));
    }
}
