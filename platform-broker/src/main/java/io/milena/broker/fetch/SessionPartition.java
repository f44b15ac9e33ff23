package io.milena.broker.fetch;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What a fetch session remembers of one partition: what the client asked for last, and what it was told last (KIP-227). Guarded
 * by the session's monitor, but for the two reads in {@link #worthSending}, where a stale answer costs one needless entry.
 */
final class SessionPartition {
    private static final long NEVER_SENT = -1;

    final String topic;
    final Uuid topicId;
    final int index;

    long fetchOffset;
    int maxBytes;
    int leaderEpoch;
    int lastFetchedEpoch;
    long fetcherLogStartOffset;

    /** The topic's name when the partition was last served by id; tells a deleted topic from one that was created anew. */
    @Nullable
    String servedTopic;

    private long sentHighWatermark = NEVER_SENT;
    private long sentLogStartOffset = NEVER_SENT;

    SessionPartition(String topic, Uuid topicId, FetchPartition request) {
        this.topic = topic;
        this.topicId = topicId;
        this.index = request.partition();
        update(request);
    }

    void update(FetchPartition request) {
        fetchOffset = request.fetchOffset();
        maxBytes = request.partitionMaxBytes();
        leaderEpoch = request.currentLeaderEpoch();
        lastFetchedEpoch = request.lastFetchedEpoch();
        fetcherLogStartOffset = request.logStartOffset();
    }

    /** Whether a partition without records has anything new to tell. */
    boolean worthSending(long highWatermark, long logStartOffset) {
        return highWatermark != sentHighWatermark || logStartOffset != sentLogStartOffset;
    }

    void sent(PartitionData data) {
        sentLogStartOffset = data.logStartOffset();
        // After an error the next answer must name the partition again, whatever it says.
        sentHighWatermark = data.errorCode() == Errors.NONE.code() ? data.highWatermark() : NEVER_SENT;
    }

    FetchTarget target() {
        return new FetchTarget(
                topic,
                topicId,
                index,
                fetchOffset,
                maxBytes,
                leaderEpoch,
                lastFetchedEpoch,
                fetcherLogStartOffset,
                this);
    }
}
