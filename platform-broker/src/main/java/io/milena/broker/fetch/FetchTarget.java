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
    /** The high watermark a follower knows, -1 if it knows none, Long.MAX_VALUE if it does not say (KIP-1166). */
    final long fetcherHighWatermark;

    /** What the session knows of it; null outside sessions. */
    final @Nullable SessionPartition session;

    @Nullable
    Partition partition;

    /** The leader has not taken note of the follower that asks: it did not lead, or did not know it as a replica. */
    private boolean unnoted;

    FetchTarget(
            String topic,
            Uuid topicId,
            int index,
            long offset,
            int maxBytes,
            int leaderEpoch,
            int lastFetchedEpoch,
            long fetcherLogStartOffset,
            long fetcherHighWatermark,
            @Nullable SessionPartition session) {
        this.topic = topic;
        this.topicId = topicId;
        this.index = index;
        this.offset = offset;
        this.maxBytes = maxBytes;
        this.leaderEpoch = leaderEpoch;
        this.lastFetchedEpoch = lastFetchedEpoch;
        this.fetcherLogStartOffset = fetcherLogStartOffset;
        this.fetcherHighWatermark = fetcherHighWatermark;
        this.session = session;
    }

    void found(@Nullable Partition hosted) {
        partition = hosted;
        if (session != null && hosted != null) {
            session.servedTopic = hosted.topic();
        }
    }

    void unnoted() {
        unnoted = true;
    }

    boolean isUnnoted() {
        return unnoted;
    }

    /** The high watermark a follower knows; Long.MAX_VALUE if that cannot be told. */
    long knownHighWatermark() {
        return session == null ? fetcherHighWatermark : session.knownHighWatermark();
    }

    boolean byTopicId() {
        return !Uuid.ZERO_UUID.equals(topicId);
    }
}
