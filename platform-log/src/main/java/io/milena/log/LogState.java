package io.milena.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A loaded log: its segments, epochs, producers and offsets. Written under the partition's lock; the volatile fields are
 * read by anyone. The order of writes to the log end is the contract with readers: bytes, segment list, then {@link #end}.
 */
final class LogState {
    final TopicPartition partition;
    final LogSegments segments;
    final LeaderEpochs epochs;
    final ProducerStates producers;
    final boolean tracksProducers;
    volatile Path directory;
    volatile LogOffsetMetadata end;
    volatile long logStartOffset;
    volatile long highWatermark;
    volatile long recoveryPoint;
    volatile long lastFlushMs;
    /** Counts truncations: a flush that one overtook must not move the recovery point over bytes written since. */
    volatile int truncations;
    /** A segment was ended and is to be synced, off the append path, so that a crash has only the newest to recover. */
    volatile boolean rolled;
    /** The partition's directory exists. */
    volatile boolean onDisk;

    private final @Nullable Uuid topicId;
    /** Files appeared or went since the directory was last synced. */
    volatile boolean directoryBehind;

    LogState(
            TopicPartition partition,
            Path directory,
            LogLoader.Loaded loaded,
            long highWatermark,
            boolean tracksProducers,
            long nowMs,
            @Nullable Uuid topicId,
            boolean onDisk) {
        this.partition = partition;
        this.directory = directory;
        this.segments = loaded.segments();
        this.epochs = loaded.epochs();
        this.producers = loaded.producers();
        this.tracksProducers = tracksProducers;
        this.logStartOffset = loaded.logStartOffset();
        this.recoveryPoint = loaded.recoveryPoint();
        this.end = endAt(loaded.logEndOffset());
        this.lastFlushMs = nowMs;
        this.directoryBehind = true;
        this.topicId = topicId;
        this.onDisk = onDisk;
        setHighWatermark(highWatermark);
    }

    /** Before the first file is written: the directory of a new log is made now, and not before. */
    void materialize() throws IOException {
        if (!onDisk) {
            Files.createDirectories(directory);
            Uuid id = topicId;
            if (id != null) {
                PartitionMetadataFile.write(directory, id);
            }
            onDisk = true;
        }
    }

    /** The log end at {@code offset}, behind the last byte of the active segment. */
    LogOffsetMetadata endAt(long offset) {
        Segment active = segments.active();
        return new LogOffsetMetadata(offset, active.baseOffset(), active.size());
    }

    long setHighWatermark(long offset) {
        long bounded = Math.max(logStartOffset, Math.min(offset, end.offset()));
        highWatermark = bounded;
        if (producers.awaitsHighWatermark()) {
            producers.onHighWatermark(bounded);
        }
        return bounded;
    }

    long lastStableOffset() {
        long unstable = producers.firstUnstableOffset();
        long watermark = highWatermark;
        return unstable >= 0 && unstable < watermark ? Math.max(unstable, logStartOffset) : watermark;
    }
}
