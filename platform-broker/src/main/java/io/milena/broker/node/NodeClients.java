package io.milena.broker.node;

import io.milena.broker.control.ControllerChannel;
import io.milena.metadata.config.NodeConfig;
import io.milena.wire.NodeClient;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.WireEventLoops;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.protocol.ApiMessage;

/** How this node talks to controllers and to other brokers: names, time-outs and security of its connections. */
record NodeClients(NodeConfig config) {

    NodeClientConfig toControllers() {
        String listener = config.controllerListenerNames().get(0);
        NodeClientConfig client = dialling("node-" + config.nodeId())
                .withRequestTimeoutMs(Math.max(2_000, config.intOf("controller.quorum.request.timeout.ms")));
        return new ListenerSecurity(config).dialling(listener, client);
    }

    private NodeClientConfig dialling(String clientId) {
        return NodeClientConfig.of(clientId)
                .withConnectTimeoutMs(
                        upToInt("socket.connection.setup.timeout.ms"),
                        upToInt("socket.connection.setup.timeout.max.ms"));
    }

    private int upToInt(String key) {
        return (int) Math.min(Integer.MAX_VALUE, config.longOf(key));
    }

    NodeClientConfig toBrokers() {
        NodeClientConfig client = dialling("broker-" + config.nodeId())
                .withRequestTimeoutMs(config.intOf("replica.socket.timeout.ms"))
                .withReceiveBufferBytes(replicaReceiveBufferBytes());
        return new ListenerSecurity(config).dialling(config.interBrokerListenerName(), client);
    }

    /** Kafka's default of 64 KiB would keep the operating system from fitting the buffer to the connection: only if given. */
    private int replicaReceiveBufferBytes() {
        String key = "replica.socket.receive.buffer.bytes";
        return config.given().containsKey(key) ? config.intOf(key) : -1;
    }

    /** A connection to {@code controller} for the broker's requests, which may wait there. */
    ControllerChannel.Link dial(WireEventLoops loops, Node controller, Runnable onLost) {
        InetSocketAddress address = InetSocketAddress.createUnresolved(controller.host(), controller.port());
        NodeClientConfig patient = toControllers()
                .withRequestTimeoutMs(config.intOf("request.timeout.ms"))
                .withReconnectBackoffMs(5, 100);
        NodeClient client = new NodeClient(loops, patient, () -> address);
        client.onDisconnect(onLost);
        return new ControllerChannel.Link() {
            @Override
            public CompletableFuture<ApiMessage> send(ApiMessage request) {
                return client.send(request);
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }
}
