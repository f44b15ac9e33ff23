package io.milena.log;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps logs with {@code cleanup.policy=compact} small: of each key the newest record stays. Chooses the log with the largest
 * dirty part and has it cleaned ({@link CleaningRound}); notes in {@code cleaner-offset-checkpoint} up to where. A log that
 * nobody has used since the start is left alone, and so are the active segment, records above the last stable offset and
 * those younger than min.compaction.lag.ms. One thread calls.
 */
public final class LogCleaner {
    private static final Logger LOG = LoggerFactory.getLogger(LogCleaner.class);

    private final HostedLogs logs;
    private final StorageFailureListener failures;
    private final Map<TopicPartition, Progress> progress = new HashMap<>();
    private final Map<HostedDirectory, Map<TopicPartition, Long>> checkpoints = new HashMap<>();
    /** Logs that are to be cleaned, the dirtiest first. */
    private final Deque<Candidate> due = new ArrayDeque<>();
    /** Logs with records that cannot be read: looked at again after a restart. */
    private final Set<Progress> uncleanable = new HashSet<>();

    /**
     * How far a log has been cleaned.
     *
     * @param truncations of the log then: one that was truncated since is dirty from its start on
     */
    private record Progress(@Nullable Uuid topicId, PartitionLog log, long firstDirty, int truncations) {}

    private record Candidate(HostedLog hosted, long firstDirty, long upTo, double dirtyRatio) {}

    LogCleaner(HostedLogs logs, StorageFailureListener failures) {
        this.logs = logs;
        this.failures = failures;
    }

    /**
     * Cleans the log that needs it most. All logs are looked at only when those found the last time have been cleaned.
     *
     * @param memoryBytes for the keys: log.cleaner.dedupe.buffer.size
     * @return false if none needs it; true also if one was found that cannot be cleaned, so that the others get their turn
     */
    public boolean cleanNext(long nowMs, long memoryBytes) {
        if (due.isEmpty()) {
            List<Candidate> found = new ArrayList<>();
            for (HostedLog hosted : logs.all()) {
                Candidate each = candidate(hosted, nowMs);
                if (each != null) {
                    found.add(each);
                }
            }
            found.sort(Comparator.comparingDouble(Candidate::dirtyRatio).reversed());
            due.addAll(found);
        }
        boolean cleaned = false;
        while (!cleaned && !due.isEmpty()) {
            HostedLog hosted = due.remove().hosted;
            // It may have been truncated, moved or deleted since it was found.
            Candidate now = hosted.equals(logs.get(hosted.log().partition())) ? candidate(hosted, nowMs) : null;
            cleaned = now != null && clean(now, nowMs, memoryBytes);
        }
        return cleaned;
    }

    private boolean clean(Candidate candidate, long nowMs, long memoryBytes) {
        PartitionLog log = candidate.hosted.log();
        Progress before = Objects.requireNonNull(progress.get(log.partition()), "looked up by candidate()");
        try {
            int truncations = log.truncations();
            long firstDirty = log.clean(candidate.firstDirty, candidate.upTo, memoryBytes, nowMs);
            if (firstDirty == candidate.firstDirty) {
                return false;
            }
            progress.put(log.partition(), new Progress(before.topicId, log, firstDirty, truncations));
            checkpoint(candidate.hosted.directory());
            return true;
        } catch (KafkaStorageException e) {
            LOG.debug("{} is not cleaned: {}", log.partition(), e.getMessage());
        } catch (RuntimeException e) {
            uncleanable.add(before);
            LOG.error("{} cannot be cleaned before the next start; it keeps growing", log.directory(), e);
            return true;
        }
        return false;
    }

    private void checkpoint(HostedDirectory directory) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (HostedLog hosted : logs.all()) {
            TopicPartition partition = hosted.log().partition();
            Progress known = progress.get(partition);
            Long before = checkpoints.getOrDefault(directory, Map.of()).get(partition);
            if (hosted.directory() == directory && known != null) {
                offsets.put(partition, known.firstDirty);
            } else if (hosted.directory() == directory && before != null) {
                offsets.put(partition, before);
            }
        }
        try {
            if (directory.isOnline()) {
                directory.checkpointCleaned(offsets);
            }
        } catch (IOException e) {
            failures.onStorageFailure(directory.path(), "Cannot checkpoint what was cleaned", e);
        }
    }

    private @Nullable Candidate candidate(HostedLog hosted, long nowMs) {
        PartitionLog log = hosted.log();
        LoadedLog loaded = log.slot().logIfLoaded();
        if (loaded == null || !log.config().compaction().enabled()) {
            return null;
        }
        try {
            Progress known = progress(hosted, loaded);
            return uncleanable.contains(known) ? null : candidate(hosted, loaded.snapshot(), known.firstDirty, nowMs);
        } catch (ClosedChannelException deletedMeanwhile) {
            return null;
        } catch (IOException e) {
            failures.onStorageFailure(
                    hosted.directory().path(), "Cannot look for what to clean in " + log.directory(), e);
            return null;
        }
    }

    private Progress progress(HostedLog hosted, LoadedLog loaded) throws IOException {
        PartitionLog log = hosted.log();
        Progress known = progress.get(log.partition());
        int truncations = loaded.truncations();
        boolean same = known != null && Objects.equals(known.topicId, log.topicId());
        long first;
        if (known == null || !same) {
            first = log.slot().wasFound() && known == null ? checkpointed(hosted) : 0;
        } else {
            first = known.log == log && known.truncations != truncations ? 0 : known.firstDirty;
        }
        LogSnapshot state = loaded.snapshot();
        if (first < state.logStartOffset() || first > state.endOffset()) {
            first = state.logStartOffset();
        }
        Progress now = new Progress(log.topicId(), log, first, truncations);
        progress.put(log.partition(), now);
        return now;
    }

    private long checkpointed(HostedLog hosted) throws IOException {
        HostedDirectory directory = hosted.directory();
        Map<TopicPartition, Long> known = checkpoints.get(directory);
        if (known == null) {
            known = directory.readCleaned();
            checkpoints.put(directory, known);
        }
        return known.getOrDefault(hosted.log().partition(), 0L);
    }

    private static @Nullable Candidate candidate(HostedLog hosted, LogSnapshot state, long firstDirty, long nowMs)
            throws IOException {
        LogConfig config = hosted.log().config();
        long limit = Math.min(state.lastStableOffset(), state.highWatermark());
        Segment[] segments = state.segments();
        long upTo = firstDirty;
        long cleanBytes = 0;
        long dirtyBytes = 0;
        long oldestMs = Long.MAX_VALUE;
        for (int i = 0; i + 1 < segments.length && segments[i + 1].baseOffset() <= limit; i++) {
            Segment segment = segments[i];
            if (segments[i + 1].baseOffset() <= firstDirty) {
                cleanBytes += segment.size();
                continue;
            }
            segment.file().acquire();
            try {
                if (config.compaction().minLagMs() > 0
                        && segment.maxTimestampMs()
                                > nowMs - config.compaction().minLagMs()) {
                    break;
                }
                oldestMs = Math.min(oldestMs, segment.firstTimestampMs());
            } finally {
                segment.file().release();
            }
            dirtyBytes += segment.size();
            upTo = segments[i + 1].baseOffset();
        }
        double ratio = dirtyBytes == 0 ? 0 : (double) dirtyBytes / (cleanBytes + dirtyBytes);
        boolean overdue =
                oldestMs >= 0 && oldestMs < nowMs - config.compaction().maxLagMs();
        return dirtyBytes > 0 && (ratio > config.compaction().minCleanableRatio() || overdue)
                ? new Candidate(hosted, firstDirty, upTo, ratio)
                : null;
    }
}
