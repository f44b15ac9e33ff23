package io.milena.testkit.raft;

import io.milena.raft.NotLeaderException;
import io.milena.raft.RaftClock;
import io.milena.raft.RaftListener;
import io.milena.raft.RaftNode;
import io.milena.raft.RaftNodeConfig;
import io.milena.raft.RaftTurns;
import io.milena.raft.SnapshotContents;
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
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** A machine with a member of the quorum: boots it from its disk, lets it take its turns, and watches it. */
final class QuorumHost implements Host.Program, RaftListener {
    static final String CLUSTER = "c1uster-AAAAAAAAAAAAAA";
    static final String LISTENER = "CONTROLLER";
    private static final Path PARTITION = Path.of("__cluster_metadata-0");

    private final Host host;
    private final boolean controller;
    private final QuorumPlan plan;
    private final QuorumHistory history;
    private final QuorumMap map;
    private Uuid directoryId;
    private int lives;
    private VoterSet believedVoters = VoterSet.EMPTY;

    // of the process that runs
    private @Nullable RaftNode raft;
    private @Nullable RaftTurns turns;
    private long wakeMs;
    private long alarms;
    private long highWatermark;
    private long nextOffset;
    private long chain;
    private @Nullable CommittedBatch last;
    private final Map<Long, String> promised = new TreeMap<>();
    private int promisedEpoch;

    QuorumHost(Host host, boolean controller, QuorumPlan plan, QuorumHistory history, QuorumMap map) {
        this.host = host;
        this.controller = controller;
        this.plan = plan;
        this.history = history;
        this.map = map;
        this.directoryId = map.newDirectoryId();
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
        return host.isUp() ? nextOffset : -1;
    }

    long chain() {
        return chain;
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
        nextOffset = -1;
        chain = 0;
        last = null;
        promised.clear();
        wakeMs = Long.MAX_VALUE;
        RaftNodeConfig.Builder config = RaftNodeConfig.builder(
                        id(), CLUSTER, directoryId, host.disk().path("/data"))
                .controller(controller)
                .controllerListener(LISTENER)
                .advertisedEndpoints(controller ? map.endpoints(id()) : Map.of())
                .fetchMaxBytes(2_000)
                .fetchSnapshotMaxBytes(150)
                .segmentBytes(4_096)
                .retentionBytes(plan.retentionBytes());
        if (plan.dynamic()) {
            config.bootstrapServers(map.controllers());
        } else {
            config.staticVoters(map.staticVoters());
        }
        RaftNode node = RaftNode.open(
                config.build(),
                new SimulatedTransport(life, this::turn, history),
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
        turns = node.turns();
        node.register(this);
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
        node.turns().begin();
        turn();
    }

    /** Lets the raft thread work until it has nothing to do, and sets the clock for when it has again. */
    void turn() {
        RaftTurns work = turns;
        Life life = host.life();
        if (work == null || life == null) {
            return;
        }
        do {
            work.turn();
            look();
        } while (work.hasTasks());
        long dueMs = Math.max(work.nextDeadlineMs(), life.nowMs() + 1);
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
        CommittedBatch newest = last;
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

    // ---- its state machine

    @Override
    public void onCommit(CommittedBatch batch) {
        Violation.unless(
                nextOffset < 0 ? batch.baseOffset() == 0 : batch.baseOffset() == nextOffset,
                "host %d is given a batch at %d after everything below %d",
                id(),
                batch.baseOffset(),
                nextOffset);
        RaftNode node = raft;
        chain = history.commits(id(), node == null ? 0 : node.leaderAndEpoch().epoch(), batch, chain);
        nextOffset = batch.lastOffset() + 1;
        last = batch;
        keepPromises(batch);
    }

    /** What a client was told it would be written at, it was, if the leader kept on leading. */
    private void keepPromises(CommittedBatch batch) {
        for (long offset = batch.baseOffset(); offset <= batch.lastOffset(); offset++) {
            String value = promised.remove(offset);
            if (value != null && batch.epoch() == promisedEpoch) {
                Violation.unless(
                        history.valueAt(offset).equals(value),
                        "host %d gave offset %d to '%s', but '%s' is committed there",
                        id(),
                        offset,
                        value,
                        history.valueAt(offset));
            }
        }
    }

    @Override
    public void onSnapshot(SnapshotContents snapshot) {
        long expected = history.chainBelow(snapshot.id().offset());
        String content = "";
        while (snapshot.batches().hasNext()) {
            content += String.join(
                    ",", QuorumHistory.values(snapshot.batches().next().records()));
        }
        Violation.unless(
                content.equals(Long.toString(expected)),
                "snapshot %s on host %d holds %s, replayed it is %d",
                snapshot.id(),
                id(),
                content,
                expected);
        host.world().note("snapshot loaded", id(), snapshot.id().offset());
        chain = expected;
        nextOffset = snapshot.id().offset();
        last = null;
    }

    @Override
    public void onLeaderChange(LeaderAndEpoch leader) {
        promised.clear();
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
        promisedEpoch = epoch;
        try {
            for (List<String> values : batches) {
                long lastOffset = node.scheduleAppend(epoch, records(values));
                for (int i = 0; i < values.size(); i++) {
                    promised.put(lastOffset - values.size() + 1 + i, values.get(i));
                }
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
        CommittedBatch upTo = last;
        if (upTo == null) {
            return;
        }
        OffsetAndEpoch end = new OffsetAndEpoch(upTo.lastOffset() + 1, upTo.epoch());
        Optional<SnapshotWriter> writer = node.createSnapshot(end, upTo.appendTimestampMs());
        if (writer.isPresent()) {
            host.world().note("snapshot", id(), end.offset());
            try (SnapshotWriter file = writer.get()) {
                file.append(records(List.of(Long.toString(chain))));
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
