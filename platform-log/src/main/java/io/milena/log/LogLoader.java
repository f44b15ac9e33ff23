package io.milena.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the files of a partition's directory. After a clean shutdown they are trusted and only the end of the last segment
 * is looked up; so are after a crash those of a log that ends just at its recovery point, since all of it was synced. Of the
 * others, everything from the recovery point on is checked batch by batch, a torn tail is cut, and
 * indexes, epochs and producer state are built anew from what is left.
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

    /** What the files hold. */
    record Loaded(
            LogSegments segments,
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
        LogSegments one = new LogSegments(List.of(Segment.create(directory, startOffset, nowMs)));
        ProducerStates none = new ProducerStates(directory);
        none.advanceTo(startOffset);
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
        long end = epochs.isDamaged() ? -1 : trustedEnd();
        if (!start.cleanShutdown() && end != start.recoveryPoint()) {
            end = -1;
        }
        end = end < 0 ? recover(logStart) : end;
        if (end < logStart) {
            LOG.warn("{}: the log ends at {}, before its start {}: it begins anew there", directory, end, logStart);
            return restarted(logStart);
        }
        epochs.truncateFromEnd(end);
        epochs.truncateFromStart(logStart);
        epochs.store(); // those that recovery found: a clean stop before the next append would forget them
        LogSegments sorted = new LogSegments(new ArrayList<>(segments.values()));
        if (tracksProducers && !recovered) {
            rebuildProducers(sorted, logStart, end);
        }
        producers.advanceTo(end);
        producers.deleteSnapshotsAbove(end);
        producers.deleteStraySnapshots(sorted);
        long recoveryPoint = recovered ? Math.min(start.recoveryPoint(), end) : end;
        sorted.active().file().rest();
        return new Loaded(sorted, epochs, producers, logStart, end, recoveryPoint);
    }

    private Loaded restarted(long logStart) throws IOException {
        for (Segment segment : segments.values()) {
            segment.deleteFiles();
        }
        epochs.clear();
        producers.restartAt(logStart);
        LogSegments one = new LogSegments(List.of(Segment.create(directory, logStart, nowMs)));
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
            int size = Math.toIntExact(file.size());
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

    /** Log end by the last index entry and the batches behind it; -1 if the files contradict each other. */
    private long trustedEnd() throws IOException {
        Segment last = segments.lastEntry().getValue();
        for (Segment segment : segments.values()) {
            if (segment.size() > 0 && !segment.wasIndexed()) {
                return distrust(segment, "has no index");
            }
        }
        if (!last.offsets().isPlausible(last.size())) {
            return distrust(last, "has an index that does not fit");
        }
        long end = last.size() == 0 ? last.baseOffset() : SegmentRecovery.nextOffset(last);
        return end < 0 ? distrust(last, "does not end with a whole batch") : end;
    }

    private long distrust(Segment segment, String why) {
        if (start.cleanShutdown()) {
            LOG.warn(
                    "{} {} although the shutdown was clean: it is recovered",
                    segment.file().path(),
                    why);
        }
        return -1;
    }

    /** Recovers from the recovery point on, or from where an index is missing; returns the log end. */
    private long recover(long logStart) throws IOException {
        recovered = true;
        // After a clean shutdown whose last segment is damaged, everything before that segment is still trusted.
        long from = start.cleanShutdown() ? segments.lastKey() : start.recoveryPoint();
        if (epochs.isDamaged()) {
            from = segments.firstKey();
        }
        Long floor = segments.floorKey(from);
        long first = floor == null ? segments.firstKey() : floor;
        for (Segment segment : segments.headMap(first, false).values()) {
            if (segment.size() > 0 && !segment.wasIndexed()) {
                first = segment.baseOffset();
                break;
            }
        }
        if (tracksProducers) {
            LogSegments before = new LogSegments(
                    new ArrayList<>(segments.headMap(first, true).values()));
            if (!producers.restore(logStart, first, nowMs, config.producerIdExpirationMs())) {
                producers.advanceTo(logStart);
            }
            replay(before, producers.endOffset(), first);
        }
        long end = first;
        for (Segment segment : new ArrayList<>(segments.tailMap(first, true).values())) {
            // Behind a gap that no compaction has made, the end of the segment before was lost with the power.
            boolean gap = segment.baseOffset() > end && !config.compact();
            if (segment.baseOffset() < end || gap) {
                dropFrom(segment);
                break;
            }
            int before = segment.size();
            end = SegmentRecovery.recover(segment, config, (bytes, at) -> recovered(segment, bytes, at));
            if (segment.size() < before) {
                dropAfter(segment);
                break;
            }
            if (segment.baseOffset() != segments.lastKey()) {
                segment.storeIndexes(false);
                segment.file().rest();
            }
        }
        return end;
    }

    private void recovered(Segment segment, java.nio.ByteBuffer bytes, int at) throws IOException {
        int epoch = BatchHeader.leaderEpoch(bytes, at);
        if (epoch >= 0 && epoch > epochs.latestEpoch().orElse(-1)) {
            epochs.assign(epoch, BatchHeader.baseOffset(bytes, at));
        }
        if (!tracksProducers || BatchHeader.producerId(bytes, at) < 0) {
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

    private void dropAfter(Segment segment) throws IOException {
        drop(new ArrayList<>(segments.tailMap(segment.baseOffset(), false).values()));
    }

    private void dropFrom(Segment segment) throws IOException {
        drop(new ArrayList<>(segments.tailMap(segment.baseOffset(), true).values()));
    }

    private void drop(List<Segment> dropped) throws IOException {
        for (Segment each : dropped) {
            LOG.warn(
                    "{} lies behind the end of the recovered log and is deleted",
                    each.file().path());
            each.deleteFiles();
            segments.remove(each.baseOffset());
        }
    }

    private void rebuildProducers(LogSegments sorted, long logStart, long end) throws IOException {
        boolean restored = producers.restore(logStart, end, nowMs, config.producerIdExpirationMs());
        if (!restored && start.cleanShutdown()) {
            // No snapshot after a clean shutdown: there were no producers (KIP-98 upgrade rule of Kafka).
            return;
        }
        replay(sorted, producers.endOffset(), end);
    }

    /** Applies batches from {@code from} to before {@code to} to the producer state, headers only but for markers. */
    private void replay(LogSegments sorted, long from, long to) throws IOException {
        replay(sorted, producers, from, to);
    }

    static void replay(LogSegments sorted, ProducerStates producers, long from, long to) throws IOException {
        Segment[] all = sorted.all();
        for (int i = Math.max(0, LogSegments.floor(all, from)); i < all.length && from < to; i++) {
            Segment segment = all[i];
            BatchScanner scanner = new BatchScanner(
                    segment.file(), segment.offsets().floorPosition(from), segment.size(), BatchScanner.SCAN_WINDOW);
            while (scanner.next() && BatchHeader.baseOffset(scanner.buffer(), scanner.at()) < to) {
                if (scanner.lastOffset() >= from && BatchHeader.producerId(scanner.buffer(), scanner.at()) >= 0) {
                    apply(scanner, producers);
                }
            }
        }
        producers.advanceTo(Math.max(to, producers.endOffset()));
    }

    private static void apply(BatchScanner scanner, ProducerStates producers) throws IOException {
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
