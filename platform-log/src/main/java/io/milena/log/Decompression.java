package io.milena.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;

/**
 * Unpacks the payload of a batch piece by piece. What it allocates depends on bytes that are there, never on a size that a
 * client only claims; buffers belong to the thread and are used again. A payload that cannot be unpacked is Kafka's
 * UNKNOWN_SERVER_ERROR, as its broker answers it.
 */
final class Decompression implements AutoCloseable {
    /** At least as large as the codecs' own buffers, so that they unpack straight into it. */
    static final int WINDOW = 16 * 1024;

    private static final ThreadLocal<BufferSupplier> BUFFERS = ThreadLocal.withInitial(BufferSupplier::create);
    private static final CompressionType[] CODECS = {
        CompressionType.NONE, CompressionType.GZIP, CompressionType.SNAPPY, CompressionType.LZ4, CompressionType.ZSTD
    };

    private final BufferSupplier buffers = BUFFERS.get();
    private final ByteBuffer window;
    private final InputStream stream;

    /** @throws UnknownServerException if the codec is unknown, or the payload is not of that codec */
    Decompression(ByteBuffer b, int at) {
        int codec = BatchHeader.compressionId(b, at);
        if (codec >= CODECS.length) {
            throw new UnknownServerException("Unknown compression type id: " + codec);
        }
        int from = at + BatchHeader.SIZE;
        int to = at + BatchHeader.size(b, at);
        if (CODECS[codec] == CompressionType.SNAPPY) {
            SnappyFrames.check(b, from, to);
        }
        ByteBuffer payload = b.duplicate();
        payload.limit(to).position(from);
        try {
            stream = Compression.of(CODECS[codec]).build().wrapForInput(payload, RecordBatch.MAGIC_VALUE_V2, buffers);
        } catch (RuntimeException | Error e) {
            throw undecodable(e);
        }
        window = buffers.get(WINDOW);
    }

    /** Buffer that {@link #fill} fills from its start. */
    ByteBuffer window() {
        return window;
    }

    /** Unpacks the next bytes into the window; returns how many, 0 at the end. */
    int fill() {
        try {
            return Math.max(0, stream.read(window.array(), 0, window.capacity()));
        } catch (IOException | RuntimeException | Error e) {
            throw undecodable(e);
        }
    }

    /** Errors too: snappy-java has one of its own, and java.util.zip calls itself for each empty member of a gzip stream. */
    private static UnknownServerException undecodable(Throwable e) {
        if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
            throw fatal;
        }
        return new UnknownServerException("Failed to decompress record stream", e);
    }

    @Override
    public void close() {
        buffers.release(window);
        try {
            stream.close();
        } catch (IOException | RuntimeException e) {
            throw undecodable(e);
        }
    }
}
