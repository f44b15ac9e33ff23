package io.milena.broker.node;

import io.milena.broker.control.ControllerChannel;
import io.milena.metadata.MetadataLoader;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.WireEventLoops;
import java.util.Optional;
import org.apache.kafka.common.Node;

/** What the broker role needs of this process's share of the metadata quorum. */
interface QuorumAccess {
    MetadataLoader metadata();

    /** Id and address of the active controller, as far as known. */
    Optional<Node> activeController();

    /** Adds an action that runs when another controller may be active, on the raft thread: it must hand off and not fail. */
    void onControllerChange(Runnable action);

    /** Opens a connection to a controller. */
    ControllerChannel.Link dial(Node controller, Runnable onLost);

    /** How to talk to other brokers. */
    NodeClientConfig brokerClient();

    /** The level of {@code kraft.version}. */
    short kraftVersion();

    WireEventLoops eventLoops();

    /** Stops this node, which cannot go on. Any thread; returns at once. */
    void onFatalFault(Throwable cause);
}
