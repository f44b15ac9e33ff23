package io.milena.broker.control;

import io.milena.metadata.BrokerRegistration;
import io.milena.metadata.Endpoint;
import io.milena.metadata.MetadataImage;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.MismatchedEndpointTypeException;
import org.apache.kafka.common.errors.UnsupportedEndpointTypeException;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;

/** DescribeCluster (60) as a broker answers it: the brokers, not the controllers (KIP-919). */
public final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequestData> {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final Supplier<MetadataImage> image;
    private final String clusterId;
    private final int nodeId;

    public DescribeClusterHandler(Supplier<MetadataImage> image, String clusterId, int nodeId) {
        this.image = image;
        this.clusterId = clusterId;
        this.nodeId = nodeId;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_CLUSTER;
    }

    @Override
    public void handle(Exchange<DescribeClusterRequestData> exchange) {
        DescribeClusterRequestData request = exchange.request();
        if (request.endpointType() == CONTROLLERS) {
            exchange.fail(
                    new MismatchedEndpointTypeException(
                            "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"));
            return;
        }
        if (request.endpointType() != BROKERS) {
            exchange.fail(new UnsupportedEndpointTypeException("Unsupported endpoint type " + request.endpointType()
                    + "; known are 1 (brokers) and 2 (controllers)"));
            return;
        }
        ClusterView view = new ClusterView(image.get(), exchange.listener());
        DescribeClusterResponseData response = new DescribeClusterResponseData()
                .setEndpointType(BROKERS)
                .setClusterId(clusterId)
                .setControllerId(nodeId)
                .setClusterAuthorizedOperations(
                        AuthorizedOperations.onCluster(request.includeClusterAuthorizedOperations()));
        for (BrokerRegistration broker : view.image().cluster().brokers().values()) {
            Endpoint endpoint = broker.endpoints().get(exchange.listener());
            if (endpoint != null && (!broker.fenced() || request.includeFencedBrokers())) {
                response.brokers()
                        .add(new DescribeClusterBroker()
                                .setBrokerId(broker.id())
                                .setHost(endpoint.host())
                                .setPort(endpoint.port())
                                .setRack(broker.rack())
                                .setIsFenced(broker.fenced()));
            }
        }
        exchange.respond(response);
    }
}
