package io.milena.broker.fetch;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.replica.RackAwareReplicaSelector;
import org.apache.kafka.common.replica.ReplicaSelector;

/** Makes what replica.selector.class names. */
public final class ReplicaSelectors {
    /** Kafka's own class goes by this simple name, wherever the client library has been moved to. */
    private static final String RACK_AWARE = ".RackAwareReplicaSelector";

    private ReplicaSelectors() {}

    /**
     * @param className empty for none
     * @param configs all properties, for the selector's own configure()
     * @throws ConfigException if there is no such class, or it is none of a selector
     */
    public static Optional<ReplicaSelector> of(String className, Map<String, ?> configs) {
        String name = className.trim();
        if (name.isEmpty()) {
            return Optional.empty();
        }
        ReplicaSelector selector = name.endsWith(RACK_AWARE) ? new RackAwareReplicaSelector() : load(name);
        selector.configure(configs);
        return Optional.of(selector);
    }

    private static ReplicaSelector load(String name) {
        try {
            ClassLoader own = Thread.currentThread().getContextClassLoader();
            Class<?> type = Class.forName(name, true, own != null ? own : ReplicaSelectors.class.getClassLoader());
            return type.asSubclass(ReplicaSelector.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new ConfigException(
                    "replica.selector.class", name, "cannot be made a " + ReplicaSelector.class.getName() + ": " + e);
        }
    }
}
