package io.milena.raft;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.records.CommittedBatch;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ConfigRecord;
import io.milena.wire.FeatureSource;
import io.milena.wire.HandlerRegistry;
import io.milena.wire.ListenerEndpoint;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.VersionRange;
import io.milena.wire.WireEventLoops;
import io.milena.wire.WireServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/** A raft node with a real log and real sockets, and a listener that remembers. */
final class TestNode implements AutoCloseable {
    static final String CLUSTER = "5L6g3nShT-eMCtK--X86sw";

    private static final FeatureSource FEATURES = new FeatureSource() {
        @Override
        public Map<String, VersionRange> supported() {
            return Map.of("kraft.version", new VersionRange((short) 0, (short) 1));
        }

        @Override
        public Map<String, Short> finalized() {
            return Map.of();
        }

        @Override
        public long finalizedEpoch() {
            return -1;
        }
    };

    final RaftNode raft;
    final Seen seen = new Seen();
    final List<Throwable> faults = new CopyOnWriteArrayList<>();
    private final WireEventLoops loops;
    private final WireTransport transport;
    private final WireServer server;

    TestNode(
            int id,
            Uuid directoryId,
            Path dir,
            int port,
            boolean controller,
            UnaryOperator<RaftNodeConfig.Builder> more) {
        loops = WireEventLoops.create(1);
        transport = new WireTransport(loops, NodeClientConfig.of("raft-" + id).withRequestTimeoutMs(2_000));
        RaftNodeConfig.Builder builder = RaftNodeConfig.builder(id, CLUSTER, directoryId, dir)
                .controller(controller)
                .advertisedEndpoints(controller ? Map.of("CONTROLLER", new HostPort("127.0.0.1", port)) : Map.of())
                .onFatalFault(faults::add);
        raft = RaftNode.open(more.apply(builder).build(), transport);
        server = WireServer.builder()
                .eventLoops(loops)
                .listener(
                        new ListenerEndpoint("CONTROLLER", "127.0.0.1", port, SecurityProtocol.PLAINTEXT),
                        HandlerRegistry.builder()
                                .features(FEATURES)
                                .addAll(raft.handlers())
                                .build())
                .build();
        raft.register(seen);
        raft.start();
        if (controller) {
            server.start();
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<VersionedRecord> config(String... values) {
        List<VersionedRecord> records = new ArrayList<>();
        for (String value : values) {
            records.add(new VersionedRecord(
                    new ConfigRecord()
                            .setResourceType((byte) 2)
                            .setResourceName("t")
                            .setName("k")
                            .setValue(value),
                    0));
        }
        return records;
    }

    @Override
    public void close() {
        server.close();
        raft.close();
        transport.close();
        loops.close();
    }

    /** What a listener was told. */
    static final class Seen implements RaftListener {
        final List<String> values = new CopyOnWriteArrayList<>();
        final List<LeaderAndEpoch> leaders = new CopyOnWriteArrayList<>();
        final List<OffsetAndEpoch> snapshots = new CopyOnWriteArrayList<>();
        final List<Runnable> later = new CopyOnWriteArrayList<>();
        volatile long nextOffset = -1;
        volatile long lastTimestampMs;
        volatile int lastEpoch;

        @Override
        public void onCommit(CommittedBatch batch) {
            later.forEach(
                    Runnable::run); // what a listener with a thread of its own does: reads the snapshot after the call
            later.clear();
            if (nextOffset >= 0 && batch.baseOffset() != nextOffset) {
                throw new IllegalStateException("gap: " + batch.baseOffset() + " after " + nextOffset);
            }
            add(batch);
            lastTimestampMs = batch.appendTimestampMs();
            lastEpoch = batch.epoch();
            nextOffset = batch.lastOffset() + 1;
        }

        private void add(CommittedBatch batch) {
            for (VersionedRecord record : batch.records()) {
                if (record.message() instanceof ConfigRecord config) {
                    values.add(config.value());
                }
            }
        }

        @Override
        public void onSnapshot(SnapshotContents snapshot) {
            snapshots.add(snapshot.id());
            values.clear();
            later.add(() -> snapshot.batches().forEachRemaining(this::add));
            nextOffset = snapshot.id().offset();
        }

        @Override
        public void onLeaderChange(LeaderAndEpoch leader) {
            leaders.add(leader);
        }
    }
}
