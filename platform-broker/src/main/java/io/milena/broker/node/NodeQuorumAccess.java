package io.milena.broker.node;

import io.milena.broker.control.ControllerChannel;
import io.milena.controller.node.MetadataQuorum;
import io.milena.metadata.MetadataLoader;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.WireEventLoops;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.Node;

/**
 * What the broker role of a node gets of the node's share of the quorum.
 *
 * @param fatalFault stops the node; returns at once
 */
record NodeQuorumAccess(
        MetadataQuorum quorum, NodeClients clients, WireEventLoops loops, Consumer<Throwable> fatalFault)
        implements QuorumAccess {
    @Override
    public MetadataLoader metadata() {
        return quorum.metadata();
    }

    @Override
    public Optional<Node> activeController() {
        return quorum.raft().leaderNode();
    }

    @Override
    public NodeClientConfig brokerClient() {
        return clients.toBrokers();
    }

    @Override
    public void onControllerChange(Runnable action) {
        quorum.onLeaderChange(leader -> action.run());
    }

    @Override
    public ControllerChannel.Link dial(Node controller, Runnable onLost) {
        return clients.dial(loops, controller, onLost);
    }

    @Override
    public short kraftVersion() {
        return quorum.raft().kraftVersion();
    }

    @Override
    public WireEventLoops eventLoops() {
        return loops;
    }

    @Override
    public void onFatalFault(Throwable cause) {
        fatalFault.accept(cause);
    }
}
