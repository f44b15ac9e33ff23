package io.milena.coordinator.group.consumer;

import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import org.apache.kafka.common.Uuid;

/** Divides partitions among members; a pure function, and the same result for the same input. */
interface Assignor {

    String name();

    /**
     * @param subscriptions by member, the existing topics it wants, by id
     * @param partitionCounts of those topics
     * @param current what members were assigned before
     * @return every partition of every wanted topic, each at one member; members without any are in it, too
     */
    Map<String, Partitions> assign(
            SortedMap<String, SortedSet<Uuid>> subscriptions,
            Map<Uuid, Integer> partitionCounts,
            Map<String, Partitions> current);
}
