package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the files of a partition's directory. What was flushed is trusted: all of a log that was closed, and of others the
 * segments below the recovery point, or everything if the log ends just there. A flushed segment without an index is mended by
 * itself ({@link SegmentRepair}). Of the rest, every batch is checked, a torn tail is cut, and indexes, epochs and producer
 * state are built anew. Segments that do not fit among the others are set aside, not deleted.
 */
final class LogLoader {
    private static final Logger LOG = LoggerFactory.getLogger(LogLoader.class);

    private final Path directory;
    private final LogConfig config;
    private final LogStart start;
    private final long nowMs;
    private final boolean tracksProducers;
    private final ProducerStates producers;
    private final TreeMap<Long, Segment> segments = new TreeMap<>();
    private LeaderEpochs epochs;
    private boolean recovered;
    private boolean isMended;

    /** What the files hold. */
    record Loaded(
            Segment[] segments,
            LeaderEpochs epochs,
            ProducerStates producers,
            long logStartOffset,
            long logEndOffset,
            long recoveryPoint) {}

    LogLoader(Path directory, LogConfig config, LogStart start, long nowMs, boolean tracksProducers) {
        this.directory = directory;
        this.config = config;
        this.start = start;
        this.nowMs = nowMs;
        this.tracksProducers = tracksProducers;
        this.producers = new ProducerStates(directory);
        this.epochs = LeaderEpochs.empty(directory);
    }

    /** State of a log that has no files yet. */
    static Loaded fresh(Path directory, long startOffset, long nowMs) {
        Segment[] one = {Segment.create(directory, startOffset, nowMs)};
        ProducerStates none = new ProducerStates(directory);
        none.startAt(startOffset);
        return new Loaded(one, LeaderEpochs.empty(directory), none, startOffset, startOffset, startOffset);
    }

    Loaded load() throws IOException {
        if (!listFiles()) {
            return fresh(directory, start.logStartOffset(), nowMs);
        }
        epochs = LeaderEpochs.load(directory);
        if (segments.isEmpty()) {
            segments.put(start.logStartOffset(), Segment.create(directory, start.logStartOffset(), nowMs));
        }
        long logStart = Math.max(start.logStartOffset(), segments.firstKey());
        long flushed = start.cleanShutdown() ? Long.MAX_VALUE : floor(start.recoveryPoint());
        mendFlushed(flushed);
        long end = trustedEnd();
        if (end < 0 && start.cleanShutdown()) {
            mend(segments.lastEntry().getValue());
            end = trustedEnd();
        }
        if (epochs.isDamaged()) {
            rebuildEpochs(flushed);
        }
        if (end < 0 || (!start.cleanShutdown() && end != start.recoveryPoint())) {
            end = recover(logStart, floor(start.recoveryPoint()));
        }
        if (end < logStart) {
            LOG.warn("{}: the log ends at {}, before its start {}: it begins anew there", directory, end, logStart);
            return restarted(logStart);
        }
        epochs.truncateFromEnd(end);
        epochs.truncateFromStart(logStart);
        epochs.store(); // those that recovery found: a clean stop before the next append would forget them
        Segment[] sorted = segments.values().toArray(new Segment[0]);
        if (tracksProducers && !recovered) {
            rebuildProducers(sorted, logStart, end);
        }
        producers.advanceTo(end);
        producers.deleteSnapshotsAbove(end);
        producers.deleteStraySnapshots(sorted);
        long recoveryPoint = recovered && !syncForeign() ? Math.min(start.recoveryPoint(), end) : end;
        sorted[sorted.length - 1].file().rest();
        return new Loaded(sorted, epochs, producers, logStart, end, recoveryPoint);
    }

    /** Base of the segment that {@code offset} falls in, or of the first one. */
    private long floor(long offset) {
        Long floor = segments.floorKey(offset);
        return floor == null ? segments.firstKey() : floor;
    }

    /**
     * Syncs what another kind of process may have left: from now on only what this one writes is not synced, and it leaves no
     * gap between segments.
     */
    private boolean syncForeign() throws IOException {
        if (start.files() != LogStart.Files.CRASHED) {
            return false;
        }
        for (Segment segment :
                segments.tailMap(floor(start.recoveryPoint()), true).values()) {
            if (segment.size() > 0) {
                segment.force(segment.baseOffset() != segments.lastKey());
                segment.file().rest();
            }
        }
        epochs.sync();
        PlainFile.syncDirectory(directory);
        return true;
    }

    private Loaded restarted(long logStart) throws IOException {
        for (Segment segment : segments.values()) {
            segment.deleteFiles();
        }
        epochs.clear();
        producers.restartAt(logStart);
        Segment[] one = {Segment.create(directory, logStart, nowMs)};
        return new Loaded(one, epochs, producers, logStart, logStart, logStart);
    }

    /** Sorts out what lies in the directory; false if there is nothing to load. */
    private boolean listFiles() throws IOException {
        String[] names = PlainFile.list(directory);
        boolean any = false;
        for (String name : names) {
            if (name.endsWith(LogNames.SWAP)) {
                names = new InterruptedSwap(directory).complete();
                break;
            }
        }
        Set<Long> logs = new HashSet<>();
        Set<Long> indexed = new HashSet<>();
        Set<Long> aborts = new HashSet<>();
        for (String name : names) {
            long offset = LogNames.offsetOf(name);
            any |= offset >= 0 || name.equals(LeaderEpochs.FILE_NAME);
            if (offset < 0) {
                continue;
            }
            if (name.endsWith(LogNames.LOG)) {
                logs.add(offset);
            } else if (name.endsWith(LogNames.SNAPSHOT)) {
                producers.foundSnapshot(offset);
            } else if (isLeftOver(name)) {
                Files.deleteIfExists(directory.resolve(name));
            } else if (name.endsWith(LogNames.INDEX) || name.endsWith(LogNames.TIME_INDEX)) {
                indexed.add(offset);
            } else if (name.endsWith(LogNames.TXN_INDEX)) {
                aborts.add(offset);
            }
        }
        for (long offset : logs) {
            BasicFileAttributes file =
                    Files.readAttributes(LogNames.file(directory, offset, LogNames.LOG), BasicFileAttributes.class);
            if (file.size() > Integer.MAX_VALUE) {
                throw new IOException(LogNames.file(directory, offset, LogNames.LOG) + " has " + file.size()
                        + " bytes, more than a segment can have");
            }
            int size = (int) file.size();
            segments.put(
                    offset,
                    Segment.existing(
                            directory,
                            offset,
                            size,
                            file.lastModifiedTime().toMillis(),
                            indexed.contains(offset),
                            aborts.contains(offset)));
        }
        deleteOrphans(indexed, logs);
        deleteOrphans(aborts, logs);
        return any;
    }

    private void deleteOrphans(Set<Long> indexes, Set<Long> logs) throws IOException {
        for (long offset : indexes) {
            if (!logs.contains(offset)) {
                LOG.warn("{}: the indexes at {} have no segment and are deleted", directory, offset);
                Segment.existing(directory, offset, 0, nowMs, true, true).deleteFiles();
            }
        }
    }

    /** Files on their way out; Raft's {@code .checkpoint.deleted} are not ours. */
    private static boolean isLeftOver(String name) {
        return name.endsWith(LogNames.CLEANED)
                || (name.endsWith(LogNames.DELETED) && !name.endsWith(".checkpoint" + LogNames.DELETED));
    }

    /** Segments below {@code upTo} were synced: of those without an index, strays are set aside, others get theirs back. */
    private void mendFlushed(long upTo) throws IOException {
        Segment before = null;
        for (Segment segment : new ArrayList<>(segments.headMap(upTo, false).values())) {
            boolean suspect = segment.size() > 0 && !segment.wasIndexed();
            if (suspect && before != null && segment.baseOffset() < SegmentRecovery.nextOffset(before)) {
                setAside(segment, "overlaps the segment before");
                continue;
            }
            before = suspect ? mend(segment) : segment;
        }
    }

    private Segment mend(Segment segment) throws IOException {
        LOG.warn(
                "{} was flushed but has no index that fits: it is mended",
                segment.file().path());
        Segment mended = SegmentRepair.repair(segment, directory, config);
        segments.put(mended.baseOffset(), mended);
        isMended = true;
        return mended;
    }

    /** Log end by the last index entry and the batches behind it; -1 if the last segment is not as a flush leaves it. */
    private long trustedEnd() throws IOException {
        Segment last = segments.lastEntry().getValue();
        if (last.size() == 0) {
            return last.baseOffset();
        }
        return last.wasIndexed() && last.offsets().isPlausible(last.size()) ? SegmentRecovery.nextOffset(last) : -1;
    }

    /** Takes the epochs of segments below {@code upTo} from their batches. */
    private void rebuildEpochs(long upTo) throws IOException {
        for (Segment segment : segments.headMap(upTo, false).values()) {
            BatchScanner scanner = new BatchScanner(segment.file(), 0, segment.size(), BatchScanner.SCAN_WINDOW);
            while (scanner.next()) {
                noteEpoch(scanner.buffer(), scanner.at());
            }
        }
    }

    private void noteEpoch(ByteBuffer bytes, int at) {
        int epoch = BatchHeader.leaderEpoch(bytes, at);
        if (epoch >= 0 && epoch > epochs.latestEpoch().orElse(-1)) {
            epochs.assign(epoch, BatchHeader.baseOffset(bytes, at));
        }
    }

    /** Recovers from the segment with base {@code first} on; returns the log end. */
    private long recover(long logStart, long first) throws IOException {
        recovered = true;
        if (tracksProducers) {
            Segment[] before = segments.headMap(first, true).values().toArray(new Segment[0]);
            producers.restore(logStart, first, nowMs, config.producerIdExpirationMs());
            replay(before, producers, producers.endOffset(), first);
        }
        long end = first;
        for (Segment segment : new ArrayList<>(segments.tailMap(first, true).values())) {
            if (segment.baseOffset() < end) {
                setAside(segment, "overlaps the segment before");
                continue;
            }
            if (segment.baseOffset() > end && isLost(end, segment)) {
                setAsideAfter(end, "lies behind records that were lost");
                break;
            }
            int before = segment.size();
            end = SegmentRecovery.recover(segment, config, (bytes, at) -> recovered(segment, bytes, at));
            if (segment.size() < before) {
                setAsideAfter(segment.baseOffset(), "lies behind a segment whose end is torn");
                break;
            }
            if (segment.baseOffset() != segments.lastKey()) {
                segment.storeIndexes(false);
                segment.file().rest();
            }
        }
        return end;
    }

    /** Whether what is missing between {@code end} and {@code next} was lost with the power, and not removed by compaction. */
    private boolean isLost(long end, Segment next) throws IOException {
        if (start.files() != LogStart.Files.CRASHED_CONTIGUOUS) {
            return false;
        }
        BatchScanner scanner = new BatchScanner(next.file(), 0, next.size(), BatchHeader.SIZE);
        return !scanner.next() || scanner.lastOffset() - end <= Integer.MAX_VALUE;
    }

    private void recovered(Segment segment, ByteBuffer bytes, int at) throws IOException {
        noteEpoch(bytes, at);
        if (!tracksProducers) {
            return;
        }
        producers.reach(BatchHeader.baseOffset(bytes, at));
        producers.advanceTo(BatchHeader.lastOffset(bytes, at) + 1);
        if (BatchHeader.producerId(bytes, at) < 0) {
            return;
        }
        if (!BatchHeader.isControl(bytes, at)) {
            producers.applyData(bytes, at);
            return;
        }
        TransactionMarker marker = TransactionMarker.read(bytes, at);
        ProducerStates.Completed ended = marker == null ? null : producers.applyMarker(bytes, at, marker);
        if (ended != null && ended.aborted()) {
            segment.aborts()
                    .append(new AbortedTransaction(
                            ended.producerId(), ended.firstOffset(), ended.lastOffset(), ended.lastStableOffset()));
        }
    }

    private void setAsideAfter(long offset, String why) throws IOException {
        for (Segment each : new ArrayList<>(segments.tailMap(offset, false).values())) {
            setAside(each, why);
        }
    }

    private void setAside(Segment segment, String why) throws IOException {
        segments.remove(segment.baseOffset());
        if (segment.size() == 0) {
            segment.deleteFiles();
            return;
        }
        LOG.warn(
                "{} {} and is set aside as {}; delete it if you do not need what it holds",
                segment.file().path(),
                why,
                LogNames.STRAY);
        segment.mark(LogNames.STRAY);
        segment.file().discard();
    }

    private void rebuildProducers(Segment[] sorted, long logStart, long end) throws IOException {
        boolean restored = producers.restore(logStart, end, nowMs, config.producerIdExpirationMs());
        if (!restored && start.cleanShutdown() && !isMended) {
            // No snapshot after a clean shutdown: there were no producers (KIP-98 upgrade rule of Kafka).
            return;
        }
        replay(sorted, producers, producers.endOffset(), end);
    }

    /** Applies batches from {@code from} to before {@code to} to the producer state, headers only but for markers. */
    static void replay(Segment[] all, ProducerStates producers, long from, long to) throws IOException {
        for (int i = Math.max(0, LogSegments.floor(all, from)); i < all.length && from < to; i++) {
            Segment segment = all[i];
            BatchScanner scanner = new BatchScanner(
                    segment.file(), segment.offsets().floorPosition(from), segment.size(), BatchScanner.SCAN_WINDOW);
            while (scanner.next() && BatchHeader.baseOffset(scanner.buffer(), scanner.at()) < to) {
                if (scanner.lastOffset() >= from) {
                    apply(scanner, producers);
                }
            }
        }
        producers.reach(to);
    }

    private static void apply(BatchScanner scanner, ProducerStates producers) throws IOException {
        producers.reach(BatchHeader.baseOffset(scanner.buffer(), scanner.at()));
        producers.advanceTo(scanner.lastOffset() + 1);
        if (BatchHeader.producerId(scanner.buffer(), scanner.at()) < 0) {
            return;
        }
        if (!BatchHeader.isControl(scanner.buffer(), scanner.at())) {
            producers.applyData(scanner.buffer(), scanner.at());
        } else if (scanner.loadWhole()) {
            TransactionMarker marker = TransactionMarker.read(scanner.buffer(), scanner.at());
            if (marker != null) {
                producers.applyMarker(scanner.buffer(), scanner.at(), marker);
            }
        }
    }
}
