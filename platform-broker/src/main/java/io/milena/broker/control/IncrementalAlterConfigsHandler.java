package io.milena.broker.control;

import io.milena.metadata.config.NodeIds;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.ApiError;

/**
 * IncrementalAlterConfigs (44, KIP-339): this broker's loggers change here, what is meant for another broker is refused, and the
 * rest is decided by the controller. The answer holds all resources in the order asked.
 */
final class IncrementalAlterConfigsHandler implements ApiHandler<IncrementalAlterConfigsRequestData> {
    private final int nodeId;
    private final LoggerChanges loggers;
    private final ForwardingHandler controller;

    IncrementalAlterConfigsHandler(int nodeId, LoggerChanges loggers, ForwardingHandler controller) {
        this.nodeId = nodeId;
        this.loggers = loggers;
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.INCREMENTAL_ALTER_CONFIGS;
    }

    @Override
    public void handle(Exchange<IncrementalAlterConfigsRequestData> exchange) {
        IncrementalAlterConfigsRequestData request = exchange.request();
        Map<ConfigResource, ApiError> decided = decideHere(request);
        IncrementalAlterConfigsRequestData rest =
                new IncrementalAlterConfigsRequestData().setValidateOnly(request.validateOnly());
        for (AlterConfigsResource resource : request.resources()) {
            if (!decided.containsKey(key(resource))) {
                rest.resources().add(resource.duplicate());
            }
        }
        if (rest.resources().isEmpty()) {
            exchange.respond(response(request, decided));
            return;
        }
        controller.forward(exchange, rest).whenComplete((answer, error) -> {
            if (answer instanceof IncrementalAlterConfigsResponseData response) {
                response.responses()
                        .forEach(each -> decided.put(
                                new ConfigResource(ConfigResource.Type.forId(each.resourceType()), each.resourceName()),
                                new ApiError(each.errorCode(), each.errorMessage())));
                exchange.respond(response(request, decided));
            } else {
                exchange.fail(ForwardingHandler.failure(error));
            }
        });
    }

    private Map<ConfigResource, ApiError> decideHere(IncrementalAlterConfigsRequestData request) {
        Map<ConfigResource, ApiError> decided = new HashMap<>();
        Set<ConfigResource> seen = new HashSet<>();
        for (AlterConfigsResource resource : request.resources()) {
            if (!seen.add(key(resource))) {
                decided.put(
                        key(resource),
                        ApiError.fromThrowable(new InvalidRequestException("Each resource must appear at most once.")));
            }
        }
        for (AlterConfigsResource resource : request.resources()) {
            try {
                if (!decided.containsKey(key(resource)) && decide(resource, request.validateOnly())) {
                    decided.put(key(resource), ApiError.NONE);
                }
            } catch (ApiException refused) {
                decided.put(key(resource), ApiError.fromThrowable(refused));
            }
        }
        return decided;
    }

    /** Whether nothing is left for the controller. */
    private boolean decide(AlterConfigsResource resource, boolean validateOnly) {
        ConfigResource key = key(resource);
        if (key.type() == ConfigResource.Type.BROKER_LOGGER) {
            loggers.apply(resource, validateOnly);
            return true;
        }
        requireThisBroker(key, nodeId);
        return false;
    }

    /** Values of one broker are sent to that broker, which can check them against its own. */
    static void requireThisBroker(ConfigResource resource, int nodeId) {
        if (resource.type() == ConfigResource.Type.BROKER
                && !resource.name().isEmpty()
                && NodeIds.parse(resource.name()) != nodeId) {
            throw new InvalidRequestException(
                    "Unexpected broker id, expected " + nodeId + " or empty string, but received " + resource.name());
        }
    }

    private static ConfigResource key(AlterConfigsResource resource) {
        return new ConfigResource(ConfigResource.Type.forId(resource.resourceType()), resource.resourceName());
    }

    private static ApiMessage response(
            IncrementalAlterConfigsRequestData request, Map<ConfigResource, ApiError> decided) {
        IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
        for (AlterConfigsResource resource : request.resources()) {
            ApiError error = decided.getOrDefault(key(resource), ApiError.NONE);
            response.responses()
                    .add(new AlterConfigsResourceResponse()
                            .setResourceType(resource.resourceType())
                            .setResourceName(resource.resourceName())
                            .setErrorCode(error.error().code())
                            .setErrorMessage(error.message()));
        }
        return response;
    }
}
