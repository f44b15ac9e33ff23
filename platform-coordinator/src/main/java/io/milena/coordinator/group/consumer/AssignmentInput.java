package io.milena.coordinator.group.consumer;

import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import org.apache.kafka.common.Uuid;

/**
 * What an assignor divides, among whom.
 *
 * @param subscriptions by member, the existing topics it wants, by id
 * @param partitionCounts of those topics
 * @param current what members were assigned before
 * @param members of the group, by id
 * @param topics for assignors that care where partitions are
 */
record AssignmentInput(
        SortedMap<String, SortedSet<Uuid>> subscriptions,
        Map<Uuid, Integer> partitionCounts,
        Map<String, Partitions> current,
        Map<String, ConsumerMember> members,
        TopicsView topics) {}
