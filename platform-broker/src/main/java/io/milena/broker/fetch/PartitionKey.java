package io.milena.broker.fetch;

import org.apache.kafka.common.Uuid;

/**
 * A partition as a fetch names it: by the topic's name before version 13, by its id from 13 on. Sessions keep one for each
 * partition; {@link SessionPartition} is its own key, which is an object less.
 */
class PartitionKey {
    /** The name (String) or the {@link Uuid}. */
    private final Object topic;

    final int index;

    PartitionKey(String topic, Uuid topicId, int index) {
        this.topic = Uuid.ZERO_UUID.equals(topicId) ? topic : topicId;
        this.index = index;
    }

    /** Empty where the request names the id. */
    final String topic() {
        return topic instanceof String name ? name : "";
    }

    /** Zero where the request gives the name. */
    final Uuid topicId() {
        return topic instanceof Uuid id ? id : Uuid.ZERO_UUID;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof PartitionKey key && key.index == index && key.topic.equals(topic);
    }

    @Override
    public final int hashCode() {
        return 31 * topic.hashCode() + index;
    }
}
