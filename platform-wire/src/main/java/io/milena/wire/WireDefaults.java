package io.milena.wire;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

/** How this room uses Netty: few arenas of small chunks, and neither leak detection nor flight recorder events unless asked for. */
final class WireDefaults {

    private static final int PAGE_BYTES = 8192;
    /**
     * 4 MiB: a request of 1 MiB, the most that producers send by default, leaves its chunk in the pool. Untouched pages cost nothing
     * where Netty may allocate them by itself (bin/lib/node lets it); elsewhere the JDK writes zeros over all of them.
     */
    private static final int CHUNK_ORDER = 9;

    private static final int SMALL_CACHE = 64;
    private static final int NORMAL_CACHE = 32;

    private WireDefaults() {}

    /** Sets Netty's system properties that nobody has set; to be called before Netty's classes initialize. */
    static void apply() {
        setIfAbsent("io.netty.leakDetection.level", "disabled");
        // Its events bring the JDK's flight recorder along at the start: a hundred classes and its annotations, read by
        // reflection.
        setIfAbsent("io.netty.jfr.enabled", "false");
    }

    /** One direct arena for each loop, in chunks of 4 MiB; nothing here uses pooled heap buffers. */
    static ByteBufAllocator allocator(int threads) {
        return new PooledByteBufAllocator(true, 0, threads, PAGE_BYTES, CHUNK_ORDER, SMALL_CACHE, NORMAL_CACHE, false);
    }

    /** Loads and initializes what {@link #allocator} needs, with a chunk of one page. */
    static void preload() {
        new PooledByteBufAllocator(true, 0, 1, PAGE_BYTES, 0, 0, 0, false)
                .directBuffer(64)
                .release();
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
