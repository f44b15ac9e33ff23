package io.milena.metadata;

import io.milena.records.metadata.BrokerRegistrationChangeRecord;
import io.milena.records.metadata.FenceBrokerRecord;
import io.milena.records.metadata.RegisterBrokerRecord;
import io.milena.records.metadata.RegisterControllerRecord;
import io.milena.records.metadata.UnfenceBrokerRecord;
import io.milena.records.metadata.UnregisterBrokerRecord;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Nodes registered, changed and gone since the base image. */
public final class ClusterDelta {
    private final ClusterImage base;
    private final Map<Integer, Optional<BrokerRegistration>> changedBrokers = new LinkedHashMap<>();
    private final Map<Integer, Optional<ControllerRegistration>> changedControllers = new LinkedHashMap<>();

    ClusterDelta(ClusterImage base) {
        this.base = base;
    }

    /** The cluster before. */
    public ClusterImage base() {
        return base;
    }

    /** Broker id to its registration after the delta, empty if it is gone; unmodifiable. */
    public Map<Integer, Optional<BrokerRegistration>> changedBrokers() {
        return Collections.unmodifiableMap(changedBrokers);
    }

    /** Controller id to its registration after the delta, empty if it is gone; unmodifiable. */
    public Map<Integer, Optional<ControllerRegistration>> changedControllers() {
        return Collections.unmodifiableMap(changedControllers);
    }

    void replay(RegisterBrokerRecord record) {
        changedBrokers.put(record.brokerId(), Optional.of(BrokerRegistration.of(record)));
    }

    void replay(UnregisterBrokerRecord record) {
        changedBrokers.put(record.brokerId(), Optional.empty());
    }

    void replay(RegisterControllerRecord record) {
        changedControllers.put(record.controllerId(), Optional.of(ControllerRegistration.of(record)));
    }

    void replay(FenceBrokerRecord record) {
        BrokerRegistration broker = broker(record.id(), record.epoch(), "FenceBroker");
        changedBrokers.put(record.id(), Optional.of(broker.withFenced(true)));
    }

    void replay(UnfenceBrokerRecord record) {
        BrokerRegistration broker = broker(record.id(), record.epoch(), "UnfenceBroker");
        changedBrokers.put(record.id(), Optional.of(broker.withFenced(false)));
    }

    void replay(BrokerRegistrationChangeRecord record) {
        BrokerRegistration broker = broker(record.brokerId(), record.brokerEpoch(), "BrokerRegistrationChange");
        BrokerRegistration next = broker.merge(record);
        if (!next.equals(broker)) {
            changedBrokers.put(record.brokerId(), Optional.of(next));
        }
    }

    /** Every node of the base that the snapshot did not mention is gone. */
    void finishSnapshot() {
        base.brokers().keySet().forEach(id -> changedBrokers.putIfAbsent(id, Optional.empty()));
        base.controllers().keySet().forEach(id -> changedControllers.putIfAbsent(id, Optional.empty()));
    }

    ClusterImage apply() {
        return new ClusterImage(
                Deltas.applied(base.brokers(), changedBrokers), Deltas.applied(base.controllers(), changedControllers));
    }

    private BrokerRegistration broker(int id, long epoch, String recordName) {
        Optional<BrokerRegistration> changed = changedBrokers.get(id);
        @Nullable BrokerRegistration broker = changed == null ? base.brokers().get(id) : changed.orElse(null);
        if (broker == null) {
            throw new IllegalStateException(
                    "A " + recordName + " record names broker " + id + ", which is not registered");
        }
        if (broker.epoch() != epoch) {
            throw new IllegalStateException("A " + recordName + " record names broker " + id + " with epoch " + epoch
                    + ", but it is registered with epoch " + broker.epoch());
        }
        return broker;
    }
}
