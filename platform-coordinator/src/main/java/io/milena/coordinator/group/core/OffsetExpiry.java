package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.GroupState.EMPTY;
import static io.milena.coordinator.group.core.GroupState.STABLE;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Which committed offsets have outlived their retention (KIP-211).
 *
 * <pre>
 * group                                     an offset's age counts from
 * nobody ever joined                        its commit
 * Empty                                     the moment the group became empty
 * Stable, consumer protocol                 its commit, and only for topics that nobody subscribes to
 * rebalancing (KAFKA-13636), other types    never
 * </pre>
 *
 * An offset with an expiry of its own (requests up to version 4) goes by that in the cases where age counts at all.
 */
final class OffsetExpiry {

    private final GroupConfig config;
    private final OffsetStore offsets;

    OffsetExpiry(GroupConfig config, OffsetStore offsets) {
        this.config = config;
        this.offsets = offsets;
    }

    /** The group's expired partitions at this moment. */
    List<TopicPartition> expired(ClassicGroup group, long nowMs) {
        ToLongFunction<CommittedOffset> ageFrom = ageFrom(group);
        return ageFrom == null ? List.of() : expired(group.groupId(), ageFrom, nowMs, group::isSubscribedTo);
    }

    /** Expired partitions of a consumer group (KIP-848): age counts from the commit. */
    List<TopicPartition> expired(String groupId, long nowMs, Predicate<String> isSubscribed) {
        return expired(groupId, CommittedOffset::commitTimestampMs, nowMs, isSubscribed);
    }

    private List<TopicPartition> expired(
            String groupId, ToLongFunction<CommittedOffset> ageFrom, long nowMs, Predicate<String> isSubscribed) {
        List<TopicPartition> expired = new ArrayList<>();
        for (Map.Entry<TopicPartition, CommittedOffset> entry :
                offsets.ofGroup(groupId).entrySet()) {
            TopicPartition partition = entry.getKey();
            CommittedOffset offset = entry.getValue();
            boolean old = offset.hasOwnExpiry()
                    ? nowMs >= offset.expireTimestampMs()
                    : nowMs - ageFrom.applyAsLong(offset) >= config.offsetsRetentionMs();
            if (old && !isNeeded(groupId, partition, isSubscribed)) {
                expired.add(partition);
            }
        }
        return expired;
    }

    private boolean isNeeded(String groupId, TopicPartition partition, Predicate<String> isSubscribed) {
        return isSubscribed.test(partition.topic())
                || offsets.isOnTheWay(groupId, partition)
                || offsets.isPending(groupId, partition);
    }

    private static @Nullable ToLongFunction<CommittedOffset> ageFrom(ClassicGroup group) {
        String type = group.protocolType();
        if (type == null || type.isEmpty()) {
            return CommittedOffset::commitTimestampMs;
        }
        if (group.is(EMPTY)) {
            long since = group.stateTimestampMs();
            return since == ClassicGroup.NO_TIMESTAMP ? CommittedOffset::commitTimestampMs : offset -> since;
        }
        boolean known = group.usesConsumerProtocol() && group.subscribedTopics() != null;
        return group.is(STABLE) && known ? CommittedOffset::commitTimestampMs : null;
    }
}
