package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the batches of a file from a position to an end, through a window of bytes that is the thread's own: one
 * system call serves many small batches, and a big batch's records are skipped unless they are asked for. Not to be nested
 * on one thread.
 */
final class BatchScanner {
    /** Window for looking up one position between two index entries. */
    static final int LOOKUP_WINDOW = 4096;
    /** Window for walking over much of a file. */
    static final int SCAN_WINDOW = 64 * 1024;

    /** Control batches are far smaller; the checksum of what is larger is built up from portions. */
    private static final int LARGEST_LOOKED_AT_WHOLE = SCAN_WINDOW;

    private static final ThreadLocal<ByteBuffer> WINDOW =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(SCAN_WINDOW));

    private final LogFile file;
    private final int end;
    private final int window;
    private ByteBuffer buffer = WINDOW.get();
    private @Nullable ByteBuffer checked;
    private int bufferStart;
    private int bufferEnd;
    private int position;
    private int size;
    private int at;

    BatchScanner(LogFile file, int position, int end, int window) {
        this.file = file;
        this.position = position;
        this.end = end;
        this.window = window;
        this.bufferStart = position;
        this.bufferEnd = position;
    }

    /**
     * Moves to the next batch.
     *
     * @return false at the end, or where the bytes left hold no whole batch by their length; {@link #position()} is where
     */
    boolean next() throws IOException {
        position += size;
        size = 0;
        if (end - position < BatchHeader.SIZE || !ensure(BatchHeader.SIZE, window)) {
            return false;
        }
        int length = BatchHeader.length(buffer, at);
        if (length < BatchHeader.SIZE - BatchHeader.LENGTH_EXCLUDES
                || length > end - position - BatchHeader.LENGTH_EXCLUDES) {
            return false;
        }
        size = length + BatchHeader.LENGTH_EXCLUDES;
        return true;
    }

    /**
     * Brings the current batch's records into the buffer as well, if they fit their CRC: a length that is not a batch's
     * could be anything, and its bytes are not worth the memory.
     */
    boolean loadIfIntact() throws IOException {
        return crcMatches() && loadWhole();
    }

    /** Brings the current batch's records into the buffer as well; false if the file ends before. */
    boolean loadWhole() throws IOException {
        return ensure(size, Math.max(window, size));
    }

    /**
     * Whether the checksum of the current batch is right. Its length may be garbage up to the size of the file, hence no more
     * than a window of it is in memory at a time.
     */
    boolean crcMatches() throws IOException {
        if (size <= Math.max(window, LARGEST_LOOKED_AT_WHOLE)) {
            return loadWhole() && BatchHeader.crcMatches(buffer, at, size);
        }
        ByteBuffer portion = checked;
        if (portion == null) {
            portion = ByteBuffer.allocate(SCAN_WINDOW);
            checked = portion;
        }
        CRC32C crc = new CRC32C();
        long position64 = (long) position + BatchHeader.CHECKED_FROM;
        long end64 = (long) position + size;
        while (position64 < end64) {
            portion.clear().limit((int) Math.min(portion.capacity(), end64 - position64));
            if (file.read(portion, position64) == 0) {
                return false;
            }
            portion.flip();
            position64 += portion.remaining();
            crc.update(portion);
        }
        return crc.getValue() == BatchHeader.storedCrc(buffer, at);
    }

    /** Whether the buffer holds the current batch's records, too. */
    boolean isWhole() {
        return position >= bufferStart && position + size <= bufferEnd;
    }

    private boolean ensure(int bytes, int ahead) throws IOException {
        if (position >= bufferStart && position + bytes <= bufferEnd) {
            at = position - bufferStart;
            return true;
        }
        if (bytes > buffer.capacity()) {
            buffer = ByteBuffer.allocate(bytes);
        }
        buffer.clear().limit(Math.min(buffer.capacity(), Math.min(ahead, end - position)));
        int read = file.read(buffer, position);
        bufferStart = position;
        bufferEnd = position + read;
        buffer.clear();
        at = 0;
        return read >= bytes;
    }

    /** Buffer with the current batch, whose first byte is {@link #at()}. */
    ByteBuffer buffer() {
        return buffer;
    }

    int at() {
        return at;
    }

    /** Position in the file of the current batch, or where the walk ended. */
    int position() {
        return position;
    }

    int size() {
        return size;
    }

    long lastOffset() {
        return BatchHeader.lastOffset(buffer, at);
    }

    long maxTimestamp() {
        return BatchHeader.maxTimestamp(buffer, at);
    }
}
