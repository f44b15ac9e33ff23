package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Kafka's {@code .timeindex}: 8 bytes timestamp, 4 bytes relative offset. An entry says: no record up to this offset has a
 * larger timestamp.
 */
final class TimeIndex extends IndexFile {
    static final int ENTRY_SIZE = 12;
    private static final Entries NONE = new Entries(new long[0], new int[0]);
    private final long baseOffset;
    private volatile Entries data = NONE;

    private record Entries(long[] timestamps, int[] offsets) {}

    TimeIndex(SegmentNames names, long baseOffset, boolean fresh) {
        super(names, LogNames.TIME_INDEX, ENTRY_SIZE, fresh);
        this.baseOffset = baseOffset;
    }

    /** Adds an entry unless its timestamp or offset is not above the last one's. */
    void maybeAppend(long timestampMs, long offset) throws IOException {
        int n = entries();
        Entries entries = data;
        int relative = (int) (offset - baseOffset);
        if (n > 0 && (timestampMs <= entries.timestamps[n - 1] || relative <= entries.offsets[n - 1])) {
            return;
        }
        if (n == entries.timestamps.length) {
            int room = Math.max(8, n * 2);
            entries = new Entries(Arrays.copyOf(entries.timestamps, room), Arrays.copyOf(entries.offsets, room));
            data = entries;
        }
        entries.timestamps[n] = timestampMs;
        entries.offsets[n] = relative;
        count = n + 1;
    }

    /** Timestamp of the last entry, -1 if there is none. */
    long lastTimestamp() throws IOException {
        int n = entries();
        Entries entries = data;
        int last = Math.min(n, entries.timestamps.length) - 1;
        return last < 0 ? -1 : entries.timestamps[last];
    }

    /** Offset of the last entry, the base offset if there is none. */
    long lastOffset() throws IOException {
        int n = entries();
        Entries entries = data;
        int last = Math.min(n, entries.offsets.length) - 1;
        return last < 0 ? baseOffset : baseOffset + entries.offsets[last];
    }

    /** Offset of the entry with the largest timestamp not above {@code timestampMs}; the base offset if there is none. */
    long floorOffset(long timestampMs) throws IOException {
        int n = entries();
        Entries entries = data;
        int low = 0;
        int high = Math.min(n, entries.timestamps.length) - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (entries.timestamps[middle] <= timestampMs) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < 0 ? baseOffset : baseOffset + entries.offsets[high];
    }

    /** Drops entries at or above {@code offset}. */
    void truncateTo(long offset) throws IOException {
        int n = entries();
        while (n > 0 && baseOffset + data.offsets[n - 1] >= offset) {
            n--;
        }
        truncateToEntries(n);
    }

    /** Entries up to the first that does not rise: zeroes of a preallocated file end the index. */
    @Override
    int usable(int entries) {
        Entries all = data;
        for (int i = 1; i < entries; i++) {
            if (all.timestamps[i] <= all.timestamps[i - 1] || all.offsets[i] <= all.offsets[i - 1]) {
                return i;
            }
        }
        return entries;
    }

    @Override
    void allocate(int entries) {
        data = entries == 0 ? NONE : new Entries(new long[entries], new int[entries]);
    }

    @Override
    void decode(ByteBuffer from, int entry) {
        data.timestamps[entry] = from.getLong();
        data.offsets[entry] = from.getInt();
    }

    @Override
    void encode(ByteBuffer to, int entry) {
        to.putLong(data.timestamps[entry]);
        to.putInt(data.offsets[entry]);
    }

    @Override
    void drop() {
        data = NONE;
    }
}
