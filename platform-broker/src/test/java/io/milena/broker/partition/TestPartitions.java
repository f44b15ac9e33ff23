package io.milena.broker.partition;

import io.milena.broker.replication.core.ReplicaAssignment;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** Hosts partitions without a metadata image. */
public final class TestPartitions {
    private TestPartitions() {}

    /** All partitions of a topic, led by this broker, their only replica. */
    public static void host(PartitionRegistry registry, String topic, Uuid id, int partitions) {
        for (int index = 0; index < partitions; index++) {
            host(registry, topic, id, index, registry.brokerId(), 0, List.of(registry.brokerId()));
        }
    }

    /** One partition with all replicas in sync. */
    public static void host(
            PartitionRegistry registry,
            String topic,
            Uuid id,
            int index,
            int leader,
            int epoch,
            List<Integer> replicas) {
        host(registry, topic, id, index, new ReplicaAssignment(leader, epoch, epoch, replicas, replicas));
    }

    public static void host(
            PartitionRegistry registry,
            String topic,
            Uuid id,
            int index,
            int leader,
            int epoch,
            List<Integer> replicas,
            List<Integer> isr) {
        host(registry, topic, id, index, new ReplicaAssignment(leader, epoch, epoch, replicas, isr));
    }

    private static void host(
            PartitionRegistry registry, String topic, Uuid id, int index, ReplicaAssignment assignment) {
        registry.assign(topic, id, index + 1, index, assignment, Uuid.ZERO_UUID);
    }

    public static void delete(PartitionRegistry registry, Uuid topicId) {
        registry.removeTopic(topicId);
    }

    public static void configChanged(PartitionRegistry registry, String topic) {
        registry.settings().changed(topic);
    }
}
