package io.milena.coordinator.group.core;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Who says that it commits offsets, and for what.
 *
 * @param epoch the generation, or the epoch of a member of a consumer group; negative if it is nobody in particular
 * @param version of OffsetCommit or TxnOffsetCommit
 */
public record Committer(
        String memberId,
        @Nullable String instanceId,
        int epoch,
        boolean transactional,
        short version,
        Iterable<TopicPartition> partitions) {

    /** Whether it says that it is a member. */
    public boolean namesAMember() {
        return epoch >= 0 || !memberId.isEmpty() || instanceId != null;
    }
}
