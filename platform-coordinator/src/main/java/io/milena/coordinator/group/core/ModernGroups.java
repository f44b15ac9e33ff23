package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.Turn;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The groups in a shard that follow one other protocol than the classic one (KIP-848), as the shard sees them: it owns the
 * offsets and the order of records, they own their members.
 *
 * <p>Their state changes when a record is decided, by the same code that replays it at load, and is undone if the log
 * refuses the record ({@link Turn#changed}).
 */
public interface ModernGroups {

    boolean has(String groupId);

    /** Takes over a record while loading; false if it is none of theirs. */
    boolean replay(CoordinatorRecord record);

    /** Whether it is a record of theirs. */
    boolean owns(CoordinatorRecord record);

    void loaded(Turn turn);

    /** May this member commit for all of these partitions? */
    Errors validateCommit(String groupId, Committer committer);

    /** May this member fetch in this epoch? Null and a negative epoch: nobody in particular. */
    Errors validateFetch(String groupId, @Nullable String memberId, int memberEpoch);

    /** Who answers members of the classic protocol for this group; null if the group is none of theirs. */
    @Nullable
    ClassicMembers classicMembers(String groupId);

    boolean isSubscribedTo(String groupId, String topic);

    Set<String> groupIds();

    boolean isEmpty(String groupId);

    /** Ends an empty group at once, and gives the records that erase it. */
    List<CoordinatorRecord> erase(Turn turn, String groupId);

    void list(Set<String> states, Set<String> types, List<ListedGroup> into);

    /** Shows every group; offsets by group id are the shard's. */
    void look(Consumer<GroupView> each, Function<String, Map<TopicPartition, Long>> offsets);
}
