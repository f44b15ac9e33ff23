package io.milena.log;

import java.io.IOException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;

/**
 * Reads and lookups of one log, lock-free beside appends, retention and cleaning: segments that went between two looks are
 * looked for again, other errors take the log offline.
 */
final class LogLookups {
    private final LogHome home;

    LogLookups(LogHome home) {
        this.home = home;
    }

    /**
     * As {@link PartitionLog#read}.
     *
     * @throws OffsetOutOfRangeException below the log start offset or above the log end offset
     * @throws KafkaStorageException I/O error
     */
    LogRead read(long startOffset, int maxBytes, long maxOffsetExclusive, boolean minOneBatch) {
        LogState log = home.state();
        while (true) {
            LogOffsetMetadata end = log.end;
            long logStart = log.logStartOffset;
            if (startOffset < logStart || startOffset > end.offset()) {
                throw new OffsetOutOfRangeException("Offset " + startOffset + " of " + home.partition()
                        + " is out of range: the log holds " + logStart + " to " + end.offset());
            }
            if (startOffset >= maxOffsetExclusive || startOffset == end.offset()) {
                return LogReader.nothing(startOffset, logStart, end);
            }
            Segment[] segments = log.segments.all();
            if (startOffset < segments[0].baseOffset() && logStart != log.logStartOffset) {
                continue; // old segments went between the two looks: the offset is out of range by now
            }
            try {
                return LogReader.read(segments, end, logStart, startOffset, maxBytes, maxOffsetExclusive, minOneBatch);
            } catch (IOException e) {
                if (!LogReader.lostRace(e) || segments == log.segments.all() || home.isOffline()) {
                    throw home.failed(
                            "read " + home.partition() + " from offset " + startOffset + " in " + home.directory(), e);
                }
            }
        }
    }

    interface Lookup<T> {
        T in(Segment[] segments) throws IOException;
    }

    /** Looks again if segments were deleted or exchanged under the lookup. */
    <T> T retried(String what, Lookup<T> lookup) {
        LogState log = home.state();
        while (true) {
            Segment[] segments = log.segments.all();
            try {
                return lookup.in(segments);
            } catch (IOException e) {
                if (!LogReader.lostRace(e) || segments == log.segments.all() || home.isOffline()) {
                    throw home.failed(what + " of " + home.partition() + " in " + home.directory(), e);
                }
            }
        }
    }
}
