package io.milena.coordinator.group.consumer;

import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** The cluster's topics as group assignment sees them. */
public interface TopicsView {

    /** Changes whenever anything below may have changed. */
    long version();

    @Nullable
    Uuid topicId(String topic);

    @Nullable
    String topicName(Uuid topicId);

    int partitionCount(String topic);

    /** Racks of the brokers that have a replica of the partition. */
    default Set<String> racksOf(Uuid topicId, int partition) {
        return Set.of();
    }

    /** Names of the topics that match, whole, an RE2 expression; those known before while it is still being matched. */
    Set<String> topicsMatching(String regex);
}
