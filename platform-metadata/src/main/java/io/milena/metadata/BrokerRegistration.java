package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.BrokerRegistrationChangeRecord;
import io.milena.records.metadata.RegisterBrokerRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A broker as registered (KIP-500, KIP-631).
 *
 * @param epoch broker epoch: the offset of its registration record
 * @param incarnationId random per process start
 * @param endpoints advertised listeners by name, unmodifiable, in the order of registration
 * @param supportedFeatures feature name to levels, unmodifiable
 * @param rack or null
 * @param isMigratingZkBroker legacy of the migration from ZooKeeper (KIP-866)
 * @param directories online log directories, unmodifiable, sorted; empty below metadata.version 3.7-IV2
 * @param cordonedDirectories log directories that take no new replicas (KIP-1066), null until the broker has told
 */
public record BrokerRegistration(
        int id,
        long epoch,
        Uuid incarnationId,
        Map<String, Endpoint> endpoints,
        Map<String, VersionRange> supportedFeatures,
        @Nullable String rack,
        boolean fenced,
        boolean inControlledShutdown,
        boolean isMigratingZkBroker,
        List<Uuid> directories,
        @Nullable List<Uuid> cordonedDirectories) {

    static BrokerRegistration of(RegisterBrokerRecord record) {
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        for (RegisterBrokerRecord.BrokerEndpoint endpoint : record.endPoints()) {
            endpoints.put(
                    endpoint.name(),
                    Endpoint.of(endpoint.name(), endpoint.host(), endpoint.port(), endpoint.securityProtocol()));
        }
        Map<String, VersionRange> features = new LinkedHashMap<>();
        for (RegisterBrokerRecord.BrokerFeature feature : record.features()) {
            features.put(
                    feature.name(), new VersionRange(feature.minSupportedVersion(), feature.maxSupportedVersion()));
        }
        return new BrokerRegistration(
                record.brokerId(),
                record.brokerEpoch(),
                record.incarnationId(),
                Collections.unmodifiableMap(endpoints),
                Collections.unmodifiableMap(features),
                record.rack(),
                record.fenced(),
                record.inControlledShutdown(),
                record.isMigratingZkBroker(),
                sorted(record.logDirs()),
                record.cordonedLogDirs() == null ? null : sorted(record.cordonedLogDirs()));
    }

    /** The endpoint of a listener as clients see it, empty if the broker does not have that listener. */
    public Optional<Node> node(String listener) {
        Endpoint endpoint = endpoints.get(listener);
        return endpoint == null
                ? Optional.empty()
                : Optional.of(new Node(id, endpoint.host(), endpoint.port(), rack, fenced));
    }

    /** Whether replicas may be led here: neither fenced nor shutting down. */
    public boolean isActive() {
        return !fenced && !inControlledShutdown;
    }

    /** Whether a replica in this directory is on an online disk; always so where directories are not known. */
    public boolean hasOnlineDirectory(Uuid directory) {
        return directories.isEmpty()
                || directory.equals(DirectoryIds.UNASSIGNED)
                || directory.equals(DirectoryIds.MIGRATING)
                || directories.contains(directory);
    }

    BrokerRegistration withFenced(boolean nowFenced) {
        return new BrokerRegistration(
                id,
                epoch,
                incarnationId,
                endpoints,
                supportedFeatures,
                rack,
                nowFenced,
                inControlledShutdown,
                isMigratingZkBroker,
                directories,
                cordonedDirectories);
    }

    /** Fenced: -1 unfences, 1 fences, 0 leaves; controlled shutdown can only begin; no directories means unchanged. */
    BrokerRegistration merge(BrokerRegistrationChangeRecord change) {
        checkChange(change);
        return new BrokerRegistration(
                id,
                epoch,
                incarnationId,
                endpoints,
                supportedFeatures,
                rack,
                change.fenced() == 0 ? fenced : change.fenced() > 0,
                inControlledShutdown || change.inControlledShutdown() > 0,
                isMigratingZkBroker,
                change.logDirs() == null || change.logDirs().isEmpty() ? directories : sorted(change.logDirs()),
                change.cordonedLogDirs() == null ? cordonedDirectories : sorted(change.cordonedLogDirs()));
    }

    /** @throws IllegalStateException if it says what cannot be */
    static void checkChange(BrokerRegistrationChangeRecord change) {
        if (change.fenced() < -1 || change.fenced() > 1) {
            throw new IllegalStateException(
                    "Unable to replay " + change + ": unknown value for fenced: " + change.fenced());
        }
        if (change.inControlledShutdown() < 0 || change.inControlledShutdown() > 1) {
            throw new IllegalStateException("Unable to replay " + change + ": unknown value for inControlledShutdown: "
                    + change.inControlledShutdown());
        }
    }

    private static List<Uuid> sorted(List<Uuid> ids) {
        List<Uuid> copy = new ArrayList<>(ids);
        Collections.sort(copy);
        return List.copyOf(copy);
    }

    /** As a RegisterBroker record; what {@code version} cannot express is left out. */
    public VersionedRecord toRecord(MetadataVersion version) {
        RegisterBrokerRecord record = new RegisterBrokerRecord()
                .setBrokerId(id)
                .setRack(rack)
                .setBrokerEpoch(epoch)
                .setIncarnationId(incarnationId)
                .setFenced(fenced)
                .setInControlledShutdown(inControlledShutdown);
        if (version.isMigrationSupported()) {
            record.setIsMigratingZkBroker(isMigratingZkBroker);
        }
        if (version.isDirectoryAssignmentSupported()) {
            record.setLogDirs(directories);
        }
        if (version.isCordonedLogDirsSupported()) {
            record.setCordonedLogDirs(cordonedDirectories);
        }
        for (Endpoint endpoint : endpoints.values()) {
            record.endPoints()
                    .add(new RegisterBrokerRecord.BrokerEndpoint()
                            .setName(endpoint.listener())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setSecurityProtocol(endpoint.protocol().id));
        }
        supportedFeatures.forEach((name, range) -> record.features()
                .add(new RegisterBrokerRecord.BrokerFeature()
                        .setName(name)
                        .setMinSupportedVersion(range.min())
                        .setMaxSupportedVersion(range.max())));
        return new VersionedRecord(record, version.registerBrokerRecordVersion());
    }
}
