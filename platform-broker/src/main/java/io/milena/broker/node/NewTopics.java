package io.milena.broker.node;

import io.milena.metadata.config.NodeConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;

/** What topics look like that a broker has created on demand: the cluster's defaults, or the settings of the internal topics. */
record NewTopics(NodeConfig config) {

    CreatableTopic template(String name) {
        CreatableTopic topic = new CreatableTopic().setName(name);
        return switch (name) {
            case Topic.GROUP_METADATA_TOPIC_NAME ->
                internal(
                        topic,
                        "offsets.topic.num.partitions",
                        "offsets.topic.replication.factor",
                        "offsets.topic.segment.bytes");
            case Topic.TRANSACTION_STATE_TOPIC_NAME ->
                internal(
                        topic,
                        "transaction.state.log.num.partitions",
                        "transaction.state.log.replication.factor",
                        "transaction.state.log.segment.bytes");
            case Topic.SHARE_GROUP_STATE_TOPIC_NAME ->
                internal(
                        topic,
                        "share.coordinator.state.topic.num.partitions",
                        "share.coordinator.state.topic.replication.factor",
                        "share.coordinator.state.topic.segment.bytes");
            default ->
                topic.setNumPartitions(ifGiven("num.partitions"))
                        .setReplicationFactor((short) ifGiven("default.replication.factor"));
        };
    }

    /** The broker's value if its file has one; else -1, which leaves the matter to the controller's. */
    private int ifGiven(String key) {
        return config.given().containsKey(key) ? config.intOf(key) : -1;
    }

    private CreatableTopic internal(CreatableTopic topic, String partitions, String replicas, String segmentBytes) {
        topic.setNumPartitions(config.intOf(partitions)).setReplicationFactor((short) config.intOf(replicas));
        set(topic, TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        set(topic, TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");
        set(topic, TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(config.intOf(segmentBytes)));
        return topic;
    }

    private static void set(CreatableTopic topic, String name, String value) {
        topic.configs().add(new CreatableTopicConfig().setName(name).setValue(value));
    }
}
