package io.milena.broker.group.core;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A look at one group, valid during a turn of its shard. */
public final class GroupView {

    private final ClassicGroup group;
    private final Map<TopicPartition, CommittedOffset> offsets;

    GroupView(ClassicGroup group, Map<TopicPartition, CommittedOffset> offsets) {
        this.group = group;
        this.offsets = offsets;
    }

    public String groupId() {
        return group.groupId();
    }

    public String type() {
        return GroupDescriptions.CLASSIC_TYPE;
    }

    public GroupState state() {
        return group.state();
    }

    public @Nullable String protocolType() {
        return group.protocolType();
    }

    public @Nullable String protocol() {
        return group.protocol();
    }

    public int generation() {
        return group.generation();
    }

    public @Nullable String leaderId() {
        return group.leaderId();
    }

    /** One member of the group. */
    public record Member(
            String memberId, @Nullable String instanceId, String clientId, String clientHost, byte[] assignment) {}

    public void members(Consumer<Member> each) {
        Collection<GroupMember> members = group.members();
        members.forEach(m -> each.accept(new Member(m.memberId, m.instanceId, m.clientId, m.clientHost, m.assignment)));
    }

    /** A copy: next offset to read per partition. */
    public Map<TopicPartition, Long> committedOffsets() {
        Map<TopicPartition, Long> committed = new HashMap<>();
        offsets.forEach((partition, offset) -> committed.put(partition, offset.offset()));
        return committed;
    }
}
