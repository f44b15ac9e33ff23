package io.milena.wire;

import io.milena.wire.TransferMemory.Hold;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one connection's frames occupy that did not arrive whole: from their first bytes on, and on while they wait for the requests
 * before them. On the connection's event loop.
 */
final class FrameAccount {

    /** What a connection gets at once for a frame that is announced; it grows as the frame's bytes come. */
    static final int FIRST_STEP_BYTES = 1 << 20;

    private static final int SMALL_STEP_BYTES = 1 << 10;

    private final TransferMemory.Holder holder;
    private final Supplier<TransferMemory> memory;
    private final BooleanSupplier careful;
    private final BooleanSupplier keepsFrames;
    private @Nullable Hold hold;
    private long unfinishedBytes;
    private long keptBytes;
    private volatile boolean unfinished;

    /**
     * @param memory what is counted against; asked for each frame
     * @param careful whether this client gets little more memory than it has filled
     * @param keepsFrames whether complete frames wait for something
     */
    FrameAccount(
            TransferMemory.Holder holder,
            Supplier<TransferMemory> memory,
            BooleanSupplier careful,
            BooleanSupplier keepsFrames) {
        this.holder = holder;
        this.memory = memory;
        this.careful = careful;
        this.keepsFrames = keepsFrames;
    }

    int firstStepBytes() {
        return careful.getAsBoolean() || memory.get().isScarce() ? SMALL_STEP_BYTES : FIRST_STEP_BYTES;
    }

    /** A buffer of so many bytes is about to be allocated for a frame, in place of the smaller one it had. */
    void grow(long bytes) {
        Hold held = hold;
        if (held == null) {
            hold = memory.get().hold(holder, bytes);
        } else {
            held.grow(bytes - unfinishedBytes);
        }
        unfinishedBytes = bytes;
        unfinished = true;
    }

    /** The frame is complete: it is kept until {@link #settled()}. */
    void complete() {
        unfinished = false;
        keptBytes += unfinishedBytes;
        unfinishedBytes = 0;
    }

    /** The frame was passed on, and either waits or is dealt with. */
    void settleUnlessKept() {
        if (!keepsFrames.getAsBoolean()) {
            settled();
        }
    }

    /** The frame is given up. */
    void drop() {
        unfinished = false;
        long bytes = unfinishedBytes;
        unfinishedBytes = 0;
        shrink(bytes);
    }

    /** No frame is kept any more. */
    void settled() {
        long bytes = keptBytes;
        if (bytes > 0) {
            keptBytes = 0;
            shrink(bytes);
        }
    }

    /** Whether a frame has begun and is not complete; any thread. */
    boolean isUnfinished() {
        return unfinished;
    }

    private void shrink(long bytes) {
        Hold held = hold;
        if (held == null) {
            return;
        }
        if (unfinishedBytes + keptBytes > 0) {
            held.grow(-bytes);
        } else {
            held.release();
            hold = null;
        }
    }
}
