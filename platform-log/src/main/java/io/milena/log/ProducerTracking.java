package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The producers of a log on the way of an append: batches are checked against them before, and noted with them after they are
 * written. The metadata log has none. Under the log's lock.
 */
final class ProducerTracking {
    private static final String METADATA_TOPIC = "__cluster_metadata";

    private final TopicPartition partition;
    private final ProducerStates states;

    ProducerTracking(TopicPartition partition, ProducerStates states) {
        this.partition = partition;
        this.states = states;
    }

    static boolean isNeeded(TopicPartition partition) {
        return !partition.topic().equals(METADATA_TOPIC);
    }

    private boolean isNeeded() {
        return isNeeded(partition);
    }

    /** What is known of the producers. */
    ProducerStates states() {
        return states;
    }

    /**
     * Checks the batches from {@code from} to {@code to}, which are to be appended; throws if one may not be.
     *
     * @return the batch that one of them repeats, null if none does
     */
    ProducerEntry.@Nullable Written check(ByteBuffer batches, int from, int to, AppendOrigin origin) {
        if (!isNeeded()) {
            return null;
        }
        boolean client = origin == AppendOrigin.CLIENT;
        for (int at = from; at < to; at += BatchHeader.size(batches, at)) {
            long producerId = BatchHeader.producerId(batches, at);
            if (producerId < 0) {
                continue;
            }
            ProducerEntry entry = states.find(producerId);
            if (BatchHeader.isControl(batches, at)) {
                TransactionMarker marker = TransactionMarker.read(batches, at);
                if (marker != null) {
                    ProducerCheck.marker(entry, BatchHeader.producerEpoch(batches, at), marker, partition);
                }
                continue;
            }
            if (client && entry != null) {
                ProducerEntry.Written duplicate = entry.find(
                        BatchHeader.producerEpoch(batches, at),
                        BatchHeader.baseSequence(batches, at),
                        BatchHeader.lastSequence(batches, at));
                if (duplicate != null) {
                    return duplicate;
                }
            }
            if (entry != null) {
                ProducerCheck.dataBatch(entry, batches, at, client, partition);
            } else if (client) {
                ProducerCheck.firstBatch(states.hasForgotten(producerId), batches, at, partition);
            }
        }
        return null;
    }

    /** Notes batches that were written to {@code segment}; the log ends at {@code next} now. */
    void written(ByteBuffer batches, int from, int to, Segment segment, long next) throws IOException {
        if (isNeeded()) {
            for (int at = from; at < to; at += BatchHeader.size(batches, at)) {
                states.reach(BatchHeader.baseOffset(batches, at));
                states.advanceTo(BatchHeader.lastOffset(batches, at) + 1);
                if (BatchHeader.producerId(batches, at) >= 0) {
                    written(batches, at, segment);
                }
            }
        }
        states.advanceTo(next);
    }

    private void written(ByteBuffer batches, int at, Segment segment) throws IOException {
        if (!BatchHeader.isControl(batches, at)) {
            states.applyData(batches, at);
            return;
        }
        TransactionMarker marker = TransactionMarker.read(batches, at);
        ProducerStates.Completed ended = marker == null ? null : states.applyMarker(batches, at, marker);
        if (ended != null && ended.aborted()) {
            segment.aborts()
                    .append(new AbortedTransaction(
                            ended.producerId(), ended.firstOffset(), ended.lastOffset(), ended.lastStableOffset()));
        }
    }

    /** A segment begins at {@code baseOffset}: recovery may start there. */
    void rolled(long baseOffset) throws IOException {
        if (isNeeded()) {
            states.reach(baseOffset);
            states.takeSnapshot(false);
        }
    }

    /** The log was cut at its new end. */
    void truncated(LogSnapshot log, LogConfig config, long nowMs) throws IOException {
        if (isNeeded()) {
            long end = log.endOffset();
            states.deleteSnapshotsAbove(end);
            states.restore(log.logStartOffset(), end, nowMs, config.producerIdExpirationMs());
            LogLoader.replay(log.segments(), states, states.endOffset(), end);
        }
    }

    /** The log is closed. */
    void closed(LogSnapshot log) throws IOException {
        if (isNeeded() && states.isWorthSnapshot(log.segments().length, log.logStartOffset())) {
            states.takeSnapshot(false);
        }
    }
}
