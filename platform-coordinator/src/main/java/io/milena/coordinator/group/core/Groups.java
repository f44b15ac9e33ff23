package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.TimerQueue.Timer;
import io.milena.coordinator.runtime.Turn;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The groups of one shard by id, and ids that belong to groups of a kind that we only remember (KIP-848, share, streams). */
final class Groups {

    private final Map<String, ClassicGroup> classic = new HashMap<>();
    private final Map<String, ForeignType> foreign = new HashMap<>();

    private BiConsumer<ClassicGroup, Turn> onJoinTimeout = (g, t) -> {};
    private BiConsumer<ClassicGroup, Turn> onSyncTimeout = (g, t) -> {};

    /** Kinds of groups whose records we keep in mind. */
    enum ForeignType {
        CONSUMER,
        SHARE,
        STREAMS
    }

    /** What the two timers of every group do. */
    void whenDue(BiConsumer<ClassicGroup, Turn> joinTimeout, BiConsumer<ClassicGroup, Turn> syncTimeout) {
        onJoinTimeout = joinTimeout;
        onSyncTimeout = syncTimeout;
    }

    @Nullable
    ClassicGroup find(String groupId) {
        return classic.get(groupId);
    }

    ClassicGroup findOrCreate(String groupId) {
        ClassicGroup existing = classic.get(groupId);
        return existing != null ? existing : create(groupId);
    }

    private final MemberMemory memory;

    Groups(MemberMemory memory) {
        this.memory = memory;
    }

    boolean hasRoomFor(List<Protocol> protocols) {
        return memory.hasRoomFor(protocols);
    }

    private ClassicGroup create(String groupId) {
        ClassicGroup[] self = new ClassicGroup[1];
        ClassicGroup group = new ClassicGroup(
                groupId,
                memory,
                new Timer(turn -> onJoinTimeout.accept(self[0], turn)),
                new Timer(turn -> onSyncTimeout.accept(self[0], turn)));
        self[0] = group;
        classic.put(groupId, group);
        return group;
    }

    /** Its deletion failed: an empty group of the same generation takes the place of the dead one. */
    void revive(ClassicGroup dead) {
        ClassicGroup group = create(dead.groupId());
        group.restore(dead.protocolType(), null, null, dead.generation(), dead.stateTimestampMs(), List.of());
        group.persisted = dead.persisted;
    }

    void remove(String groupId) {
        classic.remove(groupId);
    }

    /** Takes back its removal, unless the id has another group by now. */
    void putBack(ClassicGroup group) {
        classic.putIfAbsent(group.groupId(), group);
    }

    Collection<ClassicGroup> all() {
        return classic.values();
    }

    @Nullable
    ForeignType foreignType(String groupId) {
        return foreign.get(groupId);
    }

    void rememberForeign(String groupId, ForeignType type) {
        foreign.put(groupId, type);
    }

    void forgetForeign(String groupId) {
        foreign.remove(groupId);
    }

    Map<String, ForeignType> foreign() {
        return foreign;
    }
}
