package io.milena.metadata;

import io.milena.records.VersionedRecord;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The nodes of the cluster.
 *
 * @param brokers registered brokers by id, unmodifiable
 * @param controllers registered controllers by id, unmodifiable
 */
public record ClusterImage(Map<Integer, BrokerRegistration> brokers, Map<Integer, ControllerRegistration> controllers) {
    public static final ClusterImage EMPTY = new ClusterImage(Map.of(), Map.of());

    public Optional<BrokerRegistration> broker(int id) {
        return Optional.ofNullable(brokers.get(id));
    }

    /** The broker's epoch, -1 if it is not registered. */
    public long brokerEpoch(int id) {
        BrokerRegistration broker = brokers.get(id);
        return broker == null ? -1L : broker.epoch();
    }

    public boolean isEmpty() {
        return brokers.isEmpty() && controllers.isEmpty();
    }

    void write(Consumer<VersionedRecord> out, MetadataVersion version) {
        brokers.values().forEach(broker -> out.accept(broker.toRecord(version)));
        if (version.isControllerRegistrationSupported()) {
            controllers.values().forEach(controller -> out.accept(controller.toRecord(version)));
        }
    }
}
