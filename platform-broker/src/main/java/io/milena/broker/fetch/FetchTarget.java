package io.milena.broker.fetch;

import io.milena.broker.partition.Partition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * One partition of one fetch request: what is asked for, frozen at the time of the request, and the hosted partition once it
 * has been found. Used by one thread at a time.
 */
final class FetchTarget {
    final String topic;
    final Uuid topicId;
    final int index;
    final long offset;
    final int maxBytes;
    final int leaderEpoch;
    final int lastFetchedEpoch;
    final long fetcherLogStartOffset;
    /** What the session knows of it; null outside sessions. */
    final @Nullable SessionPartition session;

    @Nullable
    Partition partition;

    FetchTarget(
            String topic,
            Uuid topicId,
            int index,
            long offset,
            int maxBytes,
            int leaderEpoch,
            int lastFetchedEpoch,
            long fetcherLogStartOffset,
            @Nullable SessionPartition session) {
        this.topic = topic;
        this.topicId = topicId;
        this.index = index;
        this.offset = offset;
        this.maxBytes = maxBytes;
        this.leaderEpoch = leaderEpoch;
        this.lastFetchedEpoch = lastFetchedEpoch;
        this.fetcherLogStartOffset = fetcherLogStartOffset;
        this.session = session;
    }

    void found(Partition hosted) {
        partition = hosted;
        if (session != null) {
            session.servedTopic = hosted.topic();
        }
    }

    boolean byTopicId() {
        return !Uuid.ZERO_UUID.equals(topicId);
    }
}
