package io.milena.wire;

import io.milena.wire.TransferMemory.Hold;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Counts what a client has not read of its answers, as far as the socket did not take it at once: an answer that leaves with its
 * flush is never counted. Records that leave as file regions occupy no memory and are not counted either. On the event loop.
 */
final class UnreadAnswers {

    /** Below this nothing is counted; a connection has one answer, or a few small ones. */
    private static final int FREE_BYTES = 32 * 1024;

    private final Channel channel;
    private final TransferMemory memory;
    private final TransferMemory.Holder holder;
    private boolean counting;

    UnreadAnswers(Channel channel, TransferMemory memory, TransferMemory.Holder holder) {
        this.channel = channel;
        this.memory = memory;
        this.holder = holder;
    }

    /** To be called after a flush. */
    void flushed() {
        if (counting) {
            return;
        }
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        if (pending == null || pending.totalPendingWriteBytes() < FREE_BYTES) {
            return;
        }
        counting = true;
        Hold hold = memory.hold(holder, pending.totalPendingWriteBytes());
        // Nothing, behind all that is pending: it is written when the client has read that.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(read -> {
            hold.release();
            counting = false;
            flushed();
        });
    }
}
