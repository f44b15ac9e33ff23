package io.milena.broker.fetch;

import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.broker.replication.core.Divergence;
import io.milena.broker.replication.core.FollowerFetch;
import io.milena.log.AbortedTransaction;
import io.milena.log.LogRead;
import io.milena.log.LogSlice;
import io.milena.log.PartitionLog;
import io.milena.records.OffsetAndEpoch;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a fetch's partitions once, in order, within its byte limits. The first batch found goes out whole whatever the limits
 * say, so that a consumer can always go on (KIP-74). Any thread; keeps no state.
 */
final class FetchReader {
    private static final Logger LOG = LoggerFactory.getLogger(FetchReader.class);
    private static final int NO_EPOCH = -1;
    private static final long UNKNOWN_OFFSET = -1;

    private final PartitionRegistry registry;
    private final ImageLookup image;

    FetchReader(PartitionRegistry registry, ImageLookup image) {
        this.registry = registry;
        this.image = image;
    }

    /**
     * @param onlyNews leave out partitions that have neither records nor anything else to tell (incremental answers)
     */
    FetchResult read(FetchParams params, List<FetchTarget> targets, boolean onlyNews) {
        FetchResult result = new FetchResult(onlyNews ? Math.min(targets.size(), 8) : targets.size());
        for (FetchTarget target : targets) {
            readOne(params, target, onlyNews, result);
        }
        return result;
    }

    /** Tells the partitions how far the follower that asks has come; not where its log is not ours, or beyond ours. */
    void noteFollower(FetchParams params, List<FetchTarget> targets, long nowMs) {
        for (FetchTarget target : targets) {
            Partition partition = find(target);
            if (partition != null && partition.check(target.leaderEpoch, true) == Errors.NONE) {
                try {
                    noteFollower(params, target, partition, nowMs);
                } catch (ApiException e) {
                    LOG.debug("Nothing is noted of replica {} of {}", params.replicaId(), partition, e);
                }
            }
        }
    }

    private static void noteFollower(FetchParams params, FetchTarget target, Partition partition, long nowMs) {
        PartitionLog log = partition.log();
        boolean within = target.offset >= log.logStartOffset() && target.offset <= log.logEndOffset();
        if (within && compare(target, log) == Divergence.NONE) {
            partition.followerFetched(
                    new FollowerFetch(
                            params.replicaId(),
                            target.leaderEpoch,
                            target.offset,
                            target.fetcherLogStartOffset,
                            params.replicaEpoch()),
                    nowMs);
        }
    }

    private static Divergence compare(FetchTarget target, PartitionLog log) {
        return Divergence.of(target.lastFetchedEpoch, target.offset, log.endOffsetForEpoch(target.lastFetchedEpoch));
    }

    private void readOne(FetchParams params, FetchTarget target, boolean onlyNews, FetchResult result) {
        Partition partition = find(target);
        if (partition == null) {
            fail(target, missing(target), result);
            return;
        }
        target.found(partition);
        Errors refusal = partition.check(target.leaderEpoch, true);
        if (refusal != Errors.NONE) {
            fail(target, refusal, result);
            return;
        }
        result.moves += partition.moves();
        try {
            readLog(params, target, partition, onlyNews, result);
        } catch (ApiException e) {
            fail(target, Errors.forException(e), result);
        } catch (RuntimeException e) {
            LOG.error("Cannot read partition {}-{} at offset {}", partition.topic(), target.index, target.offset, e);
            fail(target, Errors.forException(e), result);
        }
    }

    private @Nullable Partition find(FetchTarget target) {
        return target.byTopicId()
                ? registry.find(target.topicId, target.index)
                : registry.find(target.topic, target.index);
    }

    private Errors missing(FetchTarget target) {
        if (!target.byTopicId()) {
            return image.missing(target.topic, target.index);
        }
        SessionPartition session = target.session;
        String before = session == null ? null : session.servedTopic;
        boolean recreated = before != null && image.hasTopic(before) && !image.hasTopic(target.topicId);
        return recreated ? Errors.INCONSISTENT_TOPIC_ID : image.missing(target.topicId, target.index);
    }

    private void readLog(
            FetchParams params, FetchTarget target, Partition partition, boolean onlyNews, FetchResult result) {
        PartitionLog log = partition.log();
        if (target.lastFetchedEpoch != NO_EPOCH && diverges(target, log, result)) {
            return;
        }
        // Order matters: a high watermark read first is never behind records found later.
        long highWatermark = log.highWatermark();
        long stable = log.lastStableOffset();
        long limit = params.fromFollower() ? log.logEndOffset() : params.readCommitted() ? stable : highWatermark;
        long logStart = log.logStartOffset();
        if (target.offset == limit && target.offset >= logStart) {
            nothingNew(target, highWatermark, stable, logStart, params, onlyNews, result);
            return;
        }
        int room = (int) Math.max(0, params.maxBytes() - result.bytes);
        LogRead read = log.read(target.offset, Math.min(target.maxBytes, room), limit, result.bytes == 0);
        LogSlice slice = read.records();
        int size = slice.sizeInBytes();
        if (size == 0) {
            slice.release();
            nothingNew(target, highWatermark, stable, logStart, params, onlyNews, result);
            return;
        }
        PartitionData data = described(target, highWatermark, stable, logStart).setRecords(new SliceRecords(slice));
        if (params.readCommitted()) {
            data.setAbortedTransactions(aborted(log, target.offset, limit));
        }
        result.bytes += size;
        result.add(target, data);
    }

    private static boolean diverges(FetchTarget target, PartitionLog log, FetchResult result) {
        OffsetAndEpoch end = log.endOffsetForEpoch(target.lastFetchedEpoch);
        Divergence found = Divergence.of(target.lastFetchedEpoch, target.offset, end);
        if (found == Divergence.NONE) {
            return false;
        }
        if (found == Divergence.UNKNOWN) {
            fail(target, Errors.OFFSET_OUT_OF_RANGE, result);
            return true;
        }
        PartitionData data = described(target, log.highWatermark(), log.lastStableOffset(), log.logStartOffset())
                .setDivergingEpoch(new EpochEndOffset().setEpoch(end.epoch()).setEndOffset(end.offset()));
        result.urgent = true;
        result.add(target, data);
        return true;
    }

    private static void nothingNew(
            FetchTarget target,
            long highWatermark,
            long stable,
            long logStart,
            FetchParams params,
            boolean onlyNews,
            FetchResult result) {
        SessionPartition session = target.session;
        if (onlyNews && session != null && !session.worthSending(highWatermark, logStart)) {
            return;
        }
        PartitionData data = described(target, highWatermark, stable, logStart);
        if (params.readCommitted()) {
            data.setAbortedTransactions(List.of());
        }
        result.add(target, data);
    }

    private static PartitionData described(FetchTarget target, long highWatermark, long stable, long logStart) {
        return new PartitionData()
                .setPartitionIndex(target.index)
                .setHighWatermark(highWatermark)
                .setLastStableOffset(stable)
                .setLogStartOffset(logStart)
                .setAbortedTransactions(null)
                .setPreferredReadReplica(FetchResponse.INVALID_PREFERRED_REPLICA_ID)
                .setRecords(MemoryRecords.EMPTY);
    }

    private static List<FetchResponseData.AbortedTransaction> aborted(PartitionLog log, long from, long to) {
        List<AbortedTransaction> found = log.abortedTransactions(from, to);
        if (found.isEmpty()) {
            return List.of();
        }
        List<FetchResponseData.AbortedTransaction> aborted = new ArrayList<>(found.size());
        for (AbortedTransaction transaction : found) {
            aborted.add(new FetchResponseData.AbortedTransaction()
                    .setProducerId(transaction.producerId())
                    .setFirstOffset(transaction.firstOffset()));
        }
        return aborted;
    }

    private static void fail(FetchTarget target, Errors error, FetchResult result) {
        Partition partition = target.partition;
        if (partition != null) {
            partition.meter().fetchFailed();
        }
        result.urgent = true;
        result.add(
                target,
                described(target, UNKNOWN_OFFSET, UNKNOWN_OFFSET, UNKNOWN_OFFSET)
                        .setErrorCode(error.code()));
    }
}
