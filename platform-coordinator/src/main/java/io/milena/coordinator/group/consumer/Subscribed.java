package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.ConsumerMember.Subscription;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;

/** What a group's members subscribe to, looked up among the topics that there are. */
final class Subscribed {

    /** By member, the existing topics that it wants. */
    final TreeMap<String, SortedSet<Uuid>> byMember = new TreeMap<>();

    /** Number of partitions of each of them. */
    final Map<Uuid, Integer> partitionCounts = new HashMap<>();

    private final TreeMap<String, Long> described = new TreeMap<>();

    private Subscribed() {}

    static Subscribed of(ConsumerGroup group, TopicsView topics) {
        Subscribed subscribed = new Subscribed();
        Map<String, Set<String>> matches = new HashMap<>();
        for (ConsumerMember member : group.members()) {
            Subscription wanted = member.subscription();
            Set<String> names = new HashSet<>(wanted.topicNames());
            if (wanted.hasRegex()) {
                names.addAll(matches.computeIfAbsent(wanted.topicRegex(), topics::topicsMatching));
            }
            subscribed.add(member.memberId(), names, topics);
        }
        return subscribed;
    }

    private void add(String memberId, Set<String> names, TopicsView topics) {
        SortedSet<Uuid> ids = new TreeSet<>();
        for (String name : names) {
            Uuid id = topics.topicId(name);
            if (id != null) {
                int partitions = topics.partitionCount(name);
                ids.add(id);
                partitionCounts.put(id, partitions);
                described.computeIfAbsent(name, n -> describe(id, partitions, topics));
            }
        }
        byMember.put(memberId, ids);
    }

    private static long describe(Uuid id, int partitions, TopicsView topics) {
        long hash = id.getMostSignificantBits() * 31 + id.getLeastSignificantBits() * 17 + partitions;
        for (int partition = 0; partition < partitions; partition++) {
            hash = hash * 31 + topics.racksOf(id, partition).hashCode();
        }
        return hash;
    }

    /** Changes with the set of topics, their ids, their partitions and the racks of these; 0 for none. */
    long hash() {
        long hash = 0;
        for (Map.Entry<String, Long> topic : described.entrySet()) {
            hash = (hash * 1_000_003 + topic.getKey().hashCode()) * 1_000_003 + topic.getValue();
        }
        return hash;
    }
}
