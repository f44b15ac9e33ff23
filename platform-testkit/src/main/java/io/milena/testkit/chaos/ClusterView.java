package io.milena.testkit.chaos;

import io.milena.testkit.process.NodeProcess;
import io.milena.testkit.process.ProcessCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;

/** Who does what in the cluster, asked of the cluster. Every method may fail with what the admin client says. */
final class ClusterView implements AutoCloseable {
    private static final int TIMEOUT_MS = 3_000;

    private final ProcessCluster cluster;
    private final Admin admin;

    ClusterView(ProcessCluster cluster) {
        this.cluster = cluster;
        this.admin = cluster.admin(TIMEOUT_MS);
    }

    Admin admin() {
        return admin;
    }

    /** Which nodes a fault hits now. */
    List<NodeProcess> find(Victim victim, String topic, String group, Random dice) throws Exception {
        return switch (victim) {
            case ALL -> cluster.nodes();
            case CONTROLLER_LEADER -> List.of(cluster.node(quorum().leaderId()));
            case CONTROLLER_FOLLOWER -> List.of(anyBut(cluster.controllers(), quorum().leaderId(), dice));
            case PARTITION_LEADER -> List.of(cluster.node(leader(topic, dice)));
            case FOLLOWER -> List.of(anyBut(cluster.brokers(), leader(topic, dice), dice));
            case COORDINATOR -> List.of(cluster.node(coordinator(group)));
        };
    }

    private static NodeProcess anyBut(List<NodeProcess> nodes, int id, Random dice) {
        List<NodeProcess> others =
                new ArrayList<>(nodes.stream().filter(node -> node.id() != id).toList());
        return others.get(dice.nextInt(others.size()));
    }

    private int leader(String topic, Random dice) throws Exception {
        List<TopicPartitionInfo> partitions = topics(Set.of(topic)).get(0).partitions();
        Node leader = partitions.get(dice.nextInt(partitions.size())).leader();
        if (leader == null || leader.isEmpty()) {
            throw new IllegalStateException("A partition of " + topic + " has no leader");
        }
        return leader.id();
    }

    private int coordinator(String group) throws Exception {
        return admin.describeConsumerGroups(List.of(group))
                .all()
                .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .values()
                .iterator()
                .next()
                .coordinator()
                .id();
    }

    QuorumInfo quorum() throws InterruptedException, ExecutionException, TimeoutException {
        return admin.describeMetadataQuorum().quorumInfo().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    Set<String> allTopics() throws Exception {
        return admin.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    private List<TopicDescription> topics(Set<String> names) throws Exception {
        return List.copyOf(admin.describeTopics(names)
                .allTopicNames()
                .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .values());
    }

    /** A replica that is not in sync, or a partition without a leader, as words; null if all is well. */
    @Nullable
    String notInSync() throws Exception {
        for (TopicDescription topic : topics(allTopics())) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                Node leader = partition.leader();
                if (leader == null
                        || leader.isEmpty()
                        || partition.isr().size() < partition.replicas().size()) {
                    return "in sync of " + topic.name() + "-" + partition.partition() + " are "
                            + partition.isr().stream().map(Node::id).toList() + " of "
                            + partition.replicas().stream().map(Node::id).toList() + ", led by "
                            + (leader == null ? "nobody" : leader.idString());
                }
            }
        }
        return null;
    }

    /** A voter that has not reached the offset of the metadata log, as words; null if all have. */
    @Nullable
    String lagging(long metadataOffset) throws Exception {
        QuorumInfo quorum = quorum();
        if (quorum.voters().size() < cluster.controllers().size()) {
            return "only " + quorum.voters().size() + " voters";
        }
        for (QuorumInfo.ReplicaState voter : quorum.voters()) {
            if (voter.logEndOffset() < metadataOffset) {
                return "controller " + voter.replicaId() + " is at offset " + voter.logEndOffset()
                        + " of the metadata log, which had come to " + metadataOffset;
            }
        }
        return null;
    }

    /** The high watermarks of all partitions. */
    Map<TopicPartition, Long> highWatermarks() throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new TreeMap<>(ClusterView::order);
        for (TopicDescription topic : topics(allTopics())) {
            topic.partitions()
                    .forEach(
                            each -> asked.put(new TopicPartition(topic.name(), each.partition()), OffsetSpec.latest()));
        }
        Map<TopicPartition, Long> found = new TreeMap<>(ClusterView::order);
        admin.listOffsets(asked)
                .all()
                .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .forEach((partition, offset) -> found.put(partition, offset.offset()));
        return found;
    }

    private static int order(TopicPartition one, TopicPartition other) {
        return one.toString().compareTo(other.toString());
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
