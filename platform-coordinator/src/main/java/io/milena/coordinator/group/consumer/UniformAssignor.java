package io.milena.coordinator.group.consumer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Spreads partitions evenly and moves as few as it can: everybody keeps what it had, what nobody has goes to whom has least,
 * then whoever has two more than somebody else who may take one gives one away.
 */
final class UniformAssignor implements Assignor {

    @Override
    public String name() {
        return "uniform";
    }

    @Override
    public Map<String, Partitions> assign(AssignmentInput input) {
        return new Run(input.subscriptions(), input.partitionCounts()).assign(input.current());
    }

    private record Place(Uuid topicId, int partition) {}

    /** One run, with its working state. */
    private static final class Run {
        private final SortedMap<String, SortedSet<Uuid>> subscriptions;
        private final Map<Uuid, Integer> counts;
        private final Map<String, List<Place>> held = new TreeMap<>();
        private final Map<Uuid, List<String>> membersOf = new TreeMap<>();

        Run(SortedMap<String, SortedSet<Uuid>> subscriptions, Map<Uuid, Integer> counts) {
            this.subscriptions = subscriptions;
            this.counts = counts;
            subscriptions.forEach((member, topics) -> {
                held.put(member, new ArrayList<>());
                topics.forEach(t ->
                        membersOf.computeIfAbsent(t, any -> new ArrayList<>()).add(member));
            });
        }

        Map<String, Partitions> assign(Map<String, Partitions> current) {
            Partitions taken = keep(current);
            membersOf.forEach((topicId, members) -> {
                for (int p = 0; p < counts.getOrDefault(topicId, 0); p++) {
                    if (!taken.contains(topicId, p)) {
                        list(least(members)).add(new Place(topicId, p));
                    }
                }
            });
            balance();
            Map<String, Partitions> assigned = new HashMap<>();
            held.forEach((member, places) -> {
                Partitions partitions = new Partitions();
                places.forEach(place -> partitions.add(place.topicId, place.partition));
                assigned.put(member, partitions);
            });
            return assigned;
        }

        private Partitions keep(Map<String, Partitions> current) {
            Partitions taken = new Partitions();
            subscriptions.forEach((member, topics) -> current.getOrDefault(member, Partitions.NONE)
                    .forEach((topicId, partition) -> {
                        boolean exists = partition < counts.getOrDefault(topicId, 0);
                        if (exists && topics.contains(topicId) && !taken.contains(topicId, partition)) {
                            taken.add(topicId, partition);
                            list(member).add(new Place(topicId, partition));
                        }
                    }));
            return taken;
        }

        private void balance() {
            int moves = counts.values().stream().mapToInt(Integer::intValue).sum();
            while (moves-- > 0 && moveOne()) {
                // one less to move
            }
        }

        /** Takes one from a member with much to one with less by two at least; the fullest gives first. */
        private boolean moveOne() {
            List<String> fullestFirst = new ArrayList<>(held.keySet());
            fullestFirst.sort((a, b) -> Integer.compare(list(b).size(), list(a).size()));
            for (String giver : fullestFirst) {
                List<Place> places = list(giver);
                for (int i = places.size() - 1; i >= 0; i--) {
                    Place place = places.get(i);
                    String taker = least(membersOf.getOrDefault(place.topicId, List.of()));
                    if (list(taker).size() + 1 < places.size()) {
                        list(taker).add(places.remove(i));
                        return true;
                    }
                }
            }
            return false;
        }

        private String least(List<String> members) {
            @Nullable String least = null;
            for (String member : members) {
                if (least == null || list(member).size() < list(least).size()) {
                    least = member;
                }
            }
            if (least == null) {
                throw new IllegalStateException("a topic without members");
            }
            return least;
        }

        private List<Place> list(String member) {
            return held.computeIfAbsent(member, any -> new ArrayList<>());
        }
    }
}
