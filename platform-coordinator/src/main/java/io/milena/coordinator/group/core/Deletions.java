package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.GroupState.DEAD;
import static io.milena.coordinator.group.core.GroupState.EMPTY;

import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartitionCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopicCollection;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Everything that ends in tombstones: DeleteGroups, OffsetDelete, expiry, deleted topics. */
final class Deletions {

    private final Groups groups;
    private final OffsetStore offsets;
    private final OffsetExpiry expiry;
    private final RebalanceFlow flow;
    private final ModernGroups modern;

    Deletions(Groups groups, OffsetStore offsets, OffsetExpiry expiry, RebalanceFlow flow, ModernGroups modern) {
        this.modern = modern;
        this.groups = groups;
        this.offsets = offsets;
        this.expiry = expiry;
        this.flow = flow;
    }

    void deleteGroup(Turn turn, String groupId, Reply<Errors> reply) {
        ClassicGroup group = groups.find(groupId);
        if (modern.has(groupId)) {
            deleteModern(turn, groupId, offsets.allPartitions(groupId), reply);
        } else if (group == null || group.is(DEAD)) {
            reply.answer(Errors.GROUP_ID_NOT_FOUND);
        } else if (!group.is(EMPTY)) {
            reply.answer(Errors.NON_EMPTY_GROUP);
        } else {
            delete(group, offsets.allPartitions(groupId), reply, turn);
        }
    }

    /** From here to the commit the group is Dead, so that nobody joins what is about to vanish. */
    private void delete(ClassicGroup group, Collection<TopicPartition> partitions, Reply<Errors> reply, Turn turn) {
        List<CoordinatorRecord> records = new ArrayList<>(partitions.size() + 1);
        partitions.forEach(p -> records.add(GroupRecords.offsetTombstone(group.groupId(), p)));
        if (group.persisted) {
            records.add(GroupRecords.groupTombstone(group.groupId()));
        }
        flow.end(group, Errors.COORDINATOR_NOT_AVAILABLE, turn);
        if (records.isEmpty()) {
            groups.remove(group.groupId());
            reply.answer(Errors.NONE);
            return;
        }
        turn.write(records, (later, error) -> {
            if (error == Errors.NONE) {
                removeIfGone(group);
            } else if (groups.find(group.groupId()) == group) {
                groups.revive(group); // the records are still there, and so is the group
            }
            reply.answer(Answers.forGroupWrite(error));
        });
    }

    private void deleteModern(Turn turn, String groupId, Collection<TopicPartition> partitions, Reply<Errors> reply) {
        if (!modern.isEmpty(groupId)) {
            reply.answer(Errors.NON_EMPTY_GROUP);
            return;
        }
        List<CoordinatorRecord> records = new ArrayList<>();
        partitions.forEach(p -> records.add(GroupRecords.offsetTombstone(groupId, p)));
        records.addAll(modern.erase(turn, groupId));
        turn.write(records, (later, error) -> reply.answer(Answers.forGroupWrite(error)));
    }

    private void removeIfGone(ClassicGroup group) {
        if (groups.find(group.groupId()) == group) {
            groups.remove(group.groupId());
        }
    }

    void deleteOffsets(Turn turn, OffsetDeleteRequestData request, Reply<OffsetDeleteResponseData> reply) {
        OffsetDeleteResponseData response = new OffsetDeleteResponseData()
                .setTopics(
                        new OffsetDeleteResponseTopicCollection(request.topics().size() + 1));
        ClassicGroup group = groups.find(request.groupId());
        boolean isModern = modern.has(request.groupId());
        Errors refused = isModern ? Errors.NONE : validateOffsetDelete(group);
        if (refused != Errors.NONE) {
            reply.answer(response.setErrorCode(refused.code()));
            return;
        }
        List<CoordinatorRecord> records = new ArrayList<>();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            OffsetDeleteResponseTopic answer = new OffsetDeleteResponseTopic()
                    .setName(topic.name())
                    .setPartitions(new OffsetDeleteResponsePartitionCollection(
                            topic.partitions().size() + 1));
            response.topics().add(answer);
            boolean subscribed = isModern
                    ? modern.isSubscribedTo(request.groupId(), topic.name())
                    : group != null && group.isSubscribedTo(topic.name());
            for (OffsetDeleteRequestPartition p : topic.partitions()) {
                Errors error = subscribed ? Errors.GROUP_SUBSCRIBED_TO_TOPIC : Errors.NONE;
                answer.partitions()
                        .add(new OffsetDeleteResponsePartition()
                                .setPartitionIndex(p.partitionIndex())
                                .setErrorCode(error.code()));
                TopicPartition partition = new TopicPartition(topic.name(), p.partitionIndex());
                if (!subscribed && hasOffset(request.groupId(), partition)) {
                    records.add(GroupRecords.offsetTombstone(request.groupId(), partition));
                }
            }
        }
        if (records.isEmpty()) {
            reply.answer(response);
            return;
        }
        turn.write(
                records,
                (later, error) -> reply.answer(
                        error == Errors.NONE
                                ? response
                                : new OffsetDeleteResponseData()
                                        .setErrorCode(
                                                Answers.forGroupWrite(error).code())));
    }

    private static Errors validateOffsetDelete(@Nullable ClassicGroup group) {
        if (group == null || group.is(DEAD)) {
            return Errors.GROUP_ID_NOT_FOUND;
        }
        // Only of consumer groups do we know which topics their members still need.
        return group.is(EMPTY) || group.usesConsumerProtocol() ? Errors.NONE : Errors.NON_EMPTY_GROUP;
    }

    private boolean hasOffset(String groupId, TopicPartition partition) {
        return offsets.get(groupId, partition) != null
                || offsets.isOnTheWay(groupId, partition)
                || offsets.isPending(groupId, partition);
    }

    /** One round of expiry: old offsets go, and with its last offset an empty group goes too. */
    void expire(Turn turn) {
        modern.groupIds().forEach(groupId -> expireModern(turn, groupId));
        for (ClassicGroup group : List.copyOf(groups.all())) {
            if (group.is(DEAD)) {
                continue;
            }
            List<TopicPartition> expired = expiry.expired(group, turn.wallClockMs());
            String groupId = group.groupId();
            boolean allGone = expired.size() == offsets.ofGroup(groupId).size()
                    && !offsets.hasOnTheWay(groupId)
                    && !offsets.hasPending(groupId);
            if (allGone && group.is(EMPTY) && !group.hasPendingJoins()) {
                delete(group, expired, ignored -> {}, turn);
            } else if (!expired.isEmpty()) {
                forget(groupId, expired, turn);
            }
        }
    }

    private void expireModern(Turn turn, String groupId) {
        List<TopicPartition> expired =
                expiry.expired(groupId, turn.wallClockMs(), topic -> modern.isSubscribedTo(groupId, topic));
        boolean allGone = expired.size() == offsets.ofGroup(groupId).size()
                && !offsets.hasOnTheWay(groupId)
                && !offsets.hasPending(groupId);
        if (allGone && modern.isEmpty(groupId)) {
            deleteModern(turn, groupId, expired, ignored -> {});
        } else if (!expired.isEmpty()) {
            forget(groupId, expired, turn);
        }
    }

    /** Topics are gone, and with them the meaning of offsets in them. */
    void forgetTopics(Turn turn, Set<String> topics) {
        Set<String> groupIds = new TreeSet<>(offsets.groupIds());
        for (String groupId : groupIds) {
            List<TopicPartition> gone = offsets.allPartitions(groupId).stream()
                    .filter(p -> topics.contains(p.topic()))
                    .toList();
            if (!gone.isEmpty()) {
                forget(groupId, gone, turn);
            }
        }
    }

    private static void forget(String groupId, List<TopicPartition> partitions, Turn turn) {
        List<CoordinatorRecord> records = partitions.stream()
                .map(p -> GroupRecords.offsetTombstone(groupId, p))
                .toList();
        turn.write(records, (later, error) -> {}); // if it fails, the next round tries again
    }
}
