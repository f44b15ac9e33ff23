package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One segment: the records' file and its three indexes. Files are opened or created on first use. Changes run under the
 * partition's lock, lookups on any thread that holds the file ({@link LogFile#acquire}).
 */
final class Segment {
    /** No such position, timestamp or offset. */
    static final long NONE = -1;

    private static final long UNKNOWN = Long.MIN_VALUE;

    private final long baseOffset;
    private final long createdMs;
    private final SegmentNames names;
    private final LogFile file;
    private final OffsetIndex offsets;
    private final TimeIndex times;
    private final TransactionIndex aborts;
    private volatile int size;
    private volatile @Nullable RecentBatches recent;
    private int bytesSinceIndexEntry;
    /** Largest timestamp; UNKNOWN until the time index was looked at. */
    private volatile long maxTimestampMs;
    /** Last offset of the first batch with the largest timestamp; valid once that is known. */
    private volatile long maxTimestampOffset;

    private long firstTimestampMs = UNKNOWN;
    private boolean indexesBehind;
    private boolean indexed;
    private final boolean abortsFile;

    private Segment(
            Path directory,
            long baseOffset,
            int size,
            long createdMs,
            boolean exists,
            boolean indexed,
            boolean aborts) {
        this.baseOffset = baseOffset;
        this.createdMs = createdMs;
        this.size = size;
        this.indexed = indexed;
        this.abortsFile = aborts;
        this.names = new SegmentNames(directory, baseOffset, "");
        this.file = new LogFile(names, exists);
        this.offsets = new OffsetIndex(names, baseOffset, !indexed);
        this.times = new TimeIndex(names, baseOffset, !indexed);
        this.aborts = new TransactionIndex(names, !aborts);
        this.maxTimestampMs = size == 0 ? NONE : UNKNOWN;
        this.maxTimestampOffset = baseOffset;
    }

    /** A new, empty segment; its file appears with the first append, or with {@link #createFile()}. */
    static Segment create(Path directory, long baseOffset, long nowMs) {
        return new Segment(directory, baseOffset, 0, nowMs, false, false, false);
    }

    /** A new, empty segment whose files carry {@code mark} behind their suffix until {@link #mark} changes that. */
    static Segment marked(Path directory, long baseOffset, long nowMs, String mark) {
        Segment segment = create(directory, baseOffset, nowMs);
        segment.names.marked(mark);
        return segment;
    }

    /**
     * A segment found on disk.
     *
     * @param indexed it has an offset or a time index
     * @param aborts it has a transaction index
     */
    static Segment existing(
            Path directory, long baseOffset, int size, long createdMs, boolean indexed, boolean aborts) {
        return new Segment(directory, baseOffset, size, createdMs, true, indexed, aborts);
    }

    long baseOffset() {
        return baseOffset;
    }

    int size() {
        return size;
    }

    /** True if index files were found with it, or were written since. */
    boolean wasIndexed() {
        return indexed;
    }

    /** True if an index of aborted transactions was found with it. */
    boolean hasAbortsFile() {
        return abortsFile;
    }

    LogFile file() {
        return file;
    }

    OffsetIndex offsets() {
        return offsets;
    }

    TimeIndex times() {
        return times;
    }

    TransactionIndex aborts() {
        return aborts;
    }

    void createFile() throws IOException {
        file.channel();
    }

    /** Writes whole batches (position to limit of {@code batches}) at the end, at once, and keeps the indexes. */
    void append(ByteBuffer batches, int indexIntervalBytes) throws IOException {
        loadTimestamps();
        int at = batches.position();
        int end = batches.limit();
        int position = size;
        write(batches, position);
        RecentBatches tail = recent;
        if (tail == null) {
            tail = new RecentBatches();
            recent = tail;
        }
        while (at < end) {
            int batchSize = BatchHeader.size(batches, at);
            note(batches, at, position, batchSize, indexIntervalBytes);
            tail.add(BatchHeader.lastOffset(batches, at), position);
            position += batchSize;
            at += batchSize;
        }
        size = position;
    }

    /** A write that fails half-way, as on a volume that gets full, leaves nothing behind. */
    private void write(ByteBuffer batches, int position) throws IOException {
        try {
            file.write(batches, position);
        } catch (IOException e) {
            try {
                file.truncate(position);
            } catch (IOException again) {
                // Nobody reads behind the log end, and recovery cuts it.
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** Keeps timestamps and indexes for one batch at {@code position} of the file. */
    void note(ByteBuffer bytes, int at, int position, int batchSize, int indexIntervalBytes) throws IOException {
        long timestamp = BatchHeader.maxTimestamp(bytes, at);
        long lastOffset = BatchHeader.lastOffset(bytes, at);
        if (position == 0) {
            firstTimestampMs = timestamp;
        }
        if (timestamp > maxTimestampMs) {
            maxTimestampOffset = lastOffset;
            maxTimestampMs = timestamp;
        }
        if (bytesSinceIndexEntry > indexIntervalBytes) {
            offsets.append(lastOffset, position);
            times.maybeAppend(maxTimestampMs, maxTimestampOffset);
            bytesSinceIndexEntry = 0;
        }
        bytesSinceIndexEntry += batchSize;
        indexesBehind = true;
    }

    /**
     * The first batch whose last offset is at least {@code offset}, among those before position {@code end}.
     *
     * @return position in the upper, size in the lower 32 bits; {@link #NONE} if there is none
     */
    long find(long offset, int end) throws IOException {
        RecentBatches tail = recent;
        if (tail != null) {
            long found = tail.find(offset, end);
            if (found != RecentBatches.MISS) {
                return found;
            }
        }
        int start = offsets.floorPosition(offset);
        BatchScanner scanner = new BatchScanner(file, start, end, BatchScanner.LOOKUP_WINDOW);
        while (scanner.next()) {
            if (scanner.lastOffset() >= offset) {
                return ((long) scanner.position() << 32) | scanner.size();
            }
        }
        return NONE;
    }

    /**
     * Position where offsets from {@code offset} on begin, at most {@code end}. If the index shows that it is not before
     * {@code enough}, a position at or behind {@code enough} may be returned instead, without reading the file.
     */
    int positionOf(long offset, int end, long enough) throws IOException {
        int floor = offsets.floorPosition(offset);
        if (floor >= enough) {
            return Math.min(floor, end);
        }
        long found = find(offset, end);
        return found == NONE ? end : (int) (found >>> 32);
    }

    /** Largest timestamp of the segment, -1 if it is empty. */
    long maxTimestampMs() throws IOException {
        if (maxTimestampMs == UNKNOWN) {
            loadTimestamps();
        }
        return maxTimestampMs;
    }

    /** Last offset of the first batch with the largest timestamp. */
    long maxTimestampOffset() throws IOException {
        return maxTimestampMs() == NONE ? baseOffset : maxTimestampOffset;
    }

    /** The time index knows the largest timestamp up to its last entry; what follows the last indexed batch is scanned. */
    private synchronized void loadTimestamps() throws IOException {
        if (maxTimestampMs != UNKNOWN) {
            return;
        }
        long max = times.lastTimestamp();
        long offset = times.lastOffset();
        int start = offsets.floorPosition(offset);
        BatchScanner scanner = new BatchScanner(file, start, size, BatchScanner.SCAN_WINDOW);
        while (scanner.next()) {
            if (scanner.maxTimestamp() > max) {
                max = scanner.maxTimestamp();
                offset = scanner.lastOffset();
            }
        }
        maxTimestampOffset = offset;
        maxTimestampMs = max;
    }

    /** Timestamp that the segment's age for segment.ms counts from: its first batch's, -1 if it is empty. */
    long firstTimestampMs() throws IOException {
        if (firstTimestampMs == UNKNOWN && size > 0) {
            BatchScanner scanner = new BatchScanner(file, 0, size, BatchHeader.SIZE);
            firstTimestampMs = scanner.next() ? scanner.maxTimestamp() : NONE;
        }
        return size == 0 ? NONE : firstTimestampMs;
    }

    long createdMs() {
        return createdMs;
    }

    boolean indexesFull(int segmentIndexBytes) throws IOException {
        return offsets.entries() >= segmentIndexBytes / OffsetIndex.ENTRY_SIZE
                || times.entries() >= segmentIndexBytes / TimeIndex.ENTRY_SIZE - 1;
    }

    /** Whether {@code offset} can be told from the base in 31 bits, as the indexes need it. */
    boolean canHold(long offset) {
        long relative = offset - baseOffset;
        return relative >= 0 && relative <= Integer.MAX_VALUE;
    }

    /** Cuts the batch that holds {@code offset} and all after it. */
    void truncateTo(long offset) throws IOException {
        long found = find(offset, size);
        if (found != NONE) {
            cutAt((int) (found >>> 32), offset);
        }
    }

    private void cutAt(int position, long offset) throws IOException {
        recent = null;
        size = position;
        file.truncate(position);
        offsets.truncateTo(offset);
        times.truncateTo(offset);
        aborts.truncateTo(offset);
        maxTimestampMs = position == 0 ? NONE : UNKNOWN;
        maxTimestampOffset = baseOffset;
        firstTimestampMs = UNKNOWN;
        bytesSinceIndexEntry = 0;
        indexesBehind = true;
    }

    /** Starts recovery: all indexes are to be built anew. */
    void resetIndexes() throws IOException {
        aborts.reset();
        resetPositions();
    }

    /** The same without the index of aborted transactions. */
    void resetPositions() throws IOException {
        offsets.reset();
        times.reset();
        maxTimestampMs = NONE;
        maxTimestampOffset = baseOffset;
        firstTimestampMs = UNKNOWN;
        bytesSinceIndexEntry = 0;
        indexesBehind = true;
    }

    /** Cuts a torn tail found by recovery. */
    void cutTail(int validBytes) throws IOException {
        file.truncate(validBytes);
        size = validBytes;
        recent = null;
    }

    /** Makes the indexes on disk complete: when the segment is rolled or the log closed. */
    void storeIndexes(boolean force) throws IOException {
        if (!indexesBehind) {
            return;
        }
        if (maxTimestampMs() >= 0) {
            times.maybeAppend(maxTimestampMs, maxTimestampOffset);
        }
        offsets.store(force);
        times.store(force);
        if (force) {
            aborts.force();
        }
        indexesBehind = false;
        indexed = true;
    }

    /** Syncs records and aborted transactions and, of a rolled segment, the indexes that {@link #storeIndexes} has written. */
    void force(boolean withIndexes) throws IOException {
        file.force();
        aborts.force();
        if (withIndexes) {
            offsets.force();
            times.force();
        }
    }

    /** The active segment became an old one: readers find their way by the index from now on. */
    void becomeInactive() {
        recent = null;
    }

    /** Frees what nobody used since the last sweep. */
    void sweep() {
        file.sweep();
        if (!indexesBehind) {
            offsets.sweep();
            times.sweep();
        }
    }

    /** Renames all files to {@code .deleted}; readers go on reading. */
    void markDeleted() throws IOException {
        mark(LogNames.DELETED);
    }

    /** Renames all files so that they carry another mark, or none, behind their suffix; readers go on reading. */
    void mark(String mark) throws IOException {
        for (String suffix : List.of(LogNames.LOG, LogNames.INDEX, LogNames.TIME_INDEX, LogNames.TXN_INDEX)) {
            Path path = names.path(suffix);
            if (Files.exists(path)) {
                Files.move(path, names.path(suffix, mark), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        names.marked(mark);
    }

    /** Removes the files; the channel stays open for readers that still hold it. */
    void deleteFiles() throws IOException {
        Files.deleteIfExists(file.path());
        Files.deleteIfExists(offsets.path());
        Files.deleteIfExists(times.path());
        Files.deleteIfExists(aborts.path());
        file.discard();
    }

    /** The partition's directory was renamed. */
    void movedTo(Path directory) {
        names.movedTo(directory);
    }
}
