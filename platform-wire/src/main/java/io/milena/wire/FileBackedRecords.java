package io.milena.wire;

import java.nio.channels.FileChannel;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/**
 * Records of a response that stay in their file until the socket takes them: the writer sends them as a file region, without
 * passing them through the heap, or through a small buffer where the connection is encrypted.
 */
public interface FileBackedRecords extends BaseRecords {

    /** The open file; never closed by the writer. */
    FileChannel channel();

    /** Where in the file the records begin, in bytes. */
    long position();

    @Override
    int sizeInBytes();

    /** Called once, on the event loop, when the bytes have been sent or never will be. The file may be closed from here on. */
    default void release() {}

    /** Kafka's own way of sending, which the writer does not take. */
    @Override
    default RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("File-backed records are sent by the wire's own writer.");
    }
}
