package io.milena.testkit.raft;

import io.milena.raft.NotLeaderException;
import io.milena.raft.RaftClock;
import io.milena.raft.RaftNode;
import io.milena.raft.RaftNodeConfig;
import io.milena.raft.SnapshotWriter;
import io.milena.raft.core.HostPort;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.VoterSet;
import io.milena.raft.storage.SnapshotFileWriter;
import io.milena.records.CommittedBatch;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ConfigRecord;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.wire.WireService;
import io.milena.wire.HandlerRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** A machine with a member of the quorum: boots it from its disk, lets it take its turns, and watches it. */
final class QuorumHost implements Host.Program {
    static final String CLUSTER = "c1uster-AAAAAAAAAAAAAA";
    static final String LISTENER = "CONTROLLER";
    private static final int MOST_POLLS = 100;
    private static final Path PARTITION = Path.of("__cluster_metadata-0");

    private final Host host;
    private final boolean controller;
    private final QuorumPlan plan;
    private final QuorumHistory history;
    private final QuorumWork work;
    private final QuorumMap map;
    private Uuid directoryId;
    private int lives;
    private VoterSet believedVoters = VoterSet.EMPTY;

    // of the process that runs
    private @Nullable RaftNode raft;
    private long wakeMs;
    private long alarms;
    private long highWatermark;
    private QuorumStateMachine machine;
    private Tenure tenure;

    QuorumHost(Host host, boolean controller, QuorumPlan plan, QuorumHistory history, QuorumWork work, QuorumMap map) {
        this.host = host;
        this.controller = controller;
        this.plan = plan;
        this.history = history;
        this.work = work;
        this.map = map;
        this.directoryId = map.newDirectoryId();
        this.machine = new QuorumStateMachine(host, history, () -> 0);
        this.tenure = new Tenure(new ReplicaKey(host.id(), directoryId));
        host.disk().syncUs(plan.syncUs());
    }

    Host host() {
        return host;
    }

    int id() {
        return host.id();
    }

    boolean isController() {
        return controller;
    }

    ReplicaKey key() {
        return new ReplicaKey(id(), directoryId);
    }

    /** The process that runs; null if none does. */
    @Nullable
    RaftNode raft() {
        return host.isUp() ? raft : null;
    }

    boolean leads() {
        RaftNode running = raft();
        return running != null && running.roleName().equals("Leader");
    }

    /** Everything below is committed and was seen here in this life. */
    long nextOffset() {
        return host.isUp() ? machine.nextOffset() : -1;
    }

    long chain() {
        return machine.chain();
    }

    // ---- disk

    /** What {@code kafka-storage format} leaves: in a dynamic quorum, who the first voters are. */
    void format(@Nullable VoterSet initialVoters) {
        host.disk().mount();
        Path directory = partition();
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (initialVoters != null) {
            try (SnapshotFileWriter file = SnapshotFileWriter.create(directory, new OffsetAndEpoch(0, 0))) {
                file.writeHeader(0, 0, (short) 1, initialVoters);
                file.writeFooter(0);
                file.freeze();
            }
        }
        host.disk().unmount();
    }

    /** The disk is replaced; the machine comes back as another replica with the same node id. */
    void wipe() {
        host.disk().heal(); // it is a new one
        host.disk().wipe();
        directoryId = map.newDirectoryId();
        believedVoters = VoterSet.EMPTY;
        history.wiped(id());
        format(null);
    }

    private Path partition() {
        return host.disk().path("/data").resolve(PARTITION.toString());
    }

    // ---- the process

    @Override
    public void start(Life life) {
        lives++;
        highWatermark = -1;
        wakeMs = Long.MAX_VALUE;
        RaftNodeConfig.Builder config = RaftNodeConfig.builder(
                        id(), CLUSTER, directoryId, host.disk().path("/data"))
                .controller(controller)
                .controllerListener(LISTENER)
                .advertisedEndpoints(controller ? map.endpoints(id()) : Map.of())
                .fetchMaxBytes(2_000)
                .fetchSnapshotMaxBytes(150)
                .segmentBytes(4_096)
                .retentionBytes(plan.retentionBytes())
                .onWarning(text -> work.warned(life, text));
        if (plan.dynamic()) {
            config.bootstrapServers(map.controllers());
        } else {
            config.staticVoters(map.staticVoters());
        }
        RaftNode node = RaftNode.open(
                config.build(),
                new SimulatedTransport(life, this::turn, history, work),
                new RaftClock() {
                    @Override
                    public long nowMs() {
                        return host.clock().nowMs();
                    }

                    @Override
                    public long wallMs() {
                        return host.clock().wallMs();
                    }
                },
                host.world().dice().fork());
        raft = node;
        machine = new QuorumStateMachine(
                host, history, () -> node.leaderAndEpoch().epoch());
        tenure = new Tenure(key());
        node.register(machine);
        if (controller) {
            WireService service = new WireService(
                    LISTENER,
                    HandlerRegistry.builder()
                            .features(KraftFeature.SUPPORTED)
                            .addAll(node.handlers())
                            .build());
            HostPort address = map.address(id());
            host.network().listen(life, address.host(), address.port(), (line, request, answer) -> {
                service.receive(line, request, answer);
                turn();
            });
        }
        node.begin();
        turn();
    }

    /** Lets the raft thread work until it has nothing to do, and sets the clock for when it has again. */
    void turn() {
        RaftNode node = raft;
        Life life = host.life();
        if (node == null || life == null) {
            return;
        }
        int polls = 0;
        do {
            node.poll();
            look();
            Violation.unless(polls++ < MOST_POLLS, "host %d is not done after %d polls in a row", id(), polls);
        } while (node.hasTasks());
        long dueMs = Math.max(node.nextDeadlineMs(), life.nowMs() + 1);
        if (dueMs < wakeMs) {
            wakeMs = dueMs;
            long alarm = ++alarms;
            life.after(dueMs - life.nowMs(), () -> {
                if (alarm == alarms) {
                    wakeMs = Long.MAX_VALUE;
                    turn();
                }
            });
        }
    }

    private void look() {
        RaftNode node = raft;
        if (node == null) {
            return;
        }
        LeaderAndEpoch now = node.leaderAndEpoch();
        history.sees(id(), lives, now, node.roleName().equals("Leader"), node.logEndOffset());
        tenure.look(node, host.clock().nowMs());
        long committed = node.highWatermark();
        Violation.unless(
                committed >= highWatermark,
                "the high watermark of host %d falls from %d to %d",
                id(),
                highWatermark,
                committed);
        Violation.unless(
                committed <= node.logEndOffset(),
                "the high watermark of host %d is %d, its log ends at %d",
                id(),
                committed,
                node.logEndOffset());
        CommittedBatch newest = machine.last();
        if (committed > highWatermark && newest != null && leads()) {
            Violation.unless(
                    newest.epoch() == now.epoch(),
                    "host %d leads epoch %d and commits up to %d by counting, though that is of epoch %d (Raft 5.4.2)",
                    id(),
                    now.epoch(),
                    committed,
                    newest.epoch());
        }
        highWatermark = committed;
        believedVoters = node.voters();
    }

    /** The voters in force on this host, or when it was last up. */
    VoterSet believedVoters() {
        return believedVoters;
    }

    // ---- what is asked of it

    /** A client appends some batches; nothing happens if this host does not lead. */
    void append(List<List<String>> batches) {
        soon(node -> append(node, batches));
    }

    private void soon(Consumer<RaftNode> what) {
        Life life = host.life();
        RaftNode node = raft;
        if (life != null && node != null) {
            life.execute(() -> what.accept(node));
        }
    }

    private void append(RaftNode node, List<List<String>> batches) {
        if (!leads()) {
            return;
        }
        int epoch = node.leaderAndEpoch().epoch();
        try {
            for (List<String> values : batches) {
                long lastOffset = node.scheduleAppend(epoch, records(values));
                machine.promise(epoch, values, lastOffset);
            }
        } catch (NotLeaderException lostMeanwhile) {
            return;
        } finally {
            turn();
        }
    }

    /** Everything seen so far goes into a snapshot. */
    void snapshot() {
        soon(this::snapshot);
    }

    private void snapshot(RaftNode node) {
        CommittedBatch upTo = machine.last();
        if (upTo == null) {
            return;
        }
        OffsetAndEpoch end = new OffsetAndEpoch(upTo.lastOffset() + 1, upTo.epoch());
        Optional<SnapshotWriter> writer = node.createSnapshot(end, upTo.appendTimestampMs());
        if (writer.isPresent()) {
            host.world().note("snapshot", id(), end.offset());
            try (SnapshotWriter file = writer.get()) {
                file.append(records(List.of(Long.toString(machine.chain()))));
                file.freeze();
            }
            turn();
        }
    }

    @Override
    public String toString() {
        RaftNode node = raft();
        if (node == null) {
            return "host " + id() + " is down";
        }
        return "host " + id() + ": " + node.roleName() + ' ' + node.leaderAndEpoch() + ", high watermark "
                + node.highWatermark() + ", log to " + node.logEndOffset() + ", voters "
                + node.voters().ids();
    }

    private static List<VersionedRecord> records(List<String> values) {
        return values.stream()
                .map(value -> new VersionedRecord(
                        new ConfigRecord()
                                .setResourceType((byte) 2)
                                .setResourceName("t")
                                .setName("k")
                                .setValue(value),
                        0))
                .toList();
    }
}
