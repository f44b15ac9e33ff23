package io.milena.log;

import java.nio.channels.FileChannel;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/**
 * A stretch of a segment's file: whole batches but perhaps the last. It stays readable until {@link #release()}, even if the
 * segment is deleted or truncated meanwhile (truncated bytes read as end of file). Released exactly once, by any thread.
 */
public final class LogSlice implements BaseRecords {
    /** The file; to be read by position only, never closed by the receiver. */
    public FileChannel channel() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Position of the first byte in the file. */
    public long position() {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public int sizeInBytes() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Copies the bytes to the heap; throws KafkaStorageException if they cannot be read. Does not release. */
    public MemoryRecords readFully() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Gives the file back. Further use of this slice is an error. */
    public void release() {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        return readFully().toSend();
    }
}
