package io.milena.coordinator.group.core;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Heap that members of classic groups hold with their protocols' metadata, over all shards of a node. What a member says stays until
 * it leaves, and nothing else bounds it: only the metadata of the selected protocol is ever written.
 *
 * <p>Metadata of some kilobytes, as consumers have, find room when those of large ones do not any more.
 */
public final class MemberMemory {

    private static final long LARGE = 64 * 1024;
    private static final int HEAD_OF_PROTOCOL = 64;

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /** @param limit bytes for members with large metadata; with the others it may be twice as much */
    public MemberMemory(long limit) {
        this.limit = limit;
    }

    /** An eighth of the heap for large metadata, a quarter for all. */
    public static MemberMemory ofHeap() {
        return new MemberMemory(Runtime.getRuntime().maxMemory() / 8);
    }

    static MemberMemory unlimited() {
        return new MemberMemory(Long.MAX_VALUE / 4);
    }

    static long bytesOf(List<Protocol> protocols) {
        long bytes = 0;
        for (Protocol protocol : protocols) {
            bytes += HEAD_OF_PROTOCOL + protocol.name().length() + protocol.metadata().length;
        }
        return bytes;
    }

    /** Whether a member may come with so much. */
    boolean hasRoomFor(List<Protocol> protocols) {
        long bytes = bytesOf(protocols);
        return used.get() + bytes <= (bytes > LARGE ? limit : 2 * limit);
    }

    void add(long bytes) {
        used.addAndGet(bytes);
    }

    long used() {
        return used.get();
    }
}
