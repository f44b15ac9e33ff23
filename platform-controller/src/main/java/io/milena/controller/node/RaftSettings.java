package io.milena.controller.node;

import io.milena.metadata.Endpoint;
import io.milena.metadata.config.NodeConfig;
import io.milena.metadata.config.QuorumVoter;
import io.milena.raft.RaftNodeConfig;
import io.milena.raft.core.HostPort;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Raft's part of a node's configuration. */
final class RaftSettings {
    private RaftSettings() {}

    static RaftNodeConfig of(NodeConfig config, QuorumIdentity identity, Consumer<Throwable> onFatalFault) {
        Map<Integer, HostPort> voters = new HashMap<>();
        for (QuorumVoter voter : config.quorumVoters()) {
            voters.put(voter.id(), new HostPort(voter.host(), voter.port()));
        }
        Map<String, HostPort> advertised = new HashMap<>();
        if (config.isController()) {
            for (Endpoint endpoint : config.advertisedListeners()) {
                if (config.controllerListenerNames().contains(endpoint.listener())) {
                    advertised.put(endpoint.listener(), new HostPort(endpoint.host(), endpoint.port()));
                }
            }
        }
        return RaftNodeConfig.builder(
                        config.nodeId(), identity.clusterId(), identity.metadataDirectoryId(), config.metadataLogDir())
                .controller(config.isController())
                .staticVoters(voters)
                .bootstrapServers(config.quorumBootstrapServers().stream()
                        .map(server -> new HostPort(server.host(), server.port()))
                        .toList())
                .controllerListener(config.controllerListenerNames().get(0))
                .advertisedEndpoints(advertised)
                .electionTimeoutMs(config.intOf("controller.quorum.election.timeout.ms"))
                .electionBackoffMaxMs(config.intOf("controller.quorum.election.backoff.max.ms"))
                .fetchTimeoutMs(config.intOf("controller.quorum.fetch.timeout.ms"))
                .leaderLossGraceMs(config.intOf("milena.controller.quorum.connection.loss.grace.ms"))
                .requestTimeoutMs(config.intOf("controller.quorum.request.timeout.ms"))
                .retryBackoffMs(config.intOf("controller.quorum.retry.backoff.ms"))
                .fetchMaxBytes(config.intOf("controller.quorum.fetch.max.bytes"))
                .fetchSnapshotMaxBytes(config.intOf("controller.quorum.fetch.snapshot.max.bytes"))
                .segmentBytes(config.intOf("metadata.log.segment.bytes"))
                .segmentMs(config.longOf("metadata.log.segment.ms"))
                .retentionBytes(config.longOf("metadata.max.retention.bytes"))
                .retentionMs(config.longOf("metadata.max.retention.ms"))
                .onFatalFault(onFatalFault)
                .build();
    }
}
