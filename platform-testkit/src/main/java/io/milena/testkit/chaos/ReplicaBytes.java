package io.milena.testkit.chaos;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of one partition as bytes: all segments of a replica, one after the other, must be the same on every broker up to the
 * high watermark, however they are cut into segments. Reads only whole batches below it, which no node may change any more.
 */
final class ReplicaBytes {
    private static final int HEADER_BYTES = 61;
    private static final int LENGTH_AT = 8;
    private static final int BEFORE_LENGTH_BYTES = 12;
    private static final int LAST_OFFSET_DELTA_AT = 23;

    private final String partition;
    private final Map<Integer, Path> directories;
    private final Map<Integer, Compared> compared = new TreeMap<>();
    private final long startOffset;

    /** How far a replica has been compared. */
    private record Compared(long bytes, long nextOffset) {}

    /** What a replica has beyond that, in whole batches. */
    private record More(byte[] bytes, int skipped, long nextOffset) {}

    /** @param directories of the partition by node */
    ReplicaBytes(String partition, Map<Integer, Path> directories) {
        this.partition = partition;
        this.directories = new TreeMap<>(directories);
        this.startOffset = directories.values().stream()
                .mapToLong(ReplicaBytes::firstOffset)
                .max()
                .orElse(0);
    }

    /** Of the oldest segment. Of replicas that begin differently only what all have can be compared. */
    private static long firstOffset(Path directory) {
        return segments(directory).stream()
                .mapToLong(file -> Long.parseLong(file.getFileName().toString().replace(".log", "")))
                .findFirst()
                .orElse(0);
    }

    /** Forgets what was compared: the next comparison begins at the first byte. */
    void fromTheBeginning() {
        compared.clear();
    }

    /**
     * Compares what has come since the last time.
     *
     * @return what differs or is missing, or null
     */
    @Nullable
    String compare(long highWatermark) {
        int firstNode = -1;
        byte[] first = {};
        Map<Integer, Compared> reached = new TreeMap<>();
        for (Map.Entry<Integer, Path> each : directories.entrySet()) {
            Compared before = compared.getOrDefault(each.getKey(), new Compared(0, startOffset));
            More more = more(readFrom(each.getValue(), before.bytes), before.nextOffset, highWatermark);
            if (more.nextOffset < highWatermark) {
                return partition + ": node " + each.getKey() + " has nothing from offset " + more.nextOffset
                        + " on, but the high watermark is " + highWatermark;
            }
            if (firstNode < 0) {
                firstNode = each.getKey();
                first = more.bytes;
            } else if (Arrays.mismatch(first, more.bytes) >= 0) {
                return partition + ": the replicas of nodes " + firstNode + " and " + each.getKey()
                        + " differ at byte " + (before.bytes + more.skipped + Arrays.mismatch(first, more.bytes))
                        + " of the latter, below the high watermark " + highWatermark;
            }
            reached.put(each.getKey(), new Compared(before.bytes + more.skipped + more.bytes.length, more.nextOffset));
        }
        compared.putAll(reached);
        return null;
    }

    private static More more(byte[] bytes, long fromOffset, long highWatermark) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int begin = 0;
        int end = 0;
        long nextOffset = fromOffset;
        while (end + HEADER_BYTES <= bytes.length) {
            int size = BEFORE_LENGTH_BYTES + buffer.getInt(end + LENGTH_AT);
            long next = buffer.getLong(end) + buffer.getInt(end + LAST_OFFSET_DELTA_AT) + 1;
            if (size < HEADER_BYTES || end + size > bytes.length || next > highWatermark) {
                break;
            }
            end += size;
            if (next <= fromOffset) {
                begin = end;
            } else {
                nextOffset = next;
            }
        }
        return new More(Arrays.copyOfRange(bytes, begin, end), begin, nextOffset);
    }

    private static List<Path> segments(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(file -> file.toString().endsWith(".log"))
                    .sorted(Comparator.comparing(Path::getFileName))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All segments' bytes from a position on. */
    private static byte[] readFrom(Path directory, long position) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        long skip = position;
        for (Path segment : segments(directory)) {
            try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ)) {
                long size = file.size();
                long from = Math.min(skip, size);
                skip -= from;
                ByteBuffer part = ByteBuffer.allocate((int) (size - from));
                while (part.hasRemaining() && file.read(part, from + part.position()) >= 0) {
                    // Reads on until the size of a moment ago is there.
                }
                all.write(part.array(), 0, part.position());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all.toByteArray();
    }
}
