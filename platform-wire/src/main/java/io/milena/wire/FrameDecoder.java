package io.milena.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the byte stream into frames: a length of four bytes, then so many bytes, which are passed on without the length.
 *
 * <p>A frame that lies whole in what was read is passed on as a slice. Of a frame that does not, the length is known: it gets
 * a buffer of its own size, and {@link FrameReadAllocator} lets the socket read the rest right into it. A long frame gets its
 * buffer in doubling steps, so that announcing a length is not enough to occupy memory.
 */
final class FrameDecoder extends ChannelInboundHandlerAdapter {

    private static final int LENGTH_BYTES = 4;

    private final @Nullable FrameAccount account;
    private int maxFrameBytes;
    private int lengthBytesRead;
    private int length;
    private @Nullable ByteBuf frame;
    private boolean stopped;

    /** For a peer that is trusted with memory: another node. */
    FrameDecoder(int maxFrameBytes) {
        this(maxFrameBytes, null);
    }

    FrameDecoder(int maxFrameBytes, @Nullable FrameAccount account) {
        this.maxFrameBytes = maxFrameBytes;
        this.account = account;
    }

    /** The unfinished frame that the socket may read into, or null. */
    @Nullable
    ByteBuf unfinished() {
        return frame;
    }

    void maxFrameBytes(int bytes) {
        this.maxFrameBytes = bytes;
    }

    /** Drops everything from here on. */
    void stop() {
        stopped = true;
        dropFrame();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // whether the socket read into the frame's own buffer
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (in == frame) {
                passOnIfComplete(ctx, in);
            } else {
                while (in.isReadable() && !stopped) {
                    decode(ctx, in);
                }
            }
        } finally {
            in.release();
        }
    }

    private void decode(ChannelHandlerContext ctx, ByteBuf in) {
        ByteBuf unfinished = frame;
        if (unfinished != null) {
            unfinished.writeBytes(in, Math.min(in.readableBytes(), unfinished.writableBytes()));
            passOnIfComplete(ctx, unfinished);
        } else if (readLength(in)) {
            lengthBytesRead = 0;
            begin(ctx, in);
        }
    }

    private boolean readLength(ByteBuf in) {
        if (lengthBytesRead == 0 && in.readableBytes() >= LENGTH_BYTES) {
            length = in.readInt();
            return true;
        }
        while (in.isReadable() && lengthBytesRead < LENGTH_BYTES) {
            length = length << 8 | in.readByte() & 0xff;
            lengthBytesRead++;
        }
        return lengthBytesRead == LENGTH_BYTES;
    }

    private void begin(ChannelHandlerContext ctx, ByteBuf in) {
        if (length < 0 || length > maxFrameBytes) {
            int announced = length;
            stop();
            throw new RefusedException(
                    "a frame of " + announced + " bytes was announced, but at most " + maxFrameBytes + " are accepted");
        }
        if (in.readableBytes() >= length) {
            ctx.fireChannelRead(in.readRetainedSlice(length));
            return;
        }
        int step = account == null ? FrameAccount.FIRST_STEP_BYTES : account.firstStepBytes();
        frame = exactBuffer(ctx, Math.min(length, step));
    }

    private void passOnIfComplete(ChannelHandlerContext ctx, ByteBuf unfinished) {
        if (unfinished.isWritable()) {
            return;
        }
        if (unfinished.writerIndex() == length) {
            frame = null;
            passOn(ctx, unfinished);
            return;
        }
        ByteBuf longer = exactBuffer(ctx, (int) Math.min(length, 2L * unfinished.capacity()));
        longer.writeBytes(unfinished, 0, unfinished.writerIndex());
        frame = longer;
        unfinished.release();
    }

    private ByteBuf exactBuffer(ChannelHandlerContext ctx, int bytes) {
        if (account != null) {
            account.grow(bytes);
        }
        return ctx.alloc().directBuffer(bytes, bytes);
    }

    private void passOn(ChannelHandlerContext ctx, ByteBuf complete) {
        if (account == null) {
            ctx.fireChannelRead(complete);
            return;
        }
        account.complete();
        ctx.fireChannelRead(complete);
        account.settleUnlessKept();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stop();
    }

    private void dropFrame() {
        ByteBuf unfinished = frame;
        frame = null;
        if (unfinished != null) {
            unfinished.release();
            if (account != null) {
                account.drop();
            }
        }
    }
}
