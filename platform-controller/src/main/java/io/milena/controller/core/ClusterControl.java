package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.RegisterBrokerRecord;
import io.milena.records.metadata.RegisterControllerRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.DuplicateBrokerRegistrationException;
import org.apache.kafka.common.errors.InconsistentClusterIdException;
import org.apache.kafka.common.errors.InvalidRegistrationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.message.ControllerRegistrationRequestData;
import org.apache.kafka.common.message.ControllerRegistrationResponseData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/** Who belongs to the cluster: registration of brokers (KIP-631, KIP-858, KIP-966) and of controllers (KIP-919). */
public final class ClusterControl {
    private final ControlContext context;
    private final Brokers brokers;

    public ClusterControl(ControlContext context) {
        this.context = context;
        this.brokers = context.state().brokers();
    }

    /**
     * Decides about a registration.
     *
     * @param newEpoch epoch of a new incarnation: the offset of the next record
     * @throws org.apache.kafka.common.errors.ApiException if it is refused
     */
    public Decision<BrokerRegistrationResponseData> register(
            BrokerRegistrationRequestData request, long newEpoch, BrokerSessions sessions, long nowMs) {
        checkCluster(request.clusterId());
        BrokerState existing = brokers.get(request.brokerId());
        boolean sameIncarnation = existing != null && existing.incarnationId().equals(request.incarnationId());
        if (existing != null && !sameIncarnation && sessions.isLive(existing.id(), existing.epoch(), nowMs)) {
            throw new DuplicateBrokerRegistrationException("Another broker is registered with that broker id. If the"
                    + " broker was recently restarted this should self-resolve once the heartbeat manager expires the"
                    + " broker's session.");
        }
        if (request.isMigratingZkBroker()) {
            throw new BrokerIdNotRegisteredException("Controller does not support registering ZK brokers.");
        }
        if (context.versions().directories()) {
            checkDirectories(request);
        }
        checkId(request.brokerId());
        request.listeners()
                .forEach(each -> checkListener(each.name(), each.host(), each.port(), each.securityProtocol()));
        checkFeatures(request);
        RecordSequence records = new RecordSequence();
        RegisterBrokerRecord record = record(request);
        if (existing != null && sameIncarnation) {
            record.setBrokerEpoch(existing.epoch())
                    .setFenced(existing.fenced())
                    .setInControlledShutdown(existing.inControlledShutdown());
        } else {
            boolean clean = existing != null && existing.epoch() == request.previousBrokerEpoch();
            records = new BrokerLeadership(context).handleReturn(request.brokerId(), clean);
            record.setBrokerEpoch(newEpoch).setFenced(true);
        }
        records.add(new VersionedRecord(record, context.versions().registerBroker()));
        // The registration comes last: a broker whose earlier batches alone were written registers anew.
        return Decision.divisible(records, new BrokerRegistrationResponseData().setBrokerEpoch(record.brokerEpoch()));
    }

    private void checkCluster(@Nullable String clusterId) {
        String expected = context.settings().clusterId();
        if (!expected.equals(clusterId)) {
            throw new InconsistentClusterIdException(
                    "Expected cluster ID " + expected + ", but got cluster ID " + clusterId);
        }
    }

    private void checkDirectories(BrokerRegistrationRequestData request) {
        List<Uuid> directories = request.logDirs();
        if (directories.isEmpty()) {
            throw new InvalidRegistrationException("No directories specified in request");
        }
        if (directories.stream().anyMatch(Directories::reserved)) {
            throw new InvalidRegistrationException("Reserved directory ID in request");
        }
        if (new HashSet<>(directories).size() != directories.size()) {
            throw new InvalidRegistrationException("Duplicate directory ID in request");
        }
        for (Uuid directory : directories) {
            Integer owner = brokers.ownerOf(directory);
            if (owner != null && owner != request.brokerId()) {
                throw new InvalidRegistrationException(
                        "Broker " + owner + " is already registered with directory " + directory);
            }
        }
    }

    /** Every finalized feature must be in the broker's range; one it does not mention it supports at level 0 only. */
    private void checkFeatures(BrokerRegistrationRequestData request) {
        Map<String, FeatureRange> supported = new HashMap<>();
        request.features()
                .forEach(each -> supported.put(
                        each.name(), range(each.name(), each.minSupportedVersion(), each.maxSupportedVersion())));
        if (!supported.containsKey(Features.METADATA_VERSION)) {
            throw new InvalidRegistrationException("Request features do not contain 'metadata.version'");
        }
        context.state().features().levels().forEach((feature, level) -> {
            FeatureRange range = supported.getOrDefault(feature, FeatureRange.of(0, 0));
            if (!feature.equals(Features.KRAFT_VERSION) && !range.contains(level)) {
                throw new UnsupportedVersionException(
                        "Unable to register because the broker does not support finalized version " + level + " of "
                                + feature + ". The broker wants a version between " + range.min() + " and "
                                + range.max() + ", inclusive.");
            }
        });
    }

    /** Ids below 0 mean "nobody" and "unchanged" where records name a leader. */
    private static void checkId(int id) {
        if (id < 0) {
            throw new InvalidRegistrationException("Node ids are not negative, but this is " + id);
        }
    }

    /** Apache Kafka answers with these texts too, but fails inside and so with the error of a fault of its own. */
    private static void checkListener(String name, String host, int port, short protocol) {
        if (Arrays.stream(SecurityProtocol.values()).noneMatch(each -> each.id == protocol)) {
            throw new InvalidRegistrationException("Unknown security protocol " + protocol + " in listener " + name);
        }
        if (port == 0) {
            throw new InvalidRegistrationException("Cannot serialize ephemeral port 0 in ListenerInfo.");
        }
        if (host.isBlank()) {
            throw new InvalidRegistrationException("Cannot serialize empty host in ListenerInfo.");
        }
    }

    private static FeatureRange range(String feature, short min, short max) {
        if (min < 0 || min > max) {
            throw new InvalidRegistrationException(
                    "Levels " + min + " to " + max + " of feature " + feature + " are not a range");
        }
        return new FeatureRange(min, max);
    }

    private RegisterBrokerRecord record(BrokerRegistrationRequestData request) {
        RegisterBrokerRecord record = new RegisterBrokerRecord()
                .setBrokerId(request.brokerId())
                .setIncarnationId(request.incarnationId())
                .setRack(request.rack());
        request.listeners()
                .forEach(each -> record.endPoints()
                        .add(new RegisterBrokerRecord.BrokerEndpoint()
                                .setName(each.name())
                                .setHost(each.host())
                                .setPort(each.port())
                                .setSecurityProtocol(each.securityProtocol())));
        request.features()
                .forEach(each -> record.features()
                        .add(new RegisterBrokerRecord.BrokerFeature()
                                .setName(each.name())
                                .setMinSupportedVersion(each.minSupportedVersion())
                                .setMaxSupportedVersion(each.maxSupportedVersion())));
        if (context.versions().directories()) {
            record.setLogDirs(new ArrayList<>(request.logDirs()));
        }
        return record;
    }

    /** Removes a broker for good (KIP-746 calls it UnregisterBroker); its partitions lose their replica's leadership first. */
    public Decision<UnregisterBrokerResponseData> unregister(UnregisterBrokerRequestData request) {
        BrokerState broker = brokers.get(request.brokerId());
        if (broker == null) {
            throw new BrokerIdNotRegisteredException(
                    "Broker ID " + request.brokerId() + " is not currently registered");
        }
        return Decision.divisible(new BrokerLeadership(context).unregister(broker), new UnregisterBrokerResponseData());
    }

    public Decision<ControllerRegistrationResponseData> registerController(ControllerRegistrationRequestData request) {
        if (!context.versions().controllerRegistration()) {
            throw new UnsupportedVersionException(
                    "The current MetadataVersion is too old to support controller registrations.");
        }
        checkId(request.controllerId());
        request.listeners()
                .forEach(each -> checkListener(each.name(), each.host(), each.port(), each.securityProtocol()));
        request.features().forEach(each -> range(each.name(), each.minSupportedVersion(), each.maxSupportedVersion()));
        RegisterControllerRecord record = new RegisterControllerRecord()
                .setControllerId(request.controllerId())
                .setIncarnationId(request.incarnationId())
                .setZkMigrationReady(request.zkMigrationReady());
        request.listeners()
                .forEach(each -> record.endPoints()
                        .add(new RegisterControllerRecord.ControllerEndpoint()
                                .setName(each.name())
                                .setHost(each.host())
                                .setPort(each.port())
                                .setSecurityProtocol(each.securityProtocol())));
        request.features()
                .forEach(each -> record.features()
                        .add(new RegisterControllerRecord.ControllerFeature()
                                .setName(each.name())
                                .setMinSupportedVersion(each.minSupportedVersion())
                                .setMaxSupportedVersion(each.maxSupportedVersion())));
        return Decision.atomic(List.of(new VersionedRecord(record, 0)), new ControllerRegistrationResponseData());
    }
}
