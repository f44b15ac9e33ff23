package io.milena.broker.partition;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The replicas of a topic that leader. or follower.replication.throttled.replicas names: all, or some as partition:broker. */
record ThrottledReplicas(boolean all, Set<String> pairs) {
    static final ThrottledReplicas NONE = new ThrottledReplicas(false, Set.of());

    /** @param value as configured, which has been checked */
    static ThrottledReplicas parse(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return NONE;
        }
        Set<String> pairs = new HashSet<>();
        for (String each : value.split(",")) {
            String pair = each.trim();
            if (pair.equals("*")) {
                return new ThrottledReplicas(true, Set.of());
            }
            pairs.add(pair);
        }
        return new ThrottledReplicas(false, Set.copyOf(pairs));
    }

    boolean contains(int partition, int brokerId) {
        return all || !pairs.isEmpty() && pairs.contains(partition + ":" + brokerId);
    }
}
