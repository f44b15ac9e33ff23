package io.milena.controller.core;

import java.util.Map;
import org.apache.kafka.common.Uuid;

/**
 * A registered controller (KIP-919).
 *
 * @param id node id
 * @param incarnationId of its process
 * @param endpoints its listeners by name
 * @param supportedFeatures ranges it announced
 */
public record ControllerState(
        int id,
        Uuid incarnationId,
        Map<String, BrokerState.Endpoint> endpoints,
        Map<String, FeatureRange> supportedFeatures) {}
