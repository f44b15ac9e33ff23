package io.milena.controller.core;

import io.milena.records.metadata.RegisterBrokerRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * A registered broker. Immutable.
 *
 * @param id broker id
 * @param epoch broker epoch: the offset of its registration record
 * @param incarnationId of the broker's process
 * @param endpoints its listeners by name
 * @param supportedFeatures ranges it announced
 * @param rack where it stands
 * @param fenced it may not lead, nor be in an ISR
 * @param inControlledShutdown it is handing over its leaderships
 * @param directories its online log directories, sorted
 * @param cordonedDirectories those that take no new replicas (KIP-1066)
 * @param registrationOffset offset of the newest registration record; the broker is caught up once it has replayed it
 */
public record BrokerState(
        int id,
        long epoch,
        Uuid incarnationId,
        Map<String, Endpoint> endpoints,
        Map<String, FeatureRange> supportedFeatures,
        Optional<String> rack,
        boolean fenced,
        boolean inControlledShutdown,
        List<Uuid> directories,
        List<Uuid> cordonedDirectories,
        long registrationOffset) {

    /** One listener of a node. */
    public record Endpoint(String host, int port, short securityProtocol) {}

    static BrokerState of(RegisterBrokerRecord record, long offset) {
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        record.endPoints()
                .forEach(each ->
                        endpoints.put(each.name(), new Endpoint(each.host(), each.port(), each.securityProtocol())));
        Map<String, FeatureRange> features = new LinkedHashMap<>();
        record.features()
                .forEach(each -> features.put(
                        each.name(), new FeatureRange(each.minSupportedVersion(), each.maxSupportedVersion())));
        List<Uuid> cordoned = record.cordonedLogDirs();
        return new BrokerState(
                record.brokerId(),
                record.brokerEpoch(),
                record.incarnationId(),
                endpoints,
                features,
                Optional.ofNullable(record.rack()),
                record.fenced(),
                record.inControlledShutdown(),
                sorted(record.logDirs()),
                cordoned == null ? List.of() : List.copyOf(cordoned),
                offset);
    }

    /** Neither fenced nor on its way out: may lead and be in an ISR. */
    public boolean active() {
        return !fenced && !inControlledShutdown;
    }

    /** Whether a replica in {@code directory} is reachable; unassigned and migrating replicas are taken to be. */
    boolean hasOnline(Uuid directory) {
        return !directory.equals(Directories.LOST)
                && (directories.isEmpty()
                        || directory.equals(Directories.UNASSIGNED)
                        || directory.equals(Directories.MIGRATING)
                        || directories.contains(directory));
    }

    /** Where a new replica goes: the only directory, or left to the broker if there are several. */
    Uuid defaultDirectory() {
        if (directories.isEmpty()) {
            return Directories.MIGRATING;
        }
        return directories.size() == 1 ? directories.get(0) : Directories.UNASSIGNED;
    }

    /** Whether new replicas may be placed here. */
    boolean takesReplicas() {
        return directories.isEmpty() || cordonedDirectories.isEmpty() || !cordonedDirectories.containsAll(directories);
    }

    BrokerState withFenced(boolean now) {
        return with(now, inControlledShutdown, directories, cordonedDirectories);
    }

    BrokerState withControlledShutdown() {
        return with(fenced, true, directories, cordonedDirectories);
    }

    BrokerState withDirectories(List<Uuid> online) {
        return with(fenced, inControlledShutdown, sorted(online), cordonedDirectories);
    }

    BrokerState withCordoned(List<Uuid> cordoned) {
        return with(fenced, inControlledShutdown, directories, List.copyOf(cordoned));
    }

    /** Registered at this offset of the log. */
    BrokerState registeredAt(long offset) {
        return new BrokerState(
                id,
                epoch,
                incarnationId,
                endpoints,
                supportedFeatures,
                rack,
                fenced,
                inControlledShutdown,
                directories,
                cordonedDirectories,
                offset);
    }

    BrokerState with(boolean newFenced, boolean newShutdown, List<Uuid> newDirectories, List<Uuid> newCordoned) {
        return new BrokerState(
                id,
                epoch,
                incarnationId,
                endpoints,
                supportedFeatures,
                rack,
                newFenced,
                newShutdown,
                newDirectories,
                newCordoned,
                registrationOffset);
    }

    static List<Uuid> sorted(List<Uuid> ids) {
        List<Uuid> sorted = new ArrayList<>(ids);
        sorted.sort(null);
        return List.copyOf(sorted);
    }
}
