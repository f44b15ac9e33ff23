package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordsSend;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a segment's file: whole batches but perhaps the last. It stays readable until {@link #release()}, even if the
 * segment is deleted meanwhile (bytes truncated meanwhile read as end of file). Released exactly once, by any thread; a
 * slice of zero bytes needs no release.
 */
public final class LogSlice implements BaseRecords {
    /** No bytes at all. */
    public static final LogSlice EMPTY = new LogSlice(null, 0, 0);

    private final @Nullable LogFile file;
    private final long position;
    private final int size;

    /** The file was {@linkplain LogFile#acquire() acquired} for this slice. */
    LogSlice(@Nullable LogFile file, long position, int size) {
        this.file = file;
        this.position = position;
        this.size = size;
    }

    /**
     * The file; to be read by position only, never closed by the receiver.
     *
     * @throws KafkaStorageException if it cannot be opened again after an interrupt
     * @throws IllegalStateException for a slice of zero bytes
     */
    public FileChannel channel() {
        LogFile source = file;
        if (source == null) {
            throw new IllegalStateException("An empty slice has no file");
        }
        try {
            return source.channel();
        } catch (IOException e) {
            throw new KafkaStorageException("Cannot open " + source.path(), e);
        }
    }

    /** Position of the first byte in the file. */
    public long position() {
        return position;
    }

    @Override
    public int sizeInBytes() {
        return size;
    }

    /** Copies the bytes to the heap. Does not release. Fewer bytes come back if the log was truncated meanwhile. */
    public MemoryRecords readFully() {
        LogFile source = file;
        if (source == null) {
            return MemoryRecords.EMPTY;
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        try {
            source.read(bytes, position);
        } catch (IOException e) {
            throw new KafkaStorageException(
                    "Cannot read " + size + " bytes at " + position + " of " + source.path(), e);
        }
        return MemoryRecords.readableRecords(bytes.flip());
    }

    /** Gives the file back. Further use of this slice is an error. */
    public void release() {
        if (file != null) {
            file.release();
        }
    }

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        return readFully().toSend();
    }
}
