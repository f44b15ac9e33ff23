package io.milena.broker.node;

import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import io.milena.metadata.Endpoint;
import io.milena.metadata.Features;
import io.milena.metadata.config.NodeConfig;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;

/** The request by which a broker joins the cluster (KIP-631). */
final class Registration {
    private Registration() {}

    /** @param boundPort the port that a listener is bound to, for those configured with port 0 */
    static BrokerRegistrationRequestData request(
            NodeConfig config,
            String clusterId,
            Uuid incarnationId,
            LogDirectories directories,
            ToIntFunction<String> boundPort) {
        BrokerRegistrationRequestData request = new BrokerRegistrationRequestData()
                .setBrokerId(config.nodeId())
                .setClusterId(clusterId)
                .setIncarnationId(incarnationId)
                .setRack(config.rack().orElse(null))
                .setPreviousBrokerEpoch(directories.previousBrokerEpoch())
                .setLogDirs(directories.online().stream()
                        .map(LogDirectory::id)
                        .sorted()
                        .toList());
        for (Endpoint endpoint : config.advertisedListeners()) {
            if (config.controllerListenerNames().contains(endpoint.listener())) {
                continue;
            }
            request.listeners()
                    .add(new BrokerRegistrationRequestData.Listener()
                            .setName(endpoint.listener())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port() != 0 ? endpoint.port() : boundPort.applyAsInt(endpoint.listener()))
                            .setSecurityProtocol(endpoint.protocol().id));
        }
        Features.supported(config.booleanOf("unstable.feature.versions.enable"))
                .forEach((name, range) -> request.features()
                        .add(new BrokerRegistrationRequestData.Feature()
                                .setName(name)
                                .setMinSupportedVersion(range.min())
                                .setMaxSupportedVersion(range.max())));
        return request;
    }
}
