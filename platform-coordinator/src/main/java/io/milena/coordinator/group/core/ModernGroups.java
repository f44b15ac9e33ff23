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

/**
 * Groups in a shard that follow another protocol than the classic one (KIP-848), as the shard sees them: it owns the
 * offsets and the order of records, they own their members.
 *
 * <p>Their live state is ahead of the log: it changes when a record is decided, by the same code that replays it at load.
 * Therefore a record of theirs that the log refuses makes the runtime read the partition again.
 */
public interface ModernGroups {

    /** What happens in a shard when there are none. */
    ModernGroups NONE = new NoModernGroups();

    boolean has(String groupId);

    /** Takes over a record while loading; false if it is none of theirs. */
    boolean replay(GroupRecord record);

    /** Whether it is a record of theirs, which live state is ahead of. */
    boolean owns(GroupRecord record);

    void loaded(Turn turn);

    /** May this member commit in this epoch? */
    Errors validateCommit(String groupId, String memberId, int memberEpoch, boolean transactional);

    /** May this member fetch in this epoch? Null and negative: nobody in particular. */
    Errors validateFetch(String groupId, @Nullable String memberId, int memberEpoch);

    boolean isSubscribedTo(String groupId, String topic);

    Set<String> groupIds();

    boolean isEmpty(String groupId);

    /** Ends an empty group at once, and gives the records that erase it. */
    List<GroupRecord> erase(String groupId);

    void list(Set<String> states, Set<String> types, List<ListedGroup> into);

    /** Shows every group; offsets by group id are the shard's. */
    void look(Consumer<GroupView> each, Function<String, Map<TopicPartition, Long>> offsets);
}
