package io.milena.coordinator.group.core;

import io.milena.records.group.OffsetCommitValue;
import org.apache.kafka.common.Uuid;

/**
 * What a group has committed for one partition.
 *
 * @param offset the next offset to read
 * @param leaderEpoch of the last record read, −1 if unknown (KIP-320)
 * @param metadata whatever the client wanted to keep with it, never null
 * @param expireTimestampMs when the client wanted it forgotten (requests up to version 4), −1 for the broker's retention
 * @param topicId of the topic that was meant, {@link Uuid#ZERO_UUID} when the client named the topic only
 * @param recordOffset where in the log it stands, which decides between transactional and plain commits; −1 if unknown
 */
record CommittedOffset(
        long offset,
        int leaderEpoch,
        String metadata,
        long commitTimestampMs,
        long expireTimestampMs,
        Uuid topicId,
        long recordOffset) {

    static final long NO_EXPIRY = -1L;

    static CommittedOffset of(OffsetCommitValue value, long recordOffset) {
        return new CommittedOffset(
                value.offset(),
                value.leaderEpoch(),
                value.metadata(),
                value.commitTimestamp(),
                value.expireTimestamp(),
                value.topicId(),
                recordOffset);
    }

    boolean hasOwnExpiry() {
        return expireTimestampMs != NO_EXPIRY;
    }

    /** A topic of the same name, but deleted and created again since, is another topic (KIP-848, KIP-516). */
    boolean isOfAnotherTopicThan(Uuid wanted) {
        return !wanted.equals(Uuid.ZERO_UUID) && !topicId.equals(Uuid.ZERO_UUID) && !wanted.equals(topicId);
    }
}
