package io.milena.controller.core;

import io.milena.records.metadata.BrokerRegistrationChangeRecord;
import io.milena.records.metadata.FenceBrokerRecord;
import io.milena.records.metadata.RegisterBrokerRecord;
import io.milena.records.metadata.RegisterControllerRecord;
import io.milena.records.metadata.UnfenceBrokerRecord;
import io.milena.records.metadata.UnregisterBrokerRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.StaleBrokerEpochException;
import org.jspecify.annotations.Nullable;

/** The registered brokers and controllers. */
public final class Brokers {
    private final Map<Integer, BrokerState> brokers = new TreeMap<>();
    private final Map<Integer, ControllerState> controllers = new TreeMap<>();
    private final Map<Uuid, Integer> byDirectory = new HashMap<>();

    public @Nullable BrokerState get(int id) {
        return brokers.get(id);
    }

    public Collection<BrokerState> all() {
        return brokers.values();
    }

    public Collection<ControllerState> controllers() {
        return controllers.values();
    }

    @Nullable
    ControllerState controller(int id) {
        return controllers.get(id);
    }

    /** Unfenced, not shutting down. */
    boolean active(int id) {
        BrokerState broker = brokers.get(id);
        return broker != null && broker.active();
    }

    boolean unfenced(int id) {
        BrokerState broker = brokers.get(id);
        return broker != null && !broker.fenced();
    }

    boolean hasOnline(int id, Uuid directory) {
        BrokerState broker = brokers.get(id);
        return broker != null && broker.hasOnline(directory);
    }

    Uuid defaultDirectory(int id) {
        BrokerState broker = brokers.get(id);
        return broker == null ? Directories.UNASSIGNED : broker.defaultDirectory();
    }

    @Nullable
    Integer ownerOf(Uuid directory) {
        return byDirectory.get(directory);
    }

    /** The registration a request speaks for; refuses requests of an earlier registration. */
    BrokerState checkEpoch(int id, long epoch) {
        BrokerState broker = brokers.get(id);
        if (broker == null) {
            throw new StaleBrokerEpochException("No broker registration found for broker id " + id);
        }
        if (broker.epoch() != epoch) {
            throw new StaleBrokerEpochException(
                    "Expected broker epoch " + broker.epoch() + ", but got broker epoch " + epoch);
        }
        return broker;
    }

    void replay(RegisterBrokerRecord record, long offset) {
        put(BrokerState.of(record, offset));
    }

    /** The newest registration of a broker, which is replayed, stands at this offset of the log. */
    void registeredAt(int id, long offset) {
        BrokerState broker = brokers.get(id);
        if (broker != null) {
            brokers.put(id, broker.registeredAt(offset));
        }
    }

    void replay(UnregisterBrokerRecord record) {
        BrokerState broker = require(record.brokerId(), record.brokerEpoch(), record);
        broker.directories().forEach(byDirectory::remove);
        brokers.remove(record.brokerId());
    }

    void replay(FenceBrokerRecord record) {
        BrokerState broker = require(record.id(), record.epoch(), record);
        put(broker.with(true, broker.inControlledShutdown(), broker.directories(), broker.cordonedDirectories()));
    }

    void replay(UnfenceBrokerRecord record) {
        BrokerState broker = require(record.id(), record.epoch(), record);
        put(broker.with(false, broker.inControlledShutdown(), broker.directories(), broker.cordonedDirectories()));
    }

    void replay(BrokerRegistrationChangeRecord record) {
        BrokerState broker = require(record.brokerId(), record.brokerEpoch(), record);
        boolean fenced = record.fenced() == 0 ? broker.fenced() : record.fenced() > 0;
        boolean shutdown =
                record.inControlledShutdown() == 0 ? broker.inControlledShutdown() : record.inControlledShutdown() > 0;
        List<Uuid> directories =
                record.logDirs().isEmpty() ? broker.directories() : BrokerState.sorted(record.logDirs());
        List<Uuid> cordoned =
                record.cordonedLogDirs() == null ? broker.cordonedDirectories() : List.copyOf(record.cordonedLogDirs());
        put(broker.with(fenced, shutdown, directories, cordoned));
    }

    void replay(RegisterControllerRecord record) {
        Map<String, FeatureRange> features = new LinkedHashMap<>();
        record.features()
                .forEach(each -> features.put(
                        each.name(), new FeatureRange(each.minSupportedVersion(), each.maxSupportedVersion())));
        Map<String, BrokerState.Endpoint> endpoints = new LinkedHashMap<>();
        record.endPoints()
                .forEach(each -> endpoints.put(
                        each.name(), new BrokerState.Endpoint(each.host(), each.port(), each.securityProtocol())));
        controllers.put(
                record.controllerId(),
                new ControllerState(record.controllerId(), record.incarnationId(), endpoints, features));
    }

    private void put(BrokerState broker) {
        BrokerState before = brokers.put(broker.id(), broker);
        if (before != null) {
            before.directories().forEach(byDirectory::remove);
        }
        broker.directories().forEach(directory -> byDirectory.put(directory, broker.id()));
    }

    private BrokerState require(int id, long epoch, Object record) {
        BrokerState broker = brokers.get(id);
        if (broker == null || broker.epoch() != epoch) {
            throw new IllegalStateException("Unable to replay " + record + ": registered is " + broker);
        }
        return broker;
    }
}
