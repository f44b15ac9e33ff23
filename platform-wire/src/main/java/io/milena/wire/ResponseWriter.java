package io.milena.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.jspecify.annotations.Nullable;

/** Writes responses: length, header and body in one buffer, and long file-backed records as regions between its parts. */
final class ResponseWriter {

    static final int LENGTH_BYTES = 4;

    /** Up to this size a response is laid out whole in one buffer from the start. */
    private static final int SMALL_RESPONSE_BYTES = 64 * 1024;

    private final ChannelHandlerContext ctx;
    private final boolean encrypted;
    private final long maxBytes;

    /** What the last response left to the socket as file regions ends with this write; null if it had none. */
    private @Nullable ChannelFuture regionsSent;

    /** @param maxBytes the longest answer, without what leaves as file regions */
    ResponseWriter(ChannelHandlerContext ctx, boolean encrypted, long maxBytes) {
        this.ctx = ctx;
        this.encrypted = encrypted;
        this.maxBytes = maxBytes;
    }

    /**
     * Writes without flushing.
     *
     * @return the bytes of the frame, with its length prefix
     */
    long write(ApiKeys api, short version, int correlationId, ApiMessage response) {
        short headerVersion = api.messageType.responseHeaderVersion(version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        response.addSize(size, cache, version);
        int body = size.totalSize() <= SMALL_RESPONSE_BYTES ? size.totalSize() : size.sizeExcludingZeroCopy();
        if (body > maxBytes) {
            discard(response, version, 0);
            throw new RefusedException("the answer to " + api + " would take " + body + " bytes of memory, " + maxBytes
                    + " are for all answers; ask for less at a time");
        }
        ByteBuf out = ctx.alloc().directBuffer(LENGTH_BYTES + 5 + body);
        FileAwareWriter writer = new FileAwareWriter(out);
        try {
            out.writeInt(0);
            out.writeInt(correlationId);
            if (headerVersion >= 1) {
                out.writeByte(0);
            }
            response.write(writer, cache, version);
        } catch (Throwable e) {
            out.release();
            discard(response, version, writer.taken());
            writer.releaseRegions();
            throw e;
        }
        long bytes = out.readableBytes() + writer.regionBytes();
        out.setInt(0, Math.toIntExact(bytes - LENGTH_BYTES));
        send(out, writer.regions());
        return bytes;
    }

    /** The write that ends the regions of the response just written, null if it had none. */
    @Nullable
    ChannelFuture regionsSent() {
        return regionsSent;
    }

    private void send(ByteBuf out, List<FileAwareWriter.Region> regions) {
        if (regions.isEmpty()) {
            regionsSent = null;
            if (encrypted) {
                ctx.write(out);
            } else {
                ctx.write(out, ctx.voidPromise());
            }
            return;
        }
        ChannelFuture last = null;
        for (FileAwareWriter.Region region : regions) {
            int before = region.offset() - out.readerIndex();
            if (before > 0) {
                ctx.write(out.readRetainedSlice(before));
            }
            last = ctx.write(encrypted ? new ChunkedRecords(region.records()) : RecordsRegion.of(region.records()));
        }
        if (out.isReadable()) {
            last = ctx.write(out);
        } else {
            out.release();
        }
        regionsSent = last;
    }

    /** Gives back the file-backed records of an answer that will never be sent. */
    static void discard(RequestExchange<?> exchange) {
        ApiMessage response = exchange.response();
        if (response != null) {
            discard(response, exchange.responseVersion(), 0);
        }
    }

    private static void discard(ApiMessage response, short version, int alreadyTaken) {
        if (DiscardingWriter.mayHoldRecords(response)) {
            ObjectSerializationCache cache = new ObjectSerializationCache();
            response.addSize(new MessageSizeAccumulator(), cache, version);
            response.write(new DiscardingWriter(alreadyTaken), cache, version);
        }
    }
}
