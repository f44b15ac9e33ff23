package io.milena.log;

import java.lang.invoke.VarHandle;

/**
 * Where the last {@value #CAPACITY} appended batches of the active segment lie, so that readers at the tail need not look
 * into the file. One writer under the partition's lock; readers check after reading that the writer has not lapped them.
 */
final class RecentBatches {
    static final int CAPACITY = 64;
    static final long MISS = -1;

    private final long[] lastOffsets = new long[CAPACITY];
    private final int[] positions = new int[CAPACITY];
    private volatile long head;

    void add(long lastOffset, int position) {
        long next = head;
        int slot = (int) (next & (CAPACITY - 1));
        VarHandle.storeStoreFence();
        lastOffsets[slot] = lastOffset;
        positions[slot] = position;
        head = next + 1;
    }

    /**
     * The first batch whose last offset is at least {@code offset}.
     *
     * @param end position where the newest batch ends; batches at or behind it are not known to the caller yet
     * @return position in the upper, size in the lower 32 bits; {@link #MISS} if it is not among the remembered ones
     */
    long find(long offset, int end) {
        long newest = head;
        long low = Math.max(0, newest - CAPACITY + 1);
        long first = low;
        long high = newest;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (lastOffsets[slot(middle)] < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        // The oldest one remembered could have a predecessor that holds the offset as well, unless it starts the file.
        if (low >= newest) {
            return MISS;
        }
        int position = positions[slot(low)];
        int next = low + 1 < newest ? positions[slot(low + 1)] : end;
        VarHandle.loadLoadFence();
        if (head - CAPACITY >= first || (low == first && position != 0) || position >= end || next > end) {
            return MISS;
        }
        return ((long) position << 32) | (next - position);
    }

    private static int slot(long index) {
        return (int) (index & (CAPACITY - 1));
    }
}
