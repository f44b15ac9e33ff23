package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.core.ClassicGroups;
import io.milena.coordinator.group.core.ClassicSnapshot;
import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.Turn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A shard without classic groups. */
final class NoClassicGroups implements ClassicGroups {

    @Override
    public Kind kindOf(String groupId) {
        return Kind.NONE;
    }

    @Override
    public @Nullable ClassicSnapshot find(String groupId) {
        return null;
    }

    @Override
    public int maxSize() {
        return Integer.MAX_VALUE;
    }

    @Override
    public List<CoordinatorRecord> giveUp(Turn turn, String groupId) {
        throw new IllegalStateException(groupId);
    }

    @Override
    public List<CoordinatorRecord> takeOver(Turn turn, ClassicSnapshot members, @Nullable String rebalanceReason) {
        throw new IllegalStateException(members.groupId());
    }
}
