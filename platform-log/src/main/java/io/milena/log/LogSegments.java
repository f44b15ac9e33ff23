package io.milena.log;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of a log, by base offset; never empty once loaded. Changed under the partition's lock by putting a new array
 * in place; readers take the array and may find segments in it that were deleted meanwhile.
 */
final class LogSegments {
    private static final Logger LOG = LoggerFactory.getLogger(LogSegments.class);

    private volatile Segment[] all;

    LogSegments(List<Segment> sorted) {
        all = sorted.toArray(new Segment[0]);
    }

    Segment[] all() {
        return all;
    }

    Segment active() {
        Segment[] now = all;
        return now[now.length - 1];
    }

    Segment first() {
        return all[0];
    }

    /** Index in {@code segments} of the one that {@code offset} falls in; -1 if it is before all. */
    static int floor(Segment[] segments, long offset) {
        int low = 0;
        int high = segments.length - 1;
        if (offset >= segments[high].baseOffset()) {
            return high;
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (segments[middle].baseOffset() <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /** Deletes the files of segments that were taken out before. */
    static void deleteFiles(Segment[] removed) {
        for (Segment segment : removed) {
            try {
                segment.deleteFiles();
            } catch (IOException e) {
                LOG.warn(
                        "Cannot delete {}; it goes when the log is opened next",
                        segment.file().path(),
                        e);
            }
        }
    }

    boolean hasBase(long offset) {
        Segment[] now = all;
        int at = floor(now, offset);
        return at >= 0 && now[at].baseOffset() == offset;
    }

    void add(Segment segment) {
        Segment[] now = all;
        Segment[] next = Arrays.copyOf(now, now.length + 1);
        next[now.length] = segment;
        all = next;
    }

    /** Takes the first {@code count} segments out and returns them. */
    Segment[] removeFirst(int count) {
        Segment[] now = all;
        all = Arrays.copyOfRange(now, count, now.length);
        return Arrays.copyOf(now, count);
    }

    /** Takes all segments from index {@code from} on out and returns them. */
    Segment[] removeFrom(int from) {
        Segment[] now = all;
        all = Arrays.copyOf(now, from);
        return Arrays.copyOfRange(now, from, now.length);
    }

    /** Puts {@code segment} in the place of the last one and returns that. */
    Segment replaceLast(Segment segment) {
        Segment[] next = all.clone();
        Segment old = next[next.length - 1];
        next[next.length - 1] = segment;
        all = next;
        return old;
    }

    /** Takes all segments out, puts one in, and returns the old ones. */
    Segment[] replaceAll(Segment only) {
        Segment[] now = all;
        all = new Segment[] {only};
        return now;
    }

    /** Whether these are segments of the log, one after the other. */
    boolean contains(List<Segment> group) {
        Segment[] now = all;
        int first = Math.max(0, floor(now, group.get(0).baseOffset()));
        if (now.length - first < group.size()) {
            return false;
        }
        for (int i = 0; i < group.size(); i++) {
            if (!now[first + i].equals(group.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Puts {@code by} in the place of {@code group}, which the log {@link #contains}; returns the old ones. */
    Segment[] replace(List<Segment> group, Segment by) {
        Segment[] now = all;
        int first = floor(now, group.get(0).baseOffset());
        Segment[] next = new Segment[now.length - group.size() + 1];
        System.arraycopy(now, 0, next, 0, first);
        next[first] = by;
        System.arraycopy(now, first + group.size(), next, first + 1, now.length - first - group.size());
        all = next;
        return group.toArray(new Segment[0]);
    }

    /** Bytes of the segments whose base is below {@code offset}. */
    long sizeBelow(long offset) {
        long total = 0;
        for (Segment segment : all) {
            total += segment.baseOffset() < offset ? segment.size() : 0;
        }
        return total;
    }

    long sizeInBytes() {
        long total = 0;
        for (Segment segment : all) {
            total += segment.size();
        }
        return total;
    }
}
