package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends a segment all of whose records were synced but whose index is missing or does not fit. What is wrong in it is the
 * disk's doing, not a torn write: batches that are spoilt are taken out, and good ones behind them stay.
 */
final class SegmentRepair {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentRepair.class);
    private static final int COPY_BYTES = 1 << 16;

    private final Segment segment;
    private final Path directory;
    private final LogConfig config;
    /** Good bytes: neighbours are joined. */
    private final List<Range> good = new ArrayList<>();

    private record Range(int from, int to) {}

    private SegmentRepair(Segment segment, Path directory, LogConfig config) {
        this.segment = segment;
        this.directory = directory;
        this.config = config;
    }

    /**
     * Mends {@code segment} in {@code directory}.
     *
     * @return the segment to be used from now on; another one if the file had to be written anew
     * @throws IOException I/O error, or the segment holds records of old message formats
     */
    static Segment repair(Segment segment, Path directory, LogConfig config) throws IOException {
        SegmentRepair repair = new SegmentRepair(segment, directory, config);
        repair.look();
        Segment mended = repair.withoutSpoilt();
        repair.index(mended);
        return mended;
    }

    /** The length of a spoilt batch, if it is right, leads to the next one; if it is not, nothing behind it is found whole. */
    private void look() throws IOException {
        BatchScanner scanner = new BatchScanner(segment.file(), 0, segment.size(), BatchScanner.SCAN_WINDOW);
        long next = segment.baseOffset();
        while (scanner.next()) {
            if (!SegmentRecovery.isValid(scanner, segment, next)) {
                SegmentRecovery.refuseOldFormats(segment, scanner.position(), segment.size());
                continue;
            }
            next = scanner.lastOffset() + 1;
            int from = scanner.position();
            Range last = good.isEmpty() ? null : good.get(good.size() - 1);
            if (last != null && last.to == from) {
                good.set(good.size() - 1, new Range(last.from, from + scanner.size()));
            } else {
                good.add(new Range(from, from + scanner.size()));
            }
        }
        if (good.isEmpty() && segment.size() > 0) {
            SegmentRecovery.refuseOldFormats(segment, 0, segment.size());
        }
    }

    private Segment withoutSpoilt() throws IOException {
        int whole = good.stream().mapToInt(range -> range.to - range.from).sum();
        if (whole == segment.size()) {
            return segment;
        }
        LOG.warn(
                "{}: {} of {} bytes hold no valid batch and are taken out",
                segment.file().path(),
                segment.size() - whole,
                segment.size());
        if (good.isEmpty() || (good.size() == 1 && good.get(0).from == 0)) {
            segment.cutTail(whole);
            segment.file().force();
            return segment;
        }
        return rewritten(whole);
    }

    /** A crash before the move leaves the file as it was, and one marked as not finished, which goes at the next start. */
    private Segment rewritten(int size) throws IOException {
        LogFile target = new LogFile(new SegmentNames(directory, segment.baseOffset(), LogNames.CLEANED), false);
        Path path = segment.file().path();
        try {
            target.truncate(0);
            ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
            int at = 0;
            for (Range range : good) {
                for (int from = range.from; from < range.to; from += buffer.limit()) {
                    buffer.clear().limit(Math.min(COPY_BYTES, range.to - from));
                    segment.file().read(buffer, from);
                    buffer.flip();
                    target.write(buffer, at);
                    at += buffer.limit();
                }
            }
            target.force();
        } finally {
            target.discard();
        }
        segment.file().discard();
        Files.move(target.path(), path, StandardCopyOption.ATOMIC_MOVE);
        PlainFile.syncDirectory(directory);
        return Segment.existing(
                directory, segment.baseOffset(), size, segment.createdMs(), true, segment.hasAbortsFile());
    }

    private void index(Segment mended) throws IOException {
        mended.resetPositions();
        BatchScanner scanner = new BatchScanner(mended.file(), 0, mended.size(), BatchScanner.SCAN_WINDOW);
        while (scanner.next()) {
            mended.note(
                    scanner.buffer(),
                    scanner.at(),
                    scanner.position(),
                    scanner.size(),
                    config.segments().indexIntervalBytes());
        }
        mended.storeIndexes(false);
        mended.file().rest();
    }
}
