package io.milena.raft;

import io.milena.raft.core.HostPort;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything a {@link RaftNode} needs to know; Kafka's property in brackets.
 *
 * @param nodeId this node's id [{@code node.id}]
 * @param clusterId cluster id from meta.properties
 * @param directoryId directory id of the metadata log directory, from meta.properties
 * @param metadataLogDir the directory holding {@code __cluster_metadata-0} [{@code metadata.log.dir}]
 * @param controller whether this process has the controller role: such a node can vote, others only observe
 * @param staticVoters [{@code controller.quorum.voters}]; empty when the quorum is dynamic (KIP-853)
 * @param bootstrapServers [{@code controller.quorum.bootstrap.servers}]; where to look for the leader
 * @param controllerListener first of [{@code controller.listener.names}]: the listener on which voters are reached
 * @param advertisedEndpoints this node's own controller listeners by name; empty on a broker
 * @param electionTimeoutMs [{@code controller.quorum.election.timeout.ms}]
 * @param electionBackoffMaxMs [{@code controller.quorum.election.backoff.max.ms}]
 * @param fetchTimeoutMs [{@code controller.quorum.fetch.timeout.ms}]
 * @param requestTimeoutMs [{@code controller.quorum.request.timeout.ms}]
 * @param leaderLossGraceMs when the leader's host refuses connections, how long a voter waits for it before a pre-vote; 0 = until
 *     the fetch time-out [{@code milena.controller.quorum.connection.loss.grace.ms}]
 * @param fetchMaxWaitMs how long a leader may park an observer's or follower's fetch
 * @param retryBackoffMs pause before a failed request is repeated [{@code controller.quorum.retry.backoff.ms}]
 * @param fetchMaxBytes most bytes of records this node asks for at once [{@code controller.quorum.fetch.max.bytes}]
 * @param fetchSnapshotMaxBytes size of a snapshot's chunk [{@code controller.quorum.fetch.snapshot.max.bytes}]
 * @param maxBatchBytes upper bound of one appended batch, bytes
 * @param segmentBytes [{@code metadata.log.segment.bytes}]
 * @param segmentMs [{@code metadata.log.segment.ms}]
 * @param retentionBytes log plus snapshots kept once snapshots cover them [{@code metadata.max.retention.bytes}]; -1 = no limit
 * @param retentionMs [{@code metadata.max.retention.ms}]; -1 = no limit
 * @param onFatalFault told once, on the raft thread, when an invariant broke or the disk failed; the node has stopped by then
 * @param onWarning takes what the operator should know about peers, bounded in number; logged if not set
 */
public record RaftNodeConfig(
        int nodeId,
        String clusterId,
        Uuid directoryId,
        Path metadataLogDir,
        boolean controller,
        Map<Integer, HostPort> staticVoters,
        List<HostPort> bootstrapServers,
        String controllerListener,
        Map<String, HostPort> advertisedEndpoints,
        int electionTimeoutMs,
        int electionBackoffMaxMs,
        int fetchTimeoutMs,
        int requestTimeoutMs,
        int leaderLossGraceMs,
        int retryBackoffMs,
        int fetchMaxWaitMs,
        int fetchMaxBytes,
        int fetchSnapshotMaxBytes,
        int maxBatchBytes,
        int segmentBytes,
        long segmentMs,
        long retentionBytes,
        long retentionMs,
        Consumer<Throwable> onFatalFault,
        Consumer<String> onWarning) {
    private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);

    public RaftNodeConfig {
        staticVoters = Map.copyOf(staticVoters);
        bootstrapServers = List.copyOf(bootstrapServers);
        advertisedEndpoints = Map.copyOf(advertisedEndpoints);
        if (staticVoters.isEmpty() && bootstrapServers.isEmpty() && !controller) {
            throw new IllegalArgumentException("Node " + nodeId
                    + " knows no controller: set controller.quorum.bootstrap.servers or" + " controller.quorum.voters");
        }
    }

    public static Builder builder(int nodeId, String clusterId, Uuid directoryId, Path metadataLogDir) {
        return new Builder(nodeId, clusterId, directoryId, metadataLogDir);
    }

    /** Parses {@code 1@host:port,2@host:port} [{@code controller.quorum.voters}]; blank gives an empty map. */
    public static Map<Integer, HostPort> parseVoters(String text) {
        Map<Integer, HostPort> voters = new TreeMap<>();
        for (String entry : text.split(",", -1)) {
            String voter = entry.trim();
            if (voter.isEmpty()) {
                continue;
            }
            int at = voter.indexOf('@');
            if (at <= 0) {
                throw new IllegalArgumentException(
                        "controller.quorum.voters: '" + voter + "' must be of the form id@host:port");
            }
            voters.put(Integer.parseInt(voter.substring(0, at)), HostPort.parse(voter.substring(at + 1)));
        }
        return voters;
    }

    /** Builds a config with Kafka 4.3.1's defaults for everything but identity and place. */
    public static final class Builder {
        private final int nodeId;
        private final String clusterId;
        private final Uuid directoryId;
        private final Path metadataLogDir;
        private boolean controller;
        private Map<Integer, HostPort> staticVoters = Map.of();
        private List<HostPort> bootstrapServers = List.of();
        private String controllerListener = "CONTROLLER";
        private Map<String, HostPort> advertisedEndpoints = Map.of();
        private int electionTimeoutMs = 1_000;
        private int electionBackoffMaxMs = 1_000;
        private int fetchTimeoutMs = 2_000;
        private int requestTimeoutMs = 2_000;
        private int leaderLossGraceMs = 10;
        private int retryBackoffMs = 20;
        private int fetchMaxWaitMs = 500;
        private int fetchMaxBytes = 1024 * 1024;
        private int fetchSnapshotMaxBytes = 1024 * 1024;
        private int maxBatchBytes = 8 * 1024 * 1024;
        private int segmentBytes = 1024 * 1024 * 1024;
        private long segmentMs = 7L * 24 * 60 * 60 * 1000;
        private long retentionBytes = 100L * 1024 * 1024;
        private long retentionMs = 7L * 24 * 60 * 60 * 1000;
        private Consumer<Throwable> onFatalFault = fault -> {};
        private Consumer<String> onWarning = LOG::warn;

        private Builder(int nodeId, String clusterId, Uuid directoryId, Path metadataLogDir) {
            this.nodeId = nodeId;
            this.clusterId = Objects.requireNonNull(clusterId, "clusterId");
            this.directoryId = Objects.requireNonNull(directoryId, "directoryId");
            this.metadataLogDir = Objects.requireNonNull(metadataLogDir, "metadataLogDir");
        }

        public Builder controller(boolean value) {
            controller = value;
            return this;
        }

        public Builder staticVoters(Map<Integer, HostPort> value) {
            staticVoters = value;
            return this;
        }

        public Builder bootstrapServers(List<HostPort> value) {
            bootstrapServers = value;
            return this;
        }

        public Builder controllerListener(String value) {
            controllerListener = value;
            return this;
        }

        public Builder advertisedEndpoints(Map<String, HostPort> value) {
            advertisedEndpoints = value;
            return this;
        }

        public Builder electionTimeoutMs(int value) {
            electionTimeoutMs = value;
            return this;
        }

        public Builder electionBackoffMaxMs(int value) {
            electionBackoffMaxMs = value;
            return this;
        }

        public Builder fetchTimeoutMs(int value) {
            fetchTimeoutMs = value;
            return this;
        }

        public Builder requestTimeoutMs(int value) {
            requestTimeoutMs = value;
            return this;
        }

        public Builder leaderLossGraceMs(int value) {
            leaderLossGraceMs = value;
            return this;
        }

        public Builder retryBackoffMs(int value) {
            retryBackoffMs = value;
            return this;
        }

        public Builder fetchMaxWaitMs(int value) {
            fetchMaxWaitMs = value;
            return this;
        }

        public Builder fetchMaxBytes(int value) {
            fetchMaxBytes = value;
            return this;
        }

        public Builder fetchSnapshotMaxBytes(int value) {
            fetchSnapshotMaxBytes = value;
            return this;
        }

        public Builder maxBatchBytes(int value) {
            maxBatchBytes = value;
            return this;
        }

        public Builder segmentBytes(int value) {
            segmentBytes = value;
            return this;
        }

        public Builder segmentMs(long value) {
            segmentMs = value;
            return this;
        }

        public Builder retentionBytes(long value) {
            retentionBytes = value;
            return this;
        }

        public Builder retentionMs(long value) {
            retentionMs = value;
            return this;
        }

        public Builder onFatalFault(Consumer<Throwable> value) {
            onFatalFault = value;
            return this;
        }

        public Builder onWarning(Consumer<String> value) {
            onWarning = value;
            return this;
        }

        public RaftNodeConfig build() {
            return new RaftNodeConfig(
                    nodeId,
                    clusterId,
                    directoryId,
                    metadataLogDir,
                    controller,
                    staticVoters,
                    bootstrapServers,
                    controllerListener,
                    advertisedEndpoints,
                    electionTimeoutMs,
                    electionBackoffMaxMs,
                    fetchTimeoutMs,
                    requestTimeoutMs,
                    leaderLossGraceMs,
                    retryBackoffMs,
                    fetchMaxWaitMs,
                    fetchMaxBytes,
                    fetchSnapshotMaxBytes,
                    maxBatchBytes,
                    segmentBytes,
                    segmentMs,
                    retentionBytes,
                    retentionMs,
                    onFatalFault,
                    onWarning);
        }
    }
}
