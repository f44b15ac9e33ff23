package io.milena.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import java.io.EOFException;
import java.io.IOException;

/** File-backed records for an encrypted connection, read in small pieces as the socket takes them. */
final class ChunkedRecords implements ChunkedInput<ByteBuf> {

    private static final int CHUNK_BYTES = 64 * 1024;

    private final FileBackedRecords records;
    private int sent;
    private boolean closed;

    ChunkedRecords(FileBackedRecords records) {
        this.records = records;
    }

    @Override
    public boolean isEndOfInput() {
        return sent == records.sizeInBytes();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            records.release();
        }
    }

    @Override
    @Deprecated
    public ByteBuf readChunk(ChannelHandlerContext ctx) throws Exception {
        return readChunk(ctx.alloc());
    }

    @Override
    public ByteBuf readChunk(ByteBufAllocator allocator) throws Exception {
        int bytes = Math.min(CHUNK_BYTES, records.sizeInBytes() - sent);
        ByteBuf chunk = allocator.directBuffer(bytes, bytes);
        try {
            fill(chunk);
        } catch (IOException e) {
            chunk.release();
            throw e;
        }
        sent += bytes;
        return chunk;
    }

    private void fill(ByteBuf chunk) throws IOException {
        while (chunk.isWritable()) {
            long position = records.position() + sent + chunk.writerIndex();
            if (chunk.writeBytes(records.channel(), position, chunk.writableBytes()) < 0) {
                throw new EOFException("The file ends at " + position + ", before the records do.");
            }
        }
    }

    @Override
    public long length() {
        return records.sizeInBytes();
    }

    @Override
    public long progress() {
        return sent;
    }
}
