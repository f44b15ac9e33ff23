package io.milena.testkit.coordinator.group;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.consumer.TopicsView;
import io.milena.coordinator.runtime.CoordinatorView;
import io.milena.testkit.coordinator.node.Broker;
import io.milena.testkit.coordinator.node.Cluster;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** The metadata of the simulated cluster as one broker has it: it may be wrong about who leads. */
record BrokerView(Broker broker) implements CoordinatorView, TopicsView {
    private static final Uuid OFFSETS_ID = new Uuid(1, 2);

    @Override
    public long version() {
        return 1;
    }

    @Override
    public int partitionCount(String topic) {
        if (topic.equals(GroupLimits.TOPIC)) {
            return GroupLimits.PARTITIONS;
        }
        return topic.equals(GroupCoordinator.OFFSETS_TOPIC)
                ? broker.cluster().plan().partitions()
                : 0;
    }

    @Override
    public @Nullable Uuid topicId(String topic) {
        if (topic.equals(GroupLimits.TOPIC)) {
            return GroupLimits.TOPIC_ID;
        }
        return topic.equals(GroupCoordinator.OFFSETS_TOPIC) ? OFFSETS_ID : null;
    }

    @Override
    public @Nullable String topicName(Uuid topicId) {
        if (topicId.equals(GroupLimits.TOPIC_ID)) {
            return GroupLimits.TOPIC;
        }
        return topicId.equals(OFFSETS_ID) ? GroupCoordinator.OFFSETS_TOPIC : null;
    }

    @Override
    public Set<String> topicsMatching(String regex) {
        return Set.of();
    }

    @Override
    public Optional<Node> leader(String topic, int partition, String listener) {
        int leader = broker.believedLeader(new TopicPartition(topic, partition));
        return leader < 0 ? Optional.empty() : Optional.of(new Node(leader, "broker" + leader, Cluster.PORT));
    }
}
