package io.milena.testkit.coordinator.group;

import io.milena.coordinator.group.core.GroupRecordSerde;
import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.records.group.ConsumerGroupCurrentMemberAssignmentKey;
import io.milena.records.group.ConsumerGroupCurrentMemberAssignmentValue;
import io.milena.records.group.ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions;
import io.milena.records.group.ConsumerGroupMetadataKey;
import io.milena.records.group.ConsumerGroupMetadataValue;
import io.milena.records.group.GroupMetadataKey;
import io.milena.records.group.GroupMetadataValue;
import io.milena.records.group.OffsetCommitKey;
import io.milena.records.group.OffsetCommitValue;
import io.milena.testkit.coordinator.group.CommittedOffsetsLedger.Key;
import io.milena.testkit.coordinator.node.ReplicatedPartition;
import io.milena.testkit.sim.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/** What is committed of groups, and what clients hold because they were told so. */
final class GroupLedger {
    /** @param held what it may consume and what it has yet to give up */
    private record Place(int epoch, Set<Integer> assigned, Set<Integer> held) {}

    private final CommittedOffsetsLedger offsets = new CommittedOffsetsLedger();
    private final Map<String, Integer> generations = new HashMap<>();
    /** By group and generation: the assignments of its members, in order. */
    private final Map<String, Map<Integer, List<String>>> assignments = new HashMap<>();

    private final Map<String, Integer> epochs = new HashMap<>();
    private final Map<String, Map<String, Place>> places = new HashMap<>();
    private final Map<String, Set<Integer>> epochsOfMember = new HashMap<>();
    private final List<ConsumerMember> holders = new ArrayList<>();

    void follow(Collection<ReplicatedPartition> partitions) {
        partitions.forEach(partition -> partition.onCommit(this::committed));
    }

    CommittedOffsetsLedger offsets() {
        return offsets;
    }

    // ---- the log

    private void committed(RecordBatch batch) {
        Set<String> touched = new HashSet<>();
        for (Record record : batch) {
            CoordinatorRecord read = GroupRecordSerde.read(record.key(), record.value());
            if (read == null) {
                throw new Violation("A record of an unknown type is committed");
            }
            if (read.key() instanceof OffsetCommitKey key) {
                OffsetCommitValue value = (OffsetCommitValue) read.value();
                offsets.committed(new Key(key.group(), key.partition()), value == null ? null : value.metadata());
            } else if (read.key() instanceof GroupMetadataKey key) {
                classic(key.group(), (GroupMetadataValue) read.value());
            } else if (read.key() instanceof ConsumerGroupMetadataKey key) {
                consumer(key.groupId(), (ConsumerGroupMetadataValue) read.value());
            } else if (read.key() instanceof ConsumerGroupCurrentMemberAssignmentKey key) {
                place(key.groupId(), key.memberId(), (ConsumerGroupCurrentMemberAssignmentValue) read.value());
                touched.add(key.groupId());
            }
        }
        touched.forEach(this::demandOneHolderEach);
    }

    private void classic(String group, @Nullable GroupMetadataValue value) {
        if (value == null) {
            generations.remove(group);
            return;
        }
        Integer former = generations.put(group, value.generation());
        Violation.unless(
                former == null || former <= value.generation(),
                "The generation of group %s goes back from %d to %d",
                group,
                former,
                value.generation());
        List<String> given = new ArrayList<>();
        value.members().forEach(member -> given.add(Arrays.toString(member.assignment())));
        given.sort(null);
        Map<Integer, List<String>> ofGroup = assignments.computeIfAbsent(group, none -> new TreeMap<>());
        List<String> before = ofGroup.put(value.generation(), given);
        Violation.unless(
                former == null || former != value.generation() || before == null || before.equals(given),
                "Generation %d of group %s has two assignments",
                value.generation(),
                group);
    }

    private void consumer(String group, @Nullable ConsumerGroupMetadataValue value) {
        if (value == null) {
            epochs.remove(group);
            return;
        }
        Integer former = epochs.put(group, value.epoch());
        Violation.unless(
                former == null || former < value.epoch(),
                "The epoch of group %s goes back from %d to %d",
                group,
                former,
                value.epoch());
    }

    private void place(String group, String member, @Nullable ConsumerGroupCurrentMemberAssignmentValue value) {
        Map<String, Place> ofGroup = places.computeIfAbsent(group, none -> new TreeMap<>());
        if (value == null) {
            ofGroup.remove(member);
            return;
        }
        Set<Integer> assigned = new TreeSet<>();
        value.assignedPartitions().forEach((TopicPartitions each) -> assigned.addAll(each.partitions()));
        Set<Integer> held = new TreeSet<>(assigned);
        value.partitionsPendingRevocation().forEach((TopicPartitions each) -> held.addAll(each.partitions()));
        Place former = ofGroup.put(member, new Place(value.memberEpoch(), assigned, held));
        Violation.unless(
                former == null || value.memberEpoch() < 0 || former.epoch <= value.memberEpoch(),
                "The epoch of member %s of group %s goes back to %d",
                member,
                group,
                value.memberEpoch());
        epochsOfMember
                .computeIfAbsent(group + "/" + member, none -> new HashSet<>())
                .add(value.memberEpoch());
    }

    private void demandOneHolderEach(String group) {
        Map<Integer, String> holderOf = new HashMap<>();
        places.getOrDefault(group, Map.of())
                .forEach((member, place) -> place.held.forEach(partition -> {
                    String other = holderOf.put(partition, member);
                    Violation.unless(
                            other == null,
                            "Partition %d is held by members %s and %s of group %s",
                            partition,
                            other,
                            member,
                            group);
                }));
    }

    // ---- what clients were told

    /** A member of a classic group got its assignment. */
    void synced(String group, int generation, byte[] assignment) {
        List<String> given = assignments.getOrDefault(group, Map.of()).getOrDefault(generation, List.of());
        Violation.unless(
                given.contains(Arrays.toString(assignment)),
                "A member of group %s got an assignment in generation %d that is not committed",
                group,
                generation);
    }

    /** A member of a consumer group was told its epoch. */
    void toldEpoch(String group, String member, int epoch) {
        Violation.unless(
                epochsOfMember.getOrDefault(group + "/" + member, Set.of()).contains(epoch),
                "Member %s of group %s was told epoch %d, which is not committed",
                member,
                group,
                epoch);
    }

    boolean isMember(String group, String member) {
        return places.getOrDefault(group, Map.of()).containsKey(member);
    }

    void holds(ConsumerMember member) {
        holders.add(member);
    }

    /** A member of a consumer group takes a partition because it was told to. */
    void takes(ConsumerMember member, int partition) {
        Place place = places.getOrDefault(member.group(), Map.of()).get(member.memberId());
        if (place == null || !place.assigned.contains(partition)) {
            return; // it was put out meanwhile, and will hear of it
        }
        for (ConsumerMember other : holders) {
            boolean both = other != member && other.group().equals(member.group()) && other.holds(partition);
            Violation.unless(
                    !both || !isMember(other.group(), other.memberId()),
                    "Partition %d of group %s is given to %s while %s holds it, which is a member",
                    partition,
                    member.group(),
                    member.memberId(),
                    other.memberId());
        }
    }
}
