package io.milena.coordinator.group.core;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A shard that knows the classic protocol only. */
final class NoModernGroups implements ModernGroups {

    @Override
    public boolean has(String groupId) {
        return false;
    }

    @Override
    public boolean replay(GroupRecord record) {
        return false;
    }

    @Override
    public boolean owns(GroupRecord record) {
        return false;
    }

    @Override
    public void loaded(Turn turn) {}

    @Override
    public Errors validateCommit(String groupId, String memberId, int memberEpoch, boolean transactional) {
        return Errors.GROUP_ID_NOT_FOUND;
    }

    @Override
    public Errors validateFetch(String groupId, @Nullable String memberId, int memberEpoch) {
        return Errors.NONE;
    }

    @Override
    public boolean isSubscribedTo(String groupId, String topic) {
        return false;
    }

    @Override
    public Set<String> groupIds() {
        return Set.of();
    }

    @Override
    public boolean isEmpty(String groupId) {
        return true;
    }

    @Override
    public List<GroupRecord> erase(String groupId) {
        return List.of();
    }

    @Override
    public void list(Set<String> states, Set<String> types, List<ListedGroup> into) {}

    @Override
    public void look(Consumer<GroupView> each, Function<String, Map<TopicPartition, Long>> offsets) {}
}
