package io.milena.log;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Segments of a log in an array that is never changed, sorted by base offset: what is found in it, and what another one is made of. */
final class LogSegments {
    private static final Logger LOG = LoggerFactory.getLogger(LogSegments.class);

    private LogSegments() {}

    /** Index of the segment that {@code offset} falls in; -1 if it is before all. */
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

    static boolean hasBase(Segment[] segments, long offset) {
        int at = floor(segments, offset);
        return at >= 0 && segments[at].baseOffset() == offset;
    }

    /** Bytes of the segments whose base is below {@code offset}. */
    static long sizeBelow(Segment[] segments, long offset) {
        long total = 0;
        for (Segment segment : segments) {
            total += segment.baseOffset() < offset ? segment.size() : 0;
        }
        return total;
    }

    static Segment[] with(Segment[] segments, Segment added) {
        Segment[] next = Arrays.copyOf(segments, segments.length + 1);
        next[segments.length] = added;
        return next;
    }

    static Segment[] withLastReplaced(Segment[] segments, Segment by) {
        Segment[] next = segments.clone();
        next[next.length - 1] = by;
        return next;
    }

    /** Whether these are neighbours in {@code segments}, in this order. */
    static boolean contains(Segment[] segments, List<Segment> group) {
        int first = Math.max(0, floor(segments, group.get(0).baseOffset()));
        if (segments.length - first < group.size()) {
            return false;
        }
        for (int i = 0; i < group.size(); i++) {
            if (!segments[first + i].equals(group.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** With {@code by} in the place of {@code group}, which is {@link #contains contained}. */
    static Segment[] withReplaced(Segment[] segments, List<Segment> group, Segment by) {
        int first = floor(segments, group.get(0).baseOffset());
        Segment[] next = new Segment[segments.length - group.size() + 1];
        System.arraycopy(segments, 0, next, 0, first);
        next[first] = by;
        System.arraycopy(segments, first + group.size(), next, first + 1, segments.length - first - group.size());
        return next;
    }

    /** Deletes the files of segments that are in no log any more. */
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
}
