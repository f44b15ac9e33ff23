package io.milena.broker.partition;

import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What the data plane's handlers ask the newest metadata image when a partition is not here. Any thread; never blocks. */
public interface ImageLookup {
    /**
     * Who leads a partition.
     *
     * @param id the leading broker, -1 if none
     * @param epoch the leader epoch
     */
    record Leader(int id, int epoch) {}

    boolean hasTopic(String topic);

    boolean hasTopic(Uuid topicId);

    /** The error for a partition that is not hosted here: UNKNOWN_TOPIC_OR_PARTITION or NOT_LEADER_OR_FOLLOWER. */
    Errors missing(String topic, int index);

    /** As by name; UNKNOWN_TOPIC_ID if the topic id is unknown. */
    Errors missing(Uuid topicId, int index);

    /** The partition's leader; null if the partition is unknown. */
    @Nullable
    Leader leader(String topic, int index);

    /** The partition's leader; null if the partition is unknown. */
    @Nullable
    Leader leader(Uuid topicId, int index);

    /** Where clients of {@code listener} reach a broker; null if it is unknown, fenced, or has no such listener. */
    @Nullable
    Node node(int brokerId, String listener);
}
