package io.milena.coordinator.group.consumer;

import java.util.Collection;
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

    /** Names of all topics, for regular expressions. */
    Collection<String> topicNames();
}
