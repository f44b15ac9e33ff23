package io.milena.coordinator.group.consumer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/** Gives each member a run of each topic's partitions, so that topics with as many partitions stay together. */
final class RangeAssignor implements Assignor {

    @Override
    public String name() {
        return "range";
    }

    @Override
    public Map<String, Partitions> assign(AssignmentInput input) {
        Map<String, Partitions> assigned = new HashMap<>();
        input.subscriptions().keySet().forEach(member -> assigned.put(member, new Partitions()));
        TreeMap<Uuid, List<String>> membersOf = new TreeMap<>();
        input.subscriptions().forEach((member, topics) -> {
            topics.forEach(
                    t -> membersOf.computeIfAbsent(t, any -> new ArrayList<>()).add(member));
        });
        membersOf.forEach((topicId, members) ->
                divide(topicId, input.partitionCounts().getOrDefault(topicId, 0), members, assigned));
        return assigned;
    }

    private static void divide(Uuid topicId, int partitions, List<String> members, Map<String, Partitions> assigned) {
        int each = partitions / members.size();
        int more = partitions % members.size();
        int next = 0;
        for (int i = 0; i < members.size(); i++) {
            int count = each + (i < more ? 1 : 0);
            Partitions mine = assigned.computeIfAbsent(members.get(i), any -> new Partitions());
            for (int n = 0; n < count; n++) {
                mine.add(topicId, next++);
            }
        }
    }
}
