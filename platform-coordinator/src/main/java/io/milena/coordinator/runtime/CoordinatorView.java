package io.milena.coordinator.runtime;

import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** What coordinators want to know of the cluster's metadata; answers come from an immutable image, on any thread. */
public interface CoordinatorView {

    /** Number of partitions of the topic, 0 if there is no such topic. */
    int partitionCount(String topic);

    /** The topic's id, or null if there is no topic of that name. */
    @Nullable
    Uuid topicId(String topic);

    /** The topic's name, or null if there is no topic of that id. */
    @Nullable
    String topicName(Uuid topicId);

    /**
     * Where clients of the given listener reach the leader of a partition; empty while there is no such partition, no
     * leader, or the leader is fenced or has no such listener.
     */
    Optional<Node> leader(String topic, int partition, String listener);

    /** Whether the cluster has finalized a {@code group.version} that allows consumer groups of KIP-848. */
    default boolean consumerGroupsFinalized() {
        return true;
    }
}
