package io.milena.raft.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a damaged metadata log from a torn one. After a crash the log's end may be anything, and recovery cuts it at the first batch that is
 * not whole. A log that was closed and synced has no torn end: there the same batch is a fault of the disk, and cutting would drop
 * what was committed. Closing leaves a mark with the size and time of each segment; as long as they are the same nobody has written since.
 */
public final class CleanClose {
    static final String MARK = "closed-cleanly";
    private static final Logger LOG = LoggerFactory.getLogger(CleanClose.class);
    private static final int HEADER_BYTES = 12;
    private static final int SIZE_AT = 8;
    private static final int WINDOW_BYTES = 1024 * 1024;

    private CleanClose() {}

    /**
     * The log in {@code directory} was closed. Never fails: without the mark the next start recovers as after a crash. A log whose sync failed
     * gets no mark: the sync at closing succeeds whatever the disk has, and a power cut would leave this mark on a torn log.
     */
    public static void note(Path directory) {
        if (FailedSync.isNoted(directory)) {
            return;
        }
        try {
            AtomicFiles.write(directory.resolve(MARK), String.join("\n", segments(directory)));
        } catch (IOException | RuntimeException e) {
            LOG.warn("Cannot note in {} that the log was closed cleanly: {}", directory, e.toString());
        }
    }

    /**
     * Before the log in {@code directory} is recovered. The mark is gone afterwards.
     *
     * @throws StorageException if the log was closed cleanly and is damaged: nothing was changed
     */
    public static void check(Path directory) {
        Path mark = directory.resolve(MARK);
        try {
            if (!Files.exists(mark)) {
                return;
            }
            if (Files.readString(mark).lines().toList().equals(segments(directory))) {
                for (Path segment : files(directory)) {
                    checkSegment(segment, mark);
                }
            }
            Files.delete(mark);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the log in " + directory, e);
        }
    }

    private static void checkSegment(Path segment, Path mark) {
        long next = Long.parseLong(segment.getFileName().toString().replace(".log", ""));
        long position = 0;
        try (SnapshotFile file = SnapshotFile.open(segment)) {
            ByteBuffer window = ByteBuffer.allocate(0);
            while (position < file.size()) {
                int size = window.remaining() < HEADER_BYTES ? 0 : sizeOfBatch(window, file.size() - position);
                if (size == 0 || size > window.remaining()) {
                    int wanted = Math.max(WINDOW_BYTES, size);
                    window = file.read(position, wanted);
                    size = sizeOfBatch(window, file.size() - position);
                }
                if (size > window.remaining()) {
                    continue; // longer than the window: it is read with its whole length now
                }
                ByteBuffer bytes = window.slice().limit(size);
                MutableRecordBatch batch =
                        MemoryRecords.readableRecords(bytes).batchIterator().next();
                batch.ensureValid();
                next = batch.lastOffset() + 1;
                position += size;
                window.position(window.position() + size);
            }
        } catch (RuntimeException damage) {
            String told = segment + " is damaged at byte " + position + ", offset " + next + " (" + damage.getMessage()
                    + "), though this node closed it cleanly and nobody has written to it since: the disk has changed it. All"
                    + " metadata from offset " + next
                    + " on would be lost: topics, partitions, settings. Nothing was changed."
                    + " If other controllers run, move " + segment.getParent()
                    + " away, and this node fetches it from them. If"
                    + " not, restore the file from a backup, or delete " + mark
                    + " to go on with what is before the damage";
            LOG.error(told);
            throw new StorageException(told, damage);
        }
    }

    private static int sizeOfBatch(ByteBuffer window, long left) {
        long size = window.remaining() < HEADER_BYTES
                ? -1
                : HEADER_BYTES + (long) window.getInt(window.position() + SIZE_AT);
        if (size <= HEADER_BYTES || size > left) {
            throw new StorageException("the length of a batch is wrong");
        }
        return (int) size;
    }

    private static List<String> segments(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files(directory)) {
            lines.add(file.getFileName() + " " + Files.size(file) + " "
                    + Files.getLastModifiedTime(file).toMillis());
        }
        return lines;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }
}
