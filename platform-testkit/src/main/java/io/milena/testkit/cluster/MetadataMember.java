package io.milena.testkit.cluster;

import io.milena.controller.MetadataLogWriter;
import io.milena.metadata.MetadataFaultHandler;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataLoader;
import io.milena.metadata.PublisherFailure;
import io.milena.metadata.ReplayCheck;
import io.milena.raft.RaftClock;
import io.milena.raft.RaftListener;
import io.milena.raft.RaftNode;
import io.milena.raft.RaftNodeConfig;
import io.milena.raft.RaftTransport;
import io.milena.raft.SnapshotContents;
import io.milena.raft.SnapshotWriter;
import io.milena.raft.core.HostPort;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.records.CommittedBatch;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.wire.WireClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** A process's share of the metadata quorum: its raft node, and the loader that turns the log into images. */
final class MetadataMember implements MetadataLogWriter {
    /** Small, so that decisions about a few partitions must be cut already. */
    private static final int MAX_BATCH_BYTES = 700;

    private final Life life;
    private final RaftNode raft;
    private final int maxBatchBytes;
    private final MetadataLoader loader;
    private long wakeMs = Long.MAX_VALUE;
    private boolean turning;
    private final List<Consumer<LeaderAndEpoch>> leaderListeners = new ArrayList<>();

    MetadataMember(Life life, ClusterMap map, boolean controller) {
        this.life = life;
        Host host = life.host();
        int id = host.id();
        RaftNodeConfig config = RaftNodeConfig.builder(
                        id, ClusterMap.CLUSTER, map.directoryId(id), host.disk().path("/data"))
                .controller(controller)
                .controllerListener(ClusterMap.CONTROLLER_LISTENER)
                .advertisedEndpoints(controller ? Map.of(ClusterMap.CONTROLLER_LISTENER, map.controller(id)) : Map.of())
                .staticVoters(map.voters())
                .electionTimeoutMs(500)
                .electionBackoffMaxMs(300)
                .fetchTimeoutMs(1_000)
                .requestTimeoutMs(1_000)
                .fetchMaxWaitMs(300)
                .maxBatchBytes(MAX_BATCH_BYTES)
                .segmentBytes(16_384)
                .retentionBytes(20_000)
                .build();
        this.maxBatchBytes = config.maxBatchBytes();
        this.raft = RaftNode.open(
                config,
                new Transport(),
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
        this.loader = new MetadataLoader(new Serial(life), new Faults(id));
        raft.register(new Feed());
    }

    /** In the simulated world nothing may go wrong while metadata is replayed or followed. */
    private record Faults(int node) implements MetadataFaultHandler {
        @Override
        public void onFault(String what, Throwable cause) {
            throw cause instanceof Violation seen ? seen : new Violation("Node " + node + ": " + what, cause);
        }

        @Override
        public void onPublisherFailure(PublisherFailure failure, long retryMs) {
            onFault("the publisher " + failure.publisher() + " failed", failure.cause());
        }
    }

    void begin() {
        raft.begin();
        turn();
    }

    void onLeaderChange(Consumer<LeaderAndEpoch> listener) {
        leaderListeners.add(listener);
    }

    RaftNode raft() {
        return raft;
    }

    MetadataLoader loader() {
        return loader;
    }

    MetadataImage image() {
        return loader.image();
    }

    /** Lets the raft thread work until it has nothing to do, and sets the clock for when it has again. */
    void turn() {
        if (turning || !life.isAlive()) {
            return;
        }
        turning = true;
        try {
            do {
                raft.poll();
            } while (raft.hasTasks());
        } finally {
            turning = false;
        }
        long dueMs = Math.max(raft.nextDeadlineMs(), life.nowMs() + 1);
        if (dueMs < wakeMs) {
            wakeMs = dueMs;
            life.after(dueMs - life.nowMs(), () -> {
                // A clock that has slowed down meanwhile makes this early: then the next turn sets another.
                if (wakeMs == dueMs) {
                    wakeMs = Long.MAX_VALUE;
                }
                turn();
            });
        }
    }

    private void soon() {
        life.execute(this::turn);
    }

    /** Puts what this process knows into a snapshot, which lets the log before it go. */
    void snapshot() {
        MetadataImage image = loader.image();
        if (image.provenance().offset() < 0
                || raft.highWatermark() <= image.provenance().offset()) {
            return; // a leader that is new does not know yet what is committed
        }
        OffsetAndEpoch end = new OffsetAndEpoch(
                image.provenance().offset() + 1, image.provenance().epoch());
        raft.createSnapshot(end, image.provenance().timestampMs()).ifPresent(writer -> {
            try (SnapshotWriter file = writer) {
                List<VersionedRecord> records = new ArrayList<>();
                image.write(records::add);
                file.append(records);
                file.freeze();
            }
        });
        turn();
    }

    // ---- the controller's log

    @Override
    public long append(int epoch, List<VersionedRecord> records) {
        Violation.unless(records.size() <= MAX_BATCH_BYTES / 10, "a batch of %d records", records.size());
        records.forEach(ReplayCheck::sizeOf);
        long lastOffset = raft.scheduleAppend(epoch, records);
        soon();
        return lastOffset;
    }

    @Override
    public int maxBatchBytes() {
        return maxBatchBytes;
    }

    @Override
    public void resign(int epoch) {
        throw new Violation("The controller of epoch " + epoch + " decided what contradicts its own state");
    }

    @Override
    public long logEndOffset() {
        return raft.logEndOffset();
    }

    @Override
    public void register(RaftListener listener) {
        raft.register(listener);
        soon();
    }

    @Override
    public void unregister(RaftListener listener) {
        raft.unregister(listener);
        soon();
    }

    private final class Feed implements RaftListener {
        @Override
        public void onCommit(CommittedBatch batch) {
            loader.onCommit(batch);
        }

        @Override
        public void onSnapshot(SnapshotContents snapshot) {
            List<CommittedBatch> batches = new ArrayList<>();
            snapshot.batches().forEachRemaining(batches::add);
            loader.onSnapshot(snapshot.id(), batches.iterator());
        }

        @Override
        public void onLeaderChange(LeaderAndEpoch leader) {
            leaderListeners.forEach(each -> each.accept(leader));
        }
    }

    /** Answers are handed to the raft thread, which then takes a turn. */
    private final class Transport implements RaftTransport {
        private final WireClient client = new WireClient(life, "raft");

        @Override
        public CompletableFuture<ApiMessage> send(HostPort to, ApiMessage request, long timeoutMs) {
            CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
            short version = ApiKeys.forId(request.apiKey()).messageType.highestSupportedVersion(false);
            client.ask(to.host(), to.port(), request, version, timeoutMs, (response, failure) -> {
                if (response != null) {
                    answer.complete(response);
                } else if (failure != null) {
                    answer.completeExceptionally(failure);
                }
                turn();
            });
            return answer;
        }

        @Override
        public void close() {}
    }
}
