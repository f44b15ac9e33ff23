package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Kafka's {@code .index}: 4 bytes offset relative to the segment's base, 4 bytes position of the batch that ends with it. */
final class OffsetIndex extends IndexFile {
    static final int ENTRY_SIZE = 8;
    private static final long[] NONE = {};
    private final long baseOffset;
    /** Relative offset in the upper, position in the lower half. */
    private volatile long[] packed = NONE;

    OffsetIndex(SegmentNames names, long baseOffset, boolean fresh) {
        super(names, LogNames.INDEX, ENTRY_SIZE, fresh);
        this.baseOffset = baseOffset;
    }

    void append(long offset, int position) throws IOException {
        int n = entries();
        long[] entries = packed;
        if (n == entries.length) {
            entries = Arrays.copyOf(entries, Math.max(16, n * 2));
            packed = entries;
        }
        entries[n] = ((offset - baseOffset) << 32) | position;
        count = n + 1;
    }

    /** Position of the entry with the largest offset not above {@code offset}; 0 if there is none. */
    int floorPosition(long offset) throws IOException {
        int n = entries();
        long[] entries = packed;
        int entry = floorEntry(entries, n, offset);
        return entry < 0 ? 0 : (int) entries[entry];
    }

    /** Position of the last entry; 0 if there is none. */
    int lastPosition() throws IOException {
        int n = entries();
        long[] entries = packed;
        int last = Math.min(n, entries.length) - 1;
        return last < 0 ? 0 : (int) entries[last];
    }

    /** A sweep may have dropped the entries meanwhile: then there is none, and the caller walks from the start. */
    private int floorEntry(long[] entries, int n, long offset) {
        long relative = offset - baseOffset;
        int low = 0;
        int high = Math.min(n, entries.length) - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if ((entries[middle] >>> 32) <= relative) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /** Drops entries at or above {@code offset}. */
    void truncateTo(long offset) throws IOException {
        int n = entries();
        truncateToEntries(floorEntry(packed, n, offset - 1) + 1);
    }

    /** Whether the entries could be those of a log file of {@code logSize} bytes. */
    boolean isPlausible(int logSize) throws IOException {
        int n = entries();
        long last = -1;
        for (int i = 0; i < n; i++) {
            if (packed[i] <= last || (int) packed[i] >= logSize) {
                return false;
            }
            last = packed[i];
        }
        return true;
    }

    @Override
    void allocate(int entries) {
        packed = entries == 0 ? NONE : new long[entries];
    }

    @Override
    void decode(ByteBuffer from, int entry) {
        packed[entry] = from.getLong();
    }

    @Override
    void encode(ByteBuffer to, int entry) {
        to.putLong(packed[entry]);
    }

    @Override
    void drop() {
        packed = NONE;
    }
}
