package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round of cleaning of one log: notes the newest offset of each key in the dirty part, then writes the segments from the
 * log's start on anew without what is superseded, several small ones into one, and puts them in the place of the old ones.
 *
 * <pre>
 *   .cleaned ──written, synced──▶ .swap ──old ones renamed to .deleted──▶ in service
 * </pre>
 *
 * A crash before {@code .swap} leaves the old segments, one after it is finished by {@link InterruptedSwap}. Appends, reads and
 * retention go on meanwhile; a truncation, or segments that retention took, end the round without effect on them.
 */
final class CleaningRound {
    private static final Logger LOG = LoggerFactory.getLogger(CleaningRound.class);

    /** Of one batch, all at once on the heap. */
    private static final long MOST_UNPACKED =
            Math.max(16L << 20, Runtime.getRuntime().maxMemory() / 8);

    private final LoadedLog log;
    private final TopicPartition partition;
    private final Path directory;
    private final LogConfig config;
    private final long nowMs;
    private final BufferSupplier decompression = BufferSupplier.create();
    private final int truncations;

    CleaningRound(LoadedLog log, LogSlot slot, long nowMs) {
        this.log = log;
        this.partition = slot.directory().partition();
        this.directory = slot.path();
        this.config = slot.config();
        this.nowMs = nowMs;
        this.truncations = log.truncations();
    }

    /**
     * Cleans the log.
     *
     * @param firstDirty where the part begins that was never cleaned
     * @param upTo the base of a segment: nothing from there on is touched
     * @param memoryBytes for the keys
     * @return where the dirty part begins now; {@code firstDirty} if nothing could be done
     */
    long run(long firstDirty, long upTo, long memoryBytes) throws IOException {
        List<Segment> segments = new ArrayList<>();
        List<AbortedTransaction> aborted = new ArrayList<>();
        for (Segment segment : log.snapshot().segments()) {
            aborted.addAll(segment.aborts().entries());
            if (segment.baseOffset() < upTo) {
                segments.add(segment);
            }
        }
        KeyOffsets newest = new KeyOffsets(upTo - firstDirty, memoryBytes);
        note(segments, aborted, firstDirty, newest);
        if (newest.latestOffset() < firstDirty) {
            throw new IllegalStateException("The batch at offset " + firstDirty + " of " + partition
                    + " has more keys than log.cleaner.dedupe.buffer.size has room for");
        }
        segments.removeIf(segment -> segment.baseOffset() > newest.latestOffset());
        CleanedTransactions transactions = new CleanedTransactions(aborted);
        CleaningFilter filter = new CleaningFilter(
                nowMs,
                config.compaction().deleteRetentionMs(),
                newest,
                transactions,
                lastOfProducers(),
                segments.get(0));
        long before = bytes(segments);
        for (List<Segment> group : groups(segments)) {
            if (!clean(group, filter)) {
                return firstDirty;
            }
        }
        LOG.info(
                "{}: cleaned up to offset {}, {} keys, {} bytes became {}",
                partition,
                newest.latestOffset(),
                newest.size(),
                before,
                LogSegments.sizeBelow(log.snapshot().segments(), newest.latestOffset() + 1));
        return newest.latestOffset() + 1;
    }

    private static long bytes(List<Segment> segments) {
        long bytes = 0;
        for (Segment each : segments) {
            bytes += each.size();
        }
        return bytes;
    }

    /** Puts the keys of the dirty part into {@code newest}, as far as they find room. */
    private void note(List<Segment> segments, List<AbortedTransaction> aborted, long firstDirty, KeyOffsets newest)
            throws IOException {
        CleanedTransactions transactions = new CleanedTransactions(
                aborted.stream().filter(each -> each.lastOffset() >= firstDirty).toList());
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (i + 1 < segments.size() && segments.get(i + 1).baseOffset() <= firstDirty) {
                continue;
            }
            segment.file().acquire();
            try {
                if (!note(segment, transactions, firstDirty, newest)) {
                    return;
                }
            } finally {
                segment.file().release();
            }
        }
    }

    private boolean note(Segment segment, CleanedTransactions transactions, long firstDirty, KeyOffsets newest)
            throws IOException {
        SegmentBatches batches = new SegmentBatches(segment, 0);
        for (MemoryRecords portion = batches.next(); portion != null; portion = batches.next()) {
            int at = 0;
            for (RecordBatch batch : portion.batches()) {
                int start = at;
                at += batch.sizeInBytes();
                if (batch.lastOffset() < firstDirty) {
                    continue;
                }
                if (!batch.isControlBatch() && !transactions.isAborted(batch)) {
                    if (!note(portion.buffer(), start, firstDirty, newest)) {
                        return false;
                    }
                } else if (batch.isControlBatch()) {
                    transactions.ended(batch);
                }
                newest.lookedAtUpTo(batch.lastOffset());
            }
        }
        return true;
    }

    /**
     * Puts the keys of one batch into {@code newest}; false if there is no room. Those that found room do no harm: an older
     * record may go as soon as there is a newer one, also in a part that is cleaned later.
     */
    private static boolean note(ByteBuffer batches, int at, long firstDirty, KeyOffsets newest) {
        try (BatchRecords records = new BatchRecords(batches, at).keysTo(newest::digest)) {
            while (records.next()) {
                if (records.hasKey() && !newest.put(records.offset(), firstDirty)) {
                    return false;
                }
            }
        }
        return true;
    }

    private Map<Long, CleaningFilter.LastOfProducer> lastOfProducers() {
        return log.producers(states -> {
            Map<Long, CleaningFilter.LastOfProducer> last = new HashMap<>();
            states.forEach(entry ->
                    last.put(entry.producerId(), new CleaningFilter.LastOfProducer(entry.lastOffset(), entry.epoch())));
            return last;
        });
    }

    /** Neighbours that fit into one segment together. */
    private List<List<Segment>> groups(List<Segment> segments) {
        List<List<Segment>> groups = new ArrayList<>();
        List<Segment> group = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < segments.size(); i++) {
            Segment next = segments.get(i);
            long end = i + 1 < segments.size()
                    ? segments.get(i + 1).baseOffset()
                    : log.snapshot().endOffset();
            if (!group.isEmpty()
                    && (bytes + next.size() > config.segments().bytes()
                            || !group.get(0).canHold(end))) {
                groups.add(group);
                group = new ArrayList<>();
                bytes = 0;
            }
            group.add(next);
            bytes += next.size();
        }
        groups.add(group);
        return groups;
    }

    private boolean clean(List<Segment> group, CleaningFilter filter) throws IOException {
        Segment cleaned = Segment.marked(directory, group.get(0).baseOffset(), nowMs, LogNames.CLEANED);
        boolean exchanging = false;
        try {
            cleaned.deleteFiles();
            cleaned = Segment.marked(directory, group.get(0).baseOffset(), nowMs, LogNames.CLEANED);
            cleaned.createFile();
            filter.into(cleaned, SegmentRecovery.nextOffset(group.get(group.size() - 1)) - 1);
            for (Segment source : group) {
                source.file().acquire();
                try {
                    copy(source, cleaned, filter);
                } finally {
                    source.file().release();
                }
            }
            cleaned.becomeInactive();
            cleaned.storeIndexes(true);
            cleaned.force(true);
            exchanging = true;
            boolean done = log.exchange(group, cleaned, truncations, config);
            if (!done) {
                LOG.info("{}: the log changed while it was cleaned, later again", partition);
                cleaned.deleteFiles();
            }
            return done;
        } finally {
            // A failure in the exchange may have taken the old segments already: then recovery finishes it.
            if (!exchanging) {
                cleaned.deleteFiles();
            }
        }
    }

    private void copy(Segment source, Segment cleaned, CleaningFilter filter) throws IOException {
        SegmentBatches batches = new SegmentBatches(source, 0);
        ByteBuffer out = ByteBuffer.allocate(1 << 16);
        for (MemoryRecords portion = batches.next(); portion != null; portion = batches.next()) {
            checkReadable(portion);
            ByteBuffer left = portion.buffer();
            while (left.hasRemaining()) {
                out = copySome(left, cleaned, filter, out);
            }
        }
    }

    /**
     * Filters the batches in {@code left} and moves its position behind those that were read. These may be fewer than there are:
     * when what is kept outgrows {@code out}, the filter stops after that batch, with a larger buffer (KAFKA-5316).
     *
     * @return the buffer for the next time
     */
    private ByteBuffer copySome(ByteBuffer left, Segment cleaned, CleaningFilter filter, ByteBuffer out)
            throws IOException {
        out.clear();
        MemoryRecords.FilterResult result =
                MemoryRecords.readableRecords(left.slice()).filterTo(filter, out, decompression);
        filter.checkFailure();
        if (result.bytesRead() == 0) {
            throw new CorruptRecordException(partition + " holds a batch that cannot be cleaned");
        }
        ByteBuffer kept = result.outputBuffer();
        kept.flip();
        if (kept.hasRemaining()) {
            cleaned.append(kept, config.segments().indexIntervalBytes());
        }
        left.position(left.position() + result.bytesRead());
        return kept;
    }

    /**
     * What filters the batches allocates what a record says about its size, and holds a whole batch unpacked. So each batch
     * is read once more before, in little memory.
     */
    private void checkReadable(MemoryRecords portion) {
        ByteBuffer bytes = portion.buffer();
        for (int at = 0; at < bytes.limit(); at += BatchHeader.size(bytes, at)) {
            try (BatchRecords records = new BatchRecords(bytes, at)) {
                while (records.next()) {
                    if (records.position() > MOST_UNPACKED) {
                        throw new InvalidRecordException("The batch at offset " + BatchHeader.baseOffset(bytes, at)
                                + " unpacks to more than " + MOST_UNPACKED + " bytes");
                    }
                }
            }
        }
    }
}
