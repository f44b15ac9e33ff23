package io.milena.broker.fetch;

import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * What a request asks of one partition.
 *
 * @param offset the first offset wanted
 * @param maxBytes at most so many bytes
 * @param leaderEpoch the leader epoch the client knows, -1 if it does not say
 * @param lastFetchedEpoch the leader epoch of the last record it has, -1 if it does not say (KIP-595)
 * @param logStartOffset a follower's log start offset
 * @param highWatermark the high watermark a follower knows, -1 if it knows none, Long.MAX_VALUE if it does not say (KIP-1166)
 */
record PartitionFetch(
        long offset, int maxBytes, int leaderEpoch, int lastFetchedEpoch, long logStartOffset, long highWatermark) {
    /** As in Kafka, any negative epoch is one that is not said. */
    static PartitionFetch of(FetchPartition request) {
        return new PartitionFetch(
                request.fetchOffset(),
                request.partitionMaxBytes(),
                Math.max(RecordBatch.NO_PARTITION_LEADER_EPOCH, request.currentLeaderEpoch()),
                Math.max(RecordBatch.NO_PARTITION_LEADER_EPOCH, request.lastFetchedEpoch()),
                request.logStartOffset(),
                request.highWatermark());
    }
}
