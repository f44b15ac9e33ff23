package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.core.Subscriptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.jspecify.annotations.Nullable;

/** What consumers of the classic protocol write into their metadata and assignments, which the classic protocol does not look into. */
final class EmbeddedProtocol {

    static final String TYPE = Subscriptions.CONSUMER_PROTOCOL_TYPE;

    private EmbeddedProtocol() {}

    /** @throws IllegalArgumentException if it is no subscription */
    static ConsumerProtocolSubscription subscription(byte[] metadata) {
        try {
            return Subscriptions.read(metadata);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("a subscription that cannot be read", e);
        }
    }

    /** @throws IllegalArgumentException if it is no assignment */
    static ConsumerProtocolAssignment assignment(byte[] assignment) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(assignment);
            short version =
                    Subscriptions.readable(buffer.getShort(), ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION);
            return new ConsumerProtocolAssignment(new ByteBufferAccessor(buffer), version);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("an assignment that cannot be read", e);
        }
    }

    /** The partitions in the version that the member's own metadata have; topics without a name are left out. */
    static byte[] write(Partitions partitions, byte[] metadata, TopicsView topics) {
        ConsumerProtocolAssignment assignment = new ConsumerProtocolAssignment();
        partitions.byTopic().forEach((id, indexes) -> {
            String name = topics.topicName(id);
            if (name != null) {
                assignment
                        .assignedPartitions()
                        .add(new ConsumerProtocolAssignment.TopicPartition()
                                .setTopic(name)
                                .setPartitions(new ArrayList<>(indexes.keySet())));
            }
        });
        short version = Subscriptions.readable(
                ByteBuffer.wrap(metadata).getShort(), ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION);
        return MessageUtil.toVersionPrefixedBytes(version, assignment);
    }

    /** What an assignment gives, as far as the topics exist. */
    static Partitions assigned(ConsumerProtocolAssignment assignment, TopicsView topics) {
        Partitions partitions = new Partitions();
        assignment
                .assignedPartitions()
                .forEach(topic -> add(partitions, topics.topicId(topic.topic()), topic.partitions()));
        return partitions;
    }

    /** What a member says that it owns, as far as the topics exist. */
    static Partitions owned(ConsumerProtocolSubscription subscription, TopicsView topics) {
        Partitions partitions = new Partitions();
        subscription
                .ownedPartitions()
                .forEach(topic -> add(partitions, topics.topicId(topic.topic()), topic.partitions()));
        return partitions;
    }

    private static void add(Partitions partitions, @Nullable Uuid topicId, List<Integer> indexes) {
        if (topicId != null) {
            indexes.forEach(index -> partitions.add(topicId, index));
        }
    }
}
