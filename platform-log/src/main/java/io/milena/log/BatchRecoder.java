package io.milena.log;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/**
 * Collects batches anew for a topic with a codec of its own. Records are written alike under every codec, so their bytes are
 * only unpacked and packed again, by the same reading that checks them.
 */
final class BatchRecoder {
    private final ByteBufferOutputStream out;
    private final Compression codec;
    private final int maxMessageBytes;
    private final TopicPartition partition;

    /** @param sizeHint bytes to begin with; grows as needed */
    BatchRecoder(Compression codec, int maxMessageBytes, int sizeHint, TopicPartition partition) {
        this.out = new ByteBufferOutputStream(sizeHint);
        this.codec = codec;
        this.maxMessageBytes = maxMessageBytes;
        this.partition = partition;
    }

    /** Takes bytes {@code from} to {@code to}, whole batches, as they are. */
    void copy(ByteBuffer batches, int from, int to) {
        ByteBuffer bytes = batches.duplicate();
        bytes.limit(to).position(from);
        out.write(bytes);
    }

    /**
     * Checks the batch at {@code at} and takes it under the topic's codec. Its CRC is left to the caller.
     *
     * @return the largest timestamp of its records
     */
    long recode(ByteBuffer batches, int at, RecordValidator validator) {
        int start = out.position();
        copy(batches, at, at + BatchHeader.SIZE);
        long max;
        try (OutputStream payload = new Bounded(codec.wrapForOutput(out, RecordBatch.MAGIC_VALUE_V2), start)) {
            max = validator.check(batches, at, payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int size = out.position() - start;
        checkSize(size);
        BatchHeader.setSize(out.buffer(), start, size);
        BatchHeader.setCompression(out.buffer(), start, codec.type().id);
        return max;
    }

    Compression codec() {
        return codec;
    }

    /** The bytes so far, from 0 to {@link #size()}. */
    ByteBuffer buffer() {
        return out.buffer();
    }

    int size() {
        return out.position();
    }

    private void checkSize(int size) {
        if (size > maxMessageBytes) {
            throw new RecordTooLargeException("The record batch size in the append to " + partition + " is " + size
                    + " bytes after compression with " + codec.type().name
                    + " which exceeds the maximum configured value of " + maxMessageBytes + ".");
        }
    }

    /** Stops as soon as the batch is too large: a small one may unpack to gigabytes. */
    private final class Bounded extends OutputStream {
        private final OutputStream to;
        private final int start;

        Bounded(OutputStream to, int start) {
            this.to = to;
            this.start = start;
        }

        @Override
        public void write(int b) throws IOException {
            to.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            to.write(bytes, from, length);
            checkSize(out.position() - start);
        }

        @Override
        public void close() throws IOException {
            to.close();
        }
    }
}
