package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.Turn;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** All group types of a shard but the classic one: each record and each group id belongs to one of them or to none. */
final class GroupTypes implements ModernGroups {

    private final List<ModernGroups> types;

    GroupTypes(List<ModernGroups> types) {
        this.types = types;
    }

    <T extends ModernGroups> T get(Class<T> type) {
        for (ModernGroups each : types) {
            if (type.isInstance(each)) {
                return type.cast(each);
            }
        }
        throw new IllegalArgumentException("This shard has no " + type.getSimpleName());
    }

    private @Nullable ModernGroups of(String groupId) {
        for (ModernGroups each : types) {
            if (each.has(groupId)) {
                return each;
            }
        }
        return null;
    }

    @Override
    public boolean has(String groupId) {
        return of(groupId) != null;
    }

    @Override
    public boolean replay(CoordinatorRecord record) {
        for (ModernGroups each : types) {
            if (each.replay(record)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean owns(CoordinatorRecord record) {
        for (ModernGroups each : types) {
            if (each.owns(record)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void loaded(Turn turn) {
        types.forEach(each -> each.loaded(turn));
    }

    @Override
    public Errors validateCommit(String groupId, Committer committer) {
        ModernGroups owner = of(groupId);
        return owner == null ? Errors.GROUP_ID_NOT_FOUND : owner.validateCommit(groupId, committer);
    }

    @Override
    public @Nullable ClassicMembers classicMembers(String groupId) {
        ModernGroups owner = of(groupId);
        return owner == null ? null : owner.classicMembers(groupId);
    }

    @Override
    public Errors validateFetch(String groupId, @Nullable String memberId, int memberEpoch) {
        ModernGroups owner = of(groupId);
        return owner == null ? Errors.NONE : owner.validateFetch(groupId, memberId, memberEpoch);
    }

    @Override
    public boolean isSubscribedTo(String groupId, String topic) {
        ModernGroups owner = of(groupId);
        return owner != null && owner.isSubscribedTo(groupId, topic);
    }

    @Override
    public Set<String> groupIds() {
        Set<String> all = new HashSet<>();
        types.forEach(each -> all.addAll(each.groupIds()));
        return all;
    }

    @Override
    public boolean isEmpty(String groupId) {
        ModernGroups owner = of(groupId);
        return owner == null || owner.isEmpty(groupId);
    }

    @Override
    public List<CoordinatorRecord> erase(Turn turn, String groupId) {
        ModernGroups owner = of(groupId);
        return owner == null ? List.of() : owner.erase(turn, groupId);
    }

    @Override
    public void list(Set<String> states, Set<String> types, List<ListedGroup> into) {
        this.types.forEach(each -> each.list(states, types, into));
    }

    @Override
    public void look(Consumer<GroupView> each, Function<String, Map<TopicPartition, Long>> offsets) {
        types.forEach(type -> type.look(each, offsets));
    }
}
