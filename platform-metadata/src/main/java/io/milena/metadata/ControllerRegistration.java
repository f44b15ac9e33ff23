package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.RegisterControllerRecord;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;

/**
 * A controller as registered (KIP-919).
 *
 * @param endpoints listeners by name, unmodifiable
 * @param supportedFeatures feature name to levels, unmodifiable
 * @param zkMigrationReady legacy of the migration from ZooKeeper
 */
public record ControllerRegistration(
        int id,
        Uuid incarnationId,
        boolean zkMigrationReady,
        Map<String, Endpoint> endpoints,
        Map<String, VersionRange> supportedFeatures) {

    static ControllerRegistration of(RegisterControllerRecord record) {
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        for (RegisterControllerRecord.ControllerEndpoint endpoint : record.endPoints()) {
            endpoints.put(
                    endpoint.name(),
                    Endpoint.of(endpoint.name(), endpoint.host(), endpoint.port(), endpoint.securityProtocol()));
        }
        Map<String, VersionRange> features = new LinkedHashMap<>();
        for (RegisterControllerRecord.ControllerFeature feature : record.features()) {
            features.put(
                    feature.name(), new VersionRange(feature.minSupportedVersion(), feature.maxSupportedVersion()));
        }
        return new ControllerRegistration(
                record.controllerId(),
                record.incarnationId(),
                record.zkMigrationReady(),
                Collections.unmodifiableMap(endpoints),
                Collections.unmodifiableMap(features));
    }

    public Optional<Node> node(String listener) {
        Endpoint endpoint = endpoints.get(listener);
        return endpoint == null ? Optional.empty() : Optional.of(new Node(id, endpoint.host(), endpoint.port()));
    }

    /**
     * As a RegisterController record.
     *
     * @throws IllegalStateException below 3.7-IV0, which has no such record
     */
    public VersionedRecord toRecord(MetadataVersion version) {
        RegisterControllerRecord record = new RegisterControllerRecord()
                .setControllerId(id)
                .setIncarnationId(incarnationId)
                .setZkMigrationReady(zkMigrationReady);
        for (Endpoint endpoint : endpoints.values()) {
            record.endPoints()
                    .add(new RegisterControllerRecord.ControllerEndpoint()
                            .setName(endpoint.listener())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setSecurityProtocol(endpoint.protocol().id));
        }
        supportedFeatures.forEach((name, range) -> record.features()
                .add(new RegisterControllerRecord.ControllerFeature()
                        .setName(name)
                        .setMinSupportedVersion(range.min())
                        .setMaxSupportedVersion(range.max())));
        return new VersionedRecord(record, version.registerControllerRecordVersion());
    }
}
