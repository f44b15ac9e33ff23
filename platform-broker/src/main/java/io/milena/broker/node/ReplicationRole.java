package io.milena.broker.node;

import io.milena.broker.control.ControllerChannel;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.broker.replication.IsrNegotiation;
import io.milena.broker.replication.PeerLink;
import io.milena.broker.replication.ReplicaFetchers;
import io.milena.broker.replication.ReplicationConfig;
import io.milena.broker.throttle.ReplicationThrottle;
import io.milena.metadata.ConfigurationsImage;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.config.BrokerConfigs;
import io.milena.metadata.config.NodeConfig;
import io.milena.wire.NodeClient;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.apache.kafka.common.protocol.ApiMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires replication: connections to other brokers over the inter-broker listener, and in-sync replicas over the controller. */
final class ReplicationRole implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationRole.class);
    private static final int CONTROLLER_TIMEOUT_MS = 10_000;

    private final NodeConfig config;
    private final QuorumAccess quorum;
    private final ReplicationConfig settings;
    private final PartitionRegistry registry;
    private final ReplicaFetchers fetchers;
    private final ReplicationThrottle throttle;
    private final BrokerConfigs configs;

    ReplicationRole(
            NodeConfig config,
            QuorumAccess quorum,
            ControllerChannel controllers,
            PartitionRegistry registry,
            ReplicationThrottle throttle,
            LongSupplier brokerEpoch,
            ScheduledExecutorService scheduler) {
        this.config = config;
        this.quorum = quorum;
        this.registry = registry;
        this.throttle = throttle;
        this.configs = new BrokerConfigs(config);
        this.settings = new ReplicationConfig(
                config.nodeId(),
                config.intOf("num.replica.fetchers"),
                config.intOf("replica.fetch.wait.max.ms"),
                config.intOf("replica.fetch.min.bytes"),
                config.intOf("replica.fetch.max.bytes"),
                config.intOf("replica.fetch.response.max.bytes"),
                config.intOf("replica.fetch.backoff.ms"),
                config.longOf("replica.lag.time.max.ms"));
        this.fetchers = new ReplicaFetchers(settings, this::dial, brokerEpoch, throttle);
        registry.replicateBy(new IsrNegotiation(
                settings,
                quorum.metadata()::image,
                brokerEpoch,
                request -> controllers.send(request, CONTROLLER_TIMEOUT_MS),
                scheduler));
        registry.addRoleListener(fetchers);
    }

    /** Brokers came, went, or were fenced; called with the image in place. */
    void onClusterChanged(ScheduledExecutorService scheduler) {
        try {
            scheduler.execute(registry::reconsiderUnsettled);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("Brokers came or went while this one stops");
        }
    }

    /** The configuration changed, or is known for the first time. */
    void onConfigs(ConfigurationsImage image) {
        throttle.limit(
                configs.longValue("leader.replication.throttled.rate", image),
                configs.longValue("follower.replication.throttled.rate", image));
    }

    private PeerLink dial(int brokerId) {
        NodeClient client = new NodeClient(quorum.eventLoops(), quorum.brokerClient(), () -> address(brokerId));
        return new PeerLink() {
            @Override
            public CompletableFuture<ApiMessage> send(ApiMessage request) {
                return client.send(request);
            }

            @Override
            public void disconnect() {
                client.disconnect();
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }

    private InetSocketAddress address(int brokerId) {
        MetadataImage image = quorum.metadata().image();
        return image.cluster()
                .broker(brokerId)
                .flatMap(broker -> broker.node(config.interBrokerListenerName()))
                .map(node -> InetSocketAddress.createUnresolved(node.host(), node.port()))
                .orElseThrow(() -> new IllegalStateException("Broker " + brokerId
                        + " is not registered with a listener " + config.interBrokerListenerName()));
    }

    @Override
    public void close() {
        fetchers.close();
    }
}
