package io.milena.wire;

import io.netty.util.internal.PlatformDependent;

/**
 * What the clients of a process may occupy together, on whichever of its listeners.
 *
 * @param requests heap of decoded requests
 * @param transfers direct memory of clients that may make requests
 * @param strangers direct memory of clients that have not authenticated themselves where they must
 */
record WireMemory(RequestMemory requests, TransferMemory transfers, TransferMemory strangers) {

    private static final int STRANGERS_PART = 16;

    /** @param transferBytes {@code queued.max.request.bytes}; not positive for half of the direct memory */
    static WireMemory ofThisProcess(long transferBytes) {
        long transfers = transferBytes > 0 ? transferBytes : PlatformDependent.maxDirectMemory() / 2;
        return of(RequestMemory.ofThisProcess(), transfers);
    }

    static WireMemory of(RequestMemory requests, long transferBytes) {
        return new WireMemory(
                requests, new TransferMemory(transferBytes), new TransferMemory(transferBytes / STRANGERS_PART));
    }
}
