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

    /** What reading one partition came to. */
    enum Found {
        /** Nothing that the client does not know. */
        NOTHING,
        /** An offset the client does not know yet, but no records. */
        CHANGED,
        RECORDS,
        /** There are records, but they did not fit. */
        NO_ROOM,
        /** There are records, which the follower may not have yet. */
        HELD_BACK,
        /** An error, a divergence, or a replica to be preferred: the client must do something. */
        URGENT
    }

    private final PartitionRegistry registry;
    private final ImageLookup image;
    private final LeaderThrottle throttle;
    private final ReplicaChoice choice;

    FetchReader(PartitionRegistry registry, ImageLookup image, LeaderThrottle throttle, ReplicaChoice choice) {
        this.registry = registry;
        this.image = image;
        this.throttle = throttle;
        this.choice = choice;
    }

    /** Reads partitions outside a session, each of which is in the answer. */
    FetchResult readAll(FetchParams params, List<FetchTarget> targets) {
        FetchResult result = new FetchResult(targets.size());
        for (FetchTarget target : targets) {
            find(target);
            read(params, target, false, result);
        }
        return result;
    }

    /**
     * Tells the partitions how far the follower that asks has come; not where its log is not ours, or beyond ours. Where nobody
     * takes note of it, it has to ask again: within a session it names a partition only when it has more to say about it.
     */
    void noteFollower(FetchParams params, List<FetchTarget> targets, long nowMs) {
        for (FetchTarget target : targets) {
            find(target);
            Partition partition = target.partition;
            try {
                if (partition == null || !isNoted(params, target, partition, nowMs)) {
                    target.unnoted();
                }
            } catch (ApiException e) {
                LOG.debug("Nothing is noted of replica {} of {}", params.replicaId(), partition, e);
                target.unnoted();
            }
        }
    }

    /** False if the partition does not take the follower for one of its own; what else is amiss, reading finds out. */
    private static boolean isNoted(FetchParams params, FetchTarget target, Partition partition, long nowMs) {
        if (partition.check(target.asked.leaderEpoch(), true) != Errors.NONE) {
            return false;
        }
        PartitionLog log = partition.log();
        boolean within = target.asked.offset() >= log.logStartOffset() && target.asked.offset() <= log.logEndOffset();
        if (!within || compare(target, log) != Divergence.NONE) {
            return true;
        }
        FollowerFetch fetch = new FollowerFetch(
                params.replicaId(),
                target.asked.leaderEpoch(),
                target.asked.offset(),
                target.asked.logStartOffset(),
                params.replicaEpoch());
        return partition.inSyncReplicas().fetched(fetch, nowMs);
    }

    private static Divergence compare(FetchTarget target, PartitionLog log) {
        return Divergence.of(
                target.asked.lastFetchedEpoch(),
                target.asked.offset(),
                log.endOffsetForEpoch(target.asked.lastFetchedEpoch()));
    }

    /** Looks the partition up that is to be read. */
    void find(FetchTarget target) {
        target.partition = target.byTopicId()
                ? registry.find(target.topicId, target.index)
                : registry.find(target.topic, target.index);
    }

    /**
     * Reads a partition that was looked up.
     *
     * @param onlyChanges leave it out if it has neither records nor anything else to tell (incremental answers)
     */
    Found read(FetchParams params, FetchTarget target, boolean onlyChanges, FetchResult result) {
        Partition partition = target.partition;
        if (partition == null) {
            return fail(target, missing(params, target), List.of(), result);
        }
        Errors refusal = partition.check(target.asked.leaderEpoch(), params.onlyLeader());
        if (refusal != Errors.NONE) {
            return fail(target, refusal, result);
        }
        result.moves += partition.moves();
        try {
            return readLog(params, target, partition, onlyChanges, result);
        } catch (ApiException e) {
            return fail(target, Errors.forException(e), result);
        } catch (RuntimeException e) {
            LOG.error(
                    "Cannot read partition {}-{} at offset {}",
                    partition.topic(),
                    target.index,
                    target.asked.offset(),
                    e);
            return fail(target, Errors.forException(e), result);
        }
    }

    private Errors missing(FetchParams params, FetchTarget target) {
        if (!target.byTopicId()) {
            return params.byTopicId() ? Errors.UNKNOWN_TOPIC_ID : image.missing(target.topic, target.index);
        }
        SessionPartition session = target.session;
        String before = session == null ? null : session.servedTopic();
        boolean recreated = before != null && image.hasTopic(before) && !image.hasTopic(target.topicId);
        return recreated ? Errors.INCONSISTENT_TOPIC_ID : image.missing(target.topicId, target.index);
    }

    private Found readLog(
            FetchParams params, FetchTarget target, Partition partition, boolean onlyChanges, FetchResult result) {
        PartitionLog log = partition.log();
        if (target.asked.lastFetchedEpoch() != NO_EPOCH && diverges(target, log, result)) {
            return Found.URGENT;
        }
        if (target.isUnnoted()) {
            // The follower knows more of the metadata than this leader, or did a moment ago.
            Errors askAgain = target.asked.leaderEpoch() == NO_EPOCH
                    ? Errors.NOT_LEADER_OR_FOLLOWER
                    : Errors.UNKNOWN_LEADER_EPOCH;
            return fail(target, askAgain, result);
        }
        // Order matters: a high watermark read first is never behind records found later.
        Offsets offsets = new Offsets(log.highWatermark(), log.lastStableOffset(), log.logStartOffset());
        int preferred = choice.preferred(partition, params, target.asked.offset());
        if (preferred != FetchResponse.INVALID_PREFERRED_REPLICA_ID) {
            result.urgent = true;
            result.add(target, described(target, offsets).setPreferredReadReplica(preferred));
            return Found.URGENT;
        }
        long limit = params.fromFollower()
                ? log.logEndOffset()
                : params.readCommitted() ? offsets.stable() : offsets.highWatermark();
        if (target.asked.offset() == limit && target.asked.offset() >= offsets.logStart()) {
            return nothing(target, offsets, params, onlyChanges, result);
        }
        if (params.fromFollower() && throttle.holdsBack(partition, params.replicaId())) {
            nothing(target, offsets, params, onlyChanges, result);
            return Found.HELD_BACK;
        }
        int room = (int) Math.max(0, params.maxBytes() - result.bytes);
        LogRead read =
                log.read(target.asked.offset(), Math.min(target.asked.maxBytes(), room), limit, result.bytes == 0);
        LogSlice slice = read.records();
        int size = slice.sizeInBytes();
        if (size == 0) {
            slice.release();
            Found found = nothing(target, offsets, params, onlyChanges, result);
            return target.asked.offset() < limit ? Found.NO_ROOM : found;
        }
        PartitionData data = described(target, offsets).setRecords(new SliceRecords(slice));
        if (params.readCommitted()) {
            data.setAbortedTransactions(aborted(log, target.asked.offset(), limit));
        }
        result.bytes += size;
        result.add(target, data);
        return Found.RECORDS;
    }

    private static boolean diverges(FetchTarget target, PartitionLog log, FetchResult result) {
        OffsetAndEpoch end = log.endOffsetForEpoch(target.asked.lastFetchedEpoch());
        Divergence found = Divergence.of(target.asked.lastFetchedEpoch(), target.asked.offset(), end);
        if (found == Divergence.NONE) {
            return false;
        }
        if (found == Divergence.UNKNOWN) {
            fail(target, Errors.OFFSET_OUT_OF_RANGE, result);
            return true;
        }
        PartitionData data = described(
                        target, new Offsets(log.highWatermark(), log.lastStableOffset(), log.logStartOffset()))
                .setDivergingEpoch(new EpochEndOffset().setEpoch(end.epoch()).setEndOffset(end.offset()));
        result.urgent = true;
        result.add(target, data);
        return true;
    }

    private record Offsets(long highWatermark, long stable, long logStart) {
        static final Offsets UNKNOWN = new Offsets(UNKNOWN_OFFSET, UNKNOWN_OFFSET, UNKNOWN_OFFSET);
    }

    private static Found nothing(
            FetchTarget target, Offsets offsets, FetchParams params, boolean onlyChanges, FetchResult result) {
        SessionPartition session = target.session;
        boolean changed = session == null || session.worthSending(offsets.highWatermark(), offsets.logStart());
        if (onlyChanges && !changed) {
            return Found.NOTHING;
        }
        if (params.promptHighWatermark() && offsets.highWatermark() > target.knownHighWatermark()) {
            // Consumers may be waiting at the follower for nothing else (KIP-392).
            result.urgent = true;
        }
        PartitionData data = described(target, offsets);
        if (params.readCommitted()) {
            data.setAbortedTransactions(List.of());
        }
        result.add(target, data);
        return Found.CHANGED;
    }

    private static PartitionData described(FetchTarget target, Offsets offsets) {
        return new PartitionData()
                .setPartitionIndex(target.index)
                .setHighWatermark(offsets.highWatermark())
                .setLastStableOffset(offsets.stable())
                .setLogStartOffset(offsets.logStart())
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

    private static Found fail(FetchTarget target, Errors error, FetchResult result) {
        return fail(target, error, null, result);
    }

    /** @param aborted as in Kafka, empty for a partition that is not there, null for one that could not be read */
    private static Found fail(
            FetchTarget target,
            Errors error,
            @Nullable List<FetchResponseData.AbortedTransaction> aborted,
            FetchResult result) {
        Partition partition = target.partition;
        if (partition != null) {
            partition.meter().fetchFailed();
        }
        result.urgent = true;
        result.add(
                target,
                described(target, Offsets.UNKNOWN).setErrorCode(error.code()).setAbortedTransactions(aborted));
        return Found.URGENT;
    }
}
