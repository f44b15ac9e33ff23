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

    /** Opens a connection to a controller. */
    ControllerChannel.Link dial(Node controller);

    /** How to talk to other brokers. */
    NodeClientConfig brokerClient();

    WireEventLoops eventLoops();
}
