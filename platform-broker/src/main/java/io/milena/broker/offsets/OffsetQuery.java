package io.milena.broker.offsets;

import io.milena.broker.partition.Partition;
import io.milena.log.PartitionLog;
import io.milena.log.TimestampOffset;
import java.util.Optional;
import org.apache.kafka.common.errors.OffsetNotAvailableException;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.jspecify.annotations.Nullable;

/** What a timestamp in a ListOffsets request asks for: a time, or one of the negative numbers with a meaning of their own. */
enum OffsetQuery {
    LATEST(1),
    EARLIEST(1),
    /** The record with the largest timestamp (KIP-734). */
    MAX_TIMESTAMP(7),
    /** The log start offset on local disk (KIP-405); here the same as EARLIEST. */
    EARLIEST_LOCAL(8),
    /** The last offset in remote storage (KIP-1005), which there is not. */
    LATEST_TIERED(9),
    /** The first offset not yet in remote storage (KIP-1023), which there is not. */
    EARLIEST_PENDING_UPLOAD(11),
    AT_TIME(1);

    private static final long EARLIEST_PENDING_UPLOAD_TIMESTAMP = -6L;

    /** @param leaderEpoch of the record, -1 if unknown */
    record Found(long timestampMs, long offset, int leaderEpoch) {
        static final Found NOTHING = new Found(
                ListOffsetsResponse.UNKNOWN_TIMESTAMP,
                ListOffsetsResponse.UNKNOWN_OFFSET,
                ListOffsetsResponse.UNKNOWN_EPOCH);
    }

    private final int sinceVersion;

    OffsetQuery(int sinceVersion) {
        this.sinceVersion = sinceVersion;
    }

    /** Null for a negative number without a meaning. */
    static @Nullable OffsetQuery of(long timestamp) {
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP) {
            return LATEST;
        }
        if (timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP) {
            return EARLIEST;
        }
        if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
            return MAX_TIMESTAMP;
        }
        if (timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            return EARLIEST_LOCAL;
        }
        if (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP) {
            return LATEST_TIERED;
        }
        if (timestamp == EARLIEST_PENDING_UPLOAD_TIMESTAMP) {
            return EARLIEST_PENDING_UPLOAD;
        }
        return timestamp < EARLIEST_PENDING_UPLOAD_TIMESTAMP ? null : AT_TIME;
    }

    boolean knownTo(short version) {
        return version >= sinceVersion;
    }

    /**
     * Looks it up. A consumer sees nothing from the high watermark on, or the last stable offset if it reads committed data only;
     * others see all.
     *
     * @throws OffsetNotAvailableException to a consumer, if a new leader's high watermark is still below the start of its epoch,
     *     and the answer would lie, or have to be sought, beyond it: the leader before may have told more (KIP-207)
     */
    Found ask(Partition partition, long timestampMs, boolean committed, int replicaId) {
        PartitionLog log = partition.log();
        boolean consumer = replicaId == ListOffsetsRequest.CONSUMER_REPLICA_ID;
        // In this order: a high watermark that rises in between makes the end no lower than it was told before.
        boolean behind = consumer && partition.isHighWatermarkBehindEpoch();
        long end = !consumer ? log.logEndOffset() : committed ? log.lastStableOffset() : log.highWatermark();
        switch (this) {
            case LATEST:
                if (behind) {
                    throw notAvailable(partition);
                }
                return new Found(ListOffsetsResponse.UNKNOWN_TIMESTAMP, end, partition.leaderEpoch());
            case EARLIEST:
            case EARLIEST_LOCAL:
                return earliest(log);
            case LATEST_TIERED:
            case EARLIEST_PENDING_UPLOAD:
                return Found.NOTHING;
            case MAX_TIMESTAMP:
                return below(end, log.maxTimestampOffset(), behind, partition);
            default:
                return below(end, log.offsetForTimestamp(timestampMs), behind, partition);
        }
    }

    private static OffsetNotAvailableException notAvailable(Partition partition) {
        return new OffsetNotAvailableException("The high watermark of " + partition
                + " has not reached the start of this leader's epoch yet; ask again.");
    }

    private static Found earliest(PartitionLog log) {
        long start = log.logStartOffset();
        int epoch = log.epochForOffset(start).orElse(ListOffsetsResponse.UNKNOWN_EPOCH);
        return new Found(ListOffsetsResponse.UNKNOWN_TIMESTAMP, start, epoch);
    }

    private static Found below(long end, Optional<TimestampOffset> found, boolean behind, Partition partition) {
        if (behind && found.isPresent() && found.get().offset() >= end) {
            throw notAvailable(partition);
        }
        return found.filter(record -> record.offset() < end)
                .map(record -> new Found(record.timestampMs(), record.offset(), record.leaderEpoch()))
                .orElse(Found.NOTHING);
    }
}
