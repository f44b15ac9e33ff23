package io.milena.coordinator.group;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One group at one moment, for operators (Actuator, metrics): lag is a partition's end offset less what is committed.
 *
 * @param state Kafka's name of the state, such as {@code Stable}
 * @param members id, instance id, client id and host of each member
 * @param committedOffsets the next offset to read, per partition
 */
public record GroupSnapshot(
        String groupId,
        String type,
        String state,
        @Nullable String protocolType,
        @Nullable String protocol,
        int generation,
        List<Member> members,
        Map<TopicPartition, Long> committedOffsets) {

    /** One member of a group. */
    public record Member(String memberId, @Nullable String instanceId, String clientId, String clientHost) {}
}
