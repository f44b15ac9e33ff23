package io.milena.coordinator.group.core;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A group at one moment, of whatever protocol.
 *
 * @param type Kafka's name of the kind of group, such as {@code classic}
 * @param state Kafka's name of the state, such as {@code Stable}
 * @param generation the generation, or the epoch of a consumer group
 * @param committedOffsets the next offset to read, per partition
 */
public record GroupView(
        String groupId,
        String type,
        String state,
        @Nullable String protocolType,
        @Nullable String protocol,
        int generation,
        List<Member> members,
        Map<TopicPartition, Long> committedOffsets) {

    /** One member of the group. */
    public record Member(String memberId, @Nullable String instanceId, String clientId, String clientHost) {}
}
