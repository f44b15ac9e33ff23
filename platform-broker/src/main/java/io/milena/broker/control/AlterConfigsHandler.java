package io.milena.broker.control;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiError;

/** AlterConfigs (33), the older way: replaces all values of a resource. Loggers have no such thing; the rest is the controller's. */
final class AlterConfigsHandler implements ApiHandler<AlterConfigsRequestData> {
    private final int nodeId;
    private final ForwardingHandler controller;

    AlterConfigsHandler(int nodeId, ForwardingHandler controller) {
        this.nodeId = nodeId;
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.ALTER_CONFIGS;
    }

    @Override
    public void handle(Exchange<AlterConfigsRequestData> exchange) {
        AlterConfigsRequestData request = exchange.request();
        AlterConfigsRequestData rest = new AlterConfigsRequestData().setValidateOnly(request.validateOnly());
        AlterConfigsResponseData refusals = new AlterConfigsResponseData();
        for (AlterConfigsResource resource : request.resources()) {
            try {
                check(new ConfigResource(ConfigResource.Type.forId(resource.resourceType()), resource.resourceName()));
                rest.resources().mustAdd(resource.duplicate());
            } catch (ApiException refused) {
                ApiError error = ApiError.fromThrowable(refused);
                refusals.responses()
                        .add(new AlterConfigsResourceResponse()
                                .setResourceType(resource.resourceType())
                                .setResourceName(resource.resourceName())
                                .setErrorCode(error.error().code())
                                .setErrorMessage(error.message()));
            }
        }
        if (rest.resources().isEmpty()) {
            exchange.respond(refusals);
            return;
        }
        controller.forward(exchange, rest).whenComplete((answer, error) -> {
            if (answer instanceof AlterConfigsResponseData response) {
                response.responses().addAll(refusals.responses());
                exchange.respond(response);
            } else {
                exchange.fail(ForwardingHandler.failure(error));
            }
        });
    }

    private void check(ConfigResource resource) {
        if (resource.type() == ConfigResource.Type.BROKER_LOGGER) {
            throw new InvalidRequestException("Unexpected resource type " + resource.type());
        }
        IncrementalAlterConfigsHandler.requireThisBroker(resource, nodeId);
    }
}
