package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All producers of one partition, its open transactions, and their snapshots on disk. Under the partition's lock but for
 * {@link #firstUnstableOffset()}.
 */
final class ProducerStates {
    static final long NONE = -1;
    /** Value of {@link #forgottenUpTo}: no producer was forgotten. */
    static final long NOBODY = -1;
    /** Value of {@link #forgottenUpTo}: any may have been. */
    static final long ALL = Long.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(ProducerStates.class);

    private Path directory;
    private final Map<Long, ProducerEntry> producers = new HashMap<>();
    /** The producer of the last batch: most partitions hear one producer many times in a row. */
    private @Nullable ProducerEntry latest;
    /** Open transactions: first offset to producer id. */
    private final TreeMap<Long, Long> open = new TreeMap<>();
    /** Completed transactions whose marker is not below the high watermark yet: first offset to the marker's offset. */
    private final TreeMap<Long, Long> unreplicated = new TreeMap<>();

    private final TreeSet<Long> snapshots = new TreeSet<>();
    private volatile long firstUnstableOffset = NONE;
    /** State covers all records below. */
    private long endOffset;

    /**
     * No producer with a larger id was ever forgotten here; {@link #ALL} if that is not known. The state knows all of a
     * log's producers as long as it has seen each batch from offset 0 on, and from then on ids are forgotten one by one.
     */
    private long forgottenUpTo = NOBODY;

    private long lastSnapshotOffset;

    ProducerStates(Path directory) {
        this.directory = directory;
    }

    /** A transaction that a marker ended. */
    record Completed(long producerId, long firstOffset, long lastOffset, boolean aborted, long lastStableOffset) {}

    @Nullable
    ProducerEntry find(long producerId) {
        ProducerEntry last = latest;
        if (last != null && last.producerId() == producerId) {
            return last;
        }
        ProducerEntry found = producers.get(producerId);
        if (found != null) {
            latest = found;
        }
        return found;
    }

    /** Takes a data batch that was written. */
    void applyData(ByteBuffer b, int at) {
        long producerId = BatchHeader.producerId(b, at);
        ProducerEntry entry = findOrAdd(producerId);
        long firstOffset = BatchHeader.baseOffset(b, at);
        int delta = BatchHeader.lastOffsetDelta(b, at);
        entry.addBatch(
                BatchHeader.producerEpoch(b, at),
                BatchHeader.lastSequence(b, at),
                firstOffset + delta,
                delta,
                BatchHeader.maxTimestamp(b, at));
        if (BatchHeader.isTransactional(b, at) && entry.transactionStart() < 0) {
            entry.transactionStart(firstOffset);
            open.put(firstOffset, producerId);
            updateFirstUnstable();
        }
    }

    /** Takes a marker that was written; returns the transaction that it ended, or null if there was none. */
    @Nullable
    Completed applyMarker(ByteBuffer b, int at, TransactionMarker marker) {
        long producerId = BatchHeader.producerId(b, at);
        ProducerEntry entry = findOrAdd(producerId);
        long firstOffset = entry.transactionStart();
        long offset = BatchHeader.baseOffset(b, at);
        entry.endTransaction(BatchHeader.producerEpoch(b, at), marker.coordinatorEpoch(), marker.timestampMs());
        if (firstOffset < 0) {
            return null;
        }
        open.remove(firstOffset);
        unreplicated.put(firstOffset, offset);
        updateFirstUnstable();
        long lastStable = open.isEmpty() ? offset + 1 : open.firstKey();
        return new Completed(producerId, firstOffset, offset, !marker.commit(), lastStable);
    }

    private ProducerEntry findOrAdd(long producerId) {
        ProducerEntry entry = find(producerId);
        if (entry == null) {
            entry = new ProducerEntry(producerId);
            producers.put(producerId, entry);
            latest = entry;
        }
        return entry;
    }

    private void updateFirstUnstable() {
        long first = open.isEmpty() ? Long.MAX_VALUE : open.firstKey();
        if (!unreplicated.isEmpty()) {
            first = Math.min(first, unreplicated.firstKey());
        }
        firstUnstableOffset = first == Long.MAX_VALUE ? NONE : first;
    }

    /** First offset of an open transaction, or of one whose marker is not replicated yet; -1 if there is none. Any thread. */
    long firstUnstableOffset() {
        return firstUnstableOffset;
    }

    /** True if a new high watermark can move the last stable offset. Any thread, a hint. */
    boolean awaitsHighWatermark() {
        return firstUnstableOffset != NONE;
    }

    void onHighWatermark(long highWatermark) {
        if (unreplicated.values().removeIf(marker -> marker < highWatermark)) {
            updateFirstUnstable();
        }
    }

    long endOffset() {
        return endOffset;
    }

    /** All records below {@code offset} are covered: none of them has a producer that is not known. */
    void advanceTo(long offset) {
        endOffset = offset;
    }

    /**
     * The next batch begins at {@code offset}. If that is behind what is covered, compaction or a deletion has taken
     * batches from between, and nobody knows of which producers.
     */
    void reach(long offset) {
        if (offset > endOffset) {
            forgottenUpTo = ALL;
            endOffset = offset;
        }
    }

    /** Whether a producer that is not known now may have been known before. */
    boolean hasForgotten(long producerId) {
        return producerId <= forgottenUpTo;
    }

    void forEach(Consumer<ProducerEntry> visitor) {
        producers.values().forEach(visitor);
    }

    List<ActiveProducer> active() {
        List<ActiveProducer> all = new ArrayList<>(producers.size());
        producers.values().forEach(entry -> all.add(entry.toActiveProducer()));
        return all;
    }

    void expire(long nowMs, long expirationMs) {
        if (producers.values().removeIf(e -> isExpired(e, nowMs, expirationMs) && forget(e))) {
            latest = null;
        }
    }

    private boolean forget(ProducerEntry entry) {
        forgottenUpTo = Math.max(forgottenUpTo, entry.producerId());
        return true;
    }

    private static boolean isExpired(ProducerEntry entry, long nowMs, long expirationMs) {
        return entry.transactionStart() < 0 && nowMs - entry.lastTimestampMs() >= expirationMs;
    }

    /** A snapshot file was found when the directory was listed. */
    void foundSnapshot(long offset) {
        snapshots.add(offset);
    }

    /**
     * Forgets all, then takes the newest usable snapshot at or below {@code atMost}; damaged ones are deleted.
     *
     * @return false if there is none: state is empty and covers what is below {@code logStartOffset}
     */
    boolean restore(long logStartOffset, long atMost, long nowMs, long expirationMs) throws IOException {
        clear();
        boolean damaged = false;
        Long newest = snapshots.floor(atMost);
        while (newest != null && newest > logStartOffset) {
            ProducerSnapshotFile.Content content = readQuietly(newest);
            if (content != null) {
                forgottenUpTo = content.forgottenUpTo();
                for (ProducerEntry entry : content.producers()) {
                    restore(entry, nowMs, expirationMs);
                }
                updateFirstUnstable();
                endOffset = newest;
                lastSnapshotOffset = newest;
                return true;
            }
            LOG.warn("{} is damaged, an older one is taken", snapshotPath(newest));
            deleteSnapshot(newest);
            damaged = true;
            newest = snapshots.floor(atMost);
        }
        startAt(logStartOffset);
        if (damaged) {
            forgottenUpTo = ALL;
        }
        lastSnapshotOffset = logStartOffset;
        return false;
    }

    private ProducerSnapshotFile.@Nullable Content readQuietly(long offset) throws IOException {
        try {
            return ProducerSnapshotFile.read(snapshotPath(offset));
        } catch (RuntimeException e) {
            LOG.warn("{} cannot be read: {}", snapshotPath(offset), e.toString());
            return null;
        }
    }

    private void restore(ProducerEntry entry, long nowMs, long expirationMs) {
        if (isExpired(entry, nowMs, expirationMs)) {
            forget(entry);
        } else {
            producers.put(entry.producerId(), entry);
            if (entry.transactionStart() >= 0) {
                open.put(entry.transactionStart(), entry.producerId());
            }
        }
    }

    private void clear() {
        producers.clear();
        latest = null;
        open.clear();
        unreplicated.clear();
        updateFirstUnstable();
    }

    /** Writes a snapshot of the current state unless there is one of just this offset. */
    void takeSnapshot(boolean sync) throws IOException {
        if (endOffset > lastSnapshotOffset) {
            ProducerSnapshotFile.write(snapshotPath(endOffset), producers.values(), forgottenUpTo, sync);
            snapshots.add(endOffset);
            lastSnapshotOffset = endOffset;
        }
    }

    /**
     * A log that never heard a producer and has one segment is quickly read again: no file for it. But if it forgot one, it
     * must not take itself for such a log.
     */
    boolean isWorthSnapshot(int segments, long logStartOffset) {
        return !producers.isEmpty()
                || !snapshots.isEmpty()
                || segments > 1
                || (logStartOffset == 0 && forgottenUpTo != NOBODY);
    }

    void deleteSnapshotsAbove(long offset) throws IOException {
        for (long above : new ArrayList<>(snapshots.tailSet(offset, false))) {
            deleteSnapshot(above);
        }
        lastSnapshotOffset = Math.min(lastSnapshotOffset, offset);
    }

    void deleteSnapshotsBelow(long offset) throws IOException {
        for (long below : new ArrayList<>(snapshots.headSet(offset, false))) {
            deleteSnapshot(below);
        }
    }

    /** Deletes snapshots that are neither the start of a segment nor the newest: what a clean shutdown leaves behind. */
    void deleteStraySnapshots(Segment[] segments) throws IOException {
        for (long offset : new ArrayList<>(snapshots)) {
            if (offset != snapshots.last() && !LogSegments.hasBase(segments, offset)) {
                deleteSnapshot(offset);
            }
        }
    }

    private void deleteSnapshot(long offset) throws IOException {
        snapshots.remove(offset);
        Files.deleteIfExists(snapshotPath(offset));
    }

    /** The log starts at {@code logStartOffset} now. */
    void onLogStart(long logStartOffset) {
        unreplicated.values().removeIf(marker -> marker < logStartOffset);
        updateFirstUnstable();
        endOffset = Math.max(endOffset, logStartOffset);
    }

    /** Forgets all and starts at {@code offset}. */
    void restartAt(long offset) throws IOException {
        clear();
        for (long snapshot : new ArrayList<>(snapshots)) {
            deleteSnapshot(snapshot);
        }
        startAt(offset);
        lastSnapshotOffset = offset;
    }

    /** Covers nothing but what is below {@code offset}, whose producers it does not know. */
    void startAt(long offset) {
        endOffset = offset;
        forgottenUpTo = offset == 0 ? NOBODY : ALL;
    }

    private Path snapshotPath(long offset) {
        return LogNames.file(directory, offset, LogNames.SNAPSHOT);
    }

    void movedTo(Path newDirectory) {
        directory = newDirectory;
    }
}
