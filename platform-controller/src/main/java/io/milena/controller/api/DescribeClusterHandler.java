package io.milena.controller.api;

import io.milena.controller.Controller;
import io.milena.controller.core.BrokerState;
import io.milena.controller.core.ControllerState;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeCluster (60) on a controller listener: tells the controllers' addresses on that listener, for admin clients that
 * bootstrap from controllers (KIP-919). Any controller answers, from what it has replayed.
 */
final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequestData> {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final Controller controller;

    DescribeClusterHandler(Controller controller) {
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_CLUSTER;
    }

    @Override
    public void handle(Exchange<DescribeClusterRequestData> exchange) {
        byte type = exchange.request().endpointType();
        if (type != CONTROLLERS) {
            Errors error = type == BROKERS ? Errors.MISMATCHED_ENDPOINT_TYPE : Errors.UNSUPPORTED_ENDPOINT_TYPE;
            exchange.respond(new DescribeClusterResponseData()
                    .setErrorCode(error.code())
                    .setErrorMessage("The request was sent to an endpoint of type CONTROLLER, but it asks for endpoints"
                            + " of type " + type + "."));
            return;
        }
        String listener = exchange.listener();
        int leader = controller.leader().leaderId().orElse(-1);
        controller
                .query(state -> {
                    DescribeClusterResponseData response = new DescribeClusterResponseData()
                            .setClusterId(controller.config().settings().clusterId())
                            .setControllerId(leader)
                            .setEndpointType(CONTROLLERS);
                    for (ControllerState each : state.brokers().controllers()) {
                        BrokerState.Endpoint endpoint = each.endpoints().get(listener);
                        if (endpoint != null) {
                            response.brokers()
                                    .add(new DescribeClusterBroker()
                                            .setBrokerId(each.id())
                                            .setHost(endpoint.host())
                                            .setPort(endpoint.port()));
                        }
                    }
                    return response;
                })
                .whenComplete((answer, error) -> {
                    if (error == null) {
                        exchange.respond(answer);
                    } else {
                        exchange.fail(error);
                    }
                });
    }
}
