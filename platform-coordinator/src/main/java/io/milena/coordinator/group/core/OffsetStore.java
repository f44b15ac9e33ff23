package io.milena.coordinator.group.core;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Committed offsets of one shard, by group and partition, as the log has them, together with those of open transactions.
 * It also counts the commits that are on their way into the log: what is on its way must not be expired under the
 * client's hands.
 */
final class OffsetStore {

    private final Map<String, Map<TopicPartition, CommittedOffset>> byGroup = new HashMap<>();
    private final Map<Long, Map<String, Map<TopicPartition, CommittedOffset>>> openTransactions = new HashMap<>();
    private final Map<String, Map<TopicPartition, Integer>> onTheWay = new HashMap<>();

    Map<TopicPartition, CommittedOffset> ofGroup(String groupId) {
        return byGroup.getOrDefault(groupId, Map.of());
    }

    @Nullable
    CommittedOffset get(String groupId, TopicPartition partition) {
        return ofGroup(groupId).get(partition);
    }

    Set<String> groupIds() {
        return byGroup.keySet();
    }

    void put(String groupId, TopicPartition partition, CommittedOffset offset) {
        byGroup.computeIfAbsent(groupId, g -> new HashMap<>()).put(partition, offset);
    }

    void remove(String groupId, TopicPartition partition) {
        removeFrom(byGroup, groupId, partition);
        // A tombstone also ends what open transactions hold for it (offset or topic deletion).
        openTransactions.values().forEach(groups -> removeFrom(groups, groupId, partition));
    }

    private static <V> void removeFrom(Map<String, Map<TopicPartition, V>> groups, String groupId, TopicPartition p) {
        Map<TopicPartition, V> partitions = groups.get(groupId);
        if (partitions != null) {
            partitions.remove(p);
            if (partitions.isEmpty()) {
                groups.remove(groupId);
            }
        }
    }

    // ---- transactions (KIP-447)

    void putPending(long producerId, String groupId, TopicPartition partition, CommittedOffset offset) {
        openTransactions
                .computeIfAbsent(producerId, p -> new HashMap<>())
                .computeIfAbsent(groupId, g -> new HashMap<>())
                .put(partition, offset);
    }

    boolean isPending(String groupId, TopicPartition partition) {
        for (Map<String, Map<TopicPartition, CommittedOffset>> groups : openTransactions.values()) {
            Map<TopicPartition, CommittedOffset> partitions = groups.get(groupId);
            if (partitions != null && partitions.containsKey(partition)) {
                return true;
            }
        }
        return false;
    }

    boolean hasPending(String groupId) {
        return openTransactions.values().stream().anyMatch(groups -> groups.containsKey(groupId));
    }

    /**
     * A transaction ended. Its offsets become the group's unless a plain commit stands behind them in the log.
     *
     * @return the groups that it held offsets for
     */
    Set<String> complete(long producerId, boolean commit) {
        Map<String, Map<TopicPartition, CommittedOffset>> groups = openTransactions.remove(producerId);
        if (groups == null) {
            return Set.of();
        }
        if (commit) {
            groups.forEach((groupId, offsets) -> offsets.forEach((partition, offset) -> {
                CommittedOffset existing = get(groupId, partition);
                if (existing == null || offset.recordOffset() > existing.recordOffset()) {
                    put(groupId, partition, offset);
                }
            }));
        }
        return groups.keySet();
    }

    // ---- on the way into the log

    void departed(String groupId, TopicPartition partition) {
        onTheWay.computeIfAbsent(groupId, g -> new HashMap<>()).merge(partition, 1, Integer::sum);
    }

    void arrived(String groupId, TopicPartition partition) {
        Map<TopicPartition, Integer> partitions = onTheWay.get(groupId);
        if (partitions == null) {
            return;
        }
        partitions.computeIfPresent(partition, (p, n) -> n == 1 ? null : n - 1);
        if (partitions.isEmpty()) {
            onTheWay.remove(groupId);
        }
    }

    boolean isOnTheWay(String groupId, TopicPartition partition) {
        return onTheWay.getOrDefault(groupId, Map.of()).containsKey(partition);
    }

    boolean hasOnTheWay(String groupId) {
        return onTheWay.containsKey(groupId);
    }

    /** Every partition that the group has, will have, or may have an offset for. */
    Set<TopicPartition> allPartitions(String groupId) {
        Set<TopicPartition> all = new HashSet<>(ofGroup(groupId).keySet());
        all.addAll(onTheWay.getOrDefault(groupId, Map.of()).keySet());
        openTransactions
                .values()
                .forEach(groups ->
                        all.addAll(groups.getOrDefault(groupId, Map.of()).keySet()));
        return all;
    }
}
