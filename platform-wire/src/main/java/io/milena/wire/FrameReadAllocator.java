package io.milena.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/** Lets the socket read right into the unfinished frame, if there is one, so that its bytes are not moved again. */
final class FrameReadAllocator implements RecvByteBufAllocator {

    private static final RecvByteBufAllocator ADAPTIVE = new AdaptiveRecvByteBufAllocator(1024, 4096, 65_536);

    private final FrameDecoder decoder;

    FrameReadAllocator(FrameDecoder decoder) {
        this.decoder = decoder;
    }

    @Override
    @SuppressWarnings("deprecation")
    public RecvByteBufAllocator.Handle newHandle() {
        return new FrameHandle(decoder, (RecvByteBufAllocator.ExtendedHandle) ADAPTIVE.newHandle());
    }

    private static final class FrameHandle extends DelegatingHandle implements ExtendedHandle {

        private final FrameDecoder decoder;
        private final ExtendedHandle adaptive;

        FrameHandle(FrameDecoder decoder, ExtendedHandle adaptive) {
            super(adaptive);
            this.decoder = decoder;
            this.adaptive = adaptive;
        }

        /** The channel releases what it gets from here if it reads nothing, and the decoder if something: retain once. */
        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            ByteBuf unfinished = decoder.unfinished();
            return unfinished == null ? adaptive.allocate(allocator) : unfinished.retain();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return adaptive.continueReading(maybeMoreData);
        }
    }
}
