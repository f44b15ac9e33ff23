package io.milena.log;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to all logs from time to time: retention, flushes, checkpoint files, directories of new logs. The owner's
 * scheduler calls, one at a time. A log or directory that fails does not keep the others from their turn.
 */
public final class LogUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(LogUpkeep.class);

    private final List<HostedDirectory> directories;
    private final HostedLogs logs;
    private final StorageFailureListener failures;

    LogUpkeep(List<HostedDirectory> directories, HostedLogs logs, StorageFailureListener failures) {
        this.directories = directories;
        this.logs = logs;
        this.failures = failures;
    }

    /**
     * Makes directories of new logs that have no record yet, so that an operator sees them; logs make them by themselves
     * with their first record. Creating directories is slow on some file systems, hence in portions, off the hot paths.
     *
     * @return directories made, less than {@code atMost} if none is missing any more
     */
    public int createMissingDirectories(int atMost) {
        int made = 0;
        while (made < atMost) {
            PartitionLog log = logs.pollWithoutDirectory();
            if (log == null) {
                break;
            }
            try {
                if (log.slot().makeDirectory()) {
                    made++;
                }
            } catch (KafkaStorageException e) {
                LOG.debug("No directory for {}: {}", log.partition(), e.getMessage());
            }
        }
        return made;
    }

    /** Deletes by retention, expires producers, closes idle files (log.retention.check.interval.ms). */
    public void applyRetention(long nowMs) {
        for (HostedLog hosted : logs.all()) {
            PartitionLog log = hosted.log();
            try {
                if (isRetentionDue(log)) {
                    log.deleteOldSegments(nowMs);
                    log.expireProducers(nowMs);
                    sweep(log);
                }
            } catch (KafkaStorageException e) {
                LOG.debug("No retention for {}: {}", log.partition(), e.getMessage());
            }
        }
    }

    /** An untouched log whose settings delete nothing need not be looked at. */
    private static boolean isRetentionDue(PartitionLog log) {
        if (log.slot().state() instanceof LogState.Found) {
            LogConfig settings = log.config();
            return settings.retention().enabled()
                    && (settings.retention().ms() >= 0 || settings.retention().bytes() >= 0);
        }
        return log.slot().logIfLoaded() != null;
    }

    private static void sweep(PartitionLog log) {
        LoadedLog loaded = log.slot().logIfLoaded();
        if (loaded != null) {
            loaded.sweep();
        }
    }

    /** Flushes logs whose flush.ms is over (log.flush.scheduler.interval.ms). */
    public void flushDue(long nowMs) {
        for (HostedLog hosted : logs.all()) {
            try {
                hosted.log().flushIfDue(nowMs);
            } catch (KafkaStorageException e) {
                LOG.debug("No flush for {}: {}", hosted.log().partition(), e.getMessage());
            }
        }
    }

    /** Writes recovery-point-offset-checkpoint and log-start-offset-checkpoint (log.flush.offset.checkpoint.interval.ms). */
    public void checkpointLogOffsets() {
        checkpoint("log offsets", HostedDirectory::checkpointLogOffsets);
    }

    /** Writes replication-offset-checkpoint (replica.high.watermark.checkpoint.interval.ms). */
    public void checkpointHighWatermarks() {
        checkpoint("high watermarks", HostedDirectory::checkpointHighWatermarks);
    }

    private interface Checkpoint {
        void write(HostedDirectory directory, Map<TopicPartition, LogStart> logs) throws IOException;
    }

    private synchronized void checkpoint(String what, Checkpoint checkpoint) {
        // First the directories: one that comes online meanwhile may have logs that the offsets lack.
        List<HostedDirectory> online =
                directories.stream().filter(HostedDirectory::isOnline).toList();
        Map<HostedDirectory, Map<TopicPartition, LogStart>> offsets = logs.checkpoints();
        for (HostedDirectory directory : online) {
            try {
                checkpoint.write(directory, offsets.getOrDefault(directory, Map.of()));
            } catch (IOException e) {
                failures.onStorageFailure(directory.path(), "Cannot checkpoint " + what, e);
            }
        }
    }

    /** Bytes of all logs. */
    public long sizeInBytes() {
        long total = 0;
        for (HostedLog hosted : logs.all()) {
            try {
                total += hosted.log().isOffline() ? 0 : hosted.log().sizeInBytes();
            } catch (KafkaStorageException e) {
                LOG.debug("No size of {}: {}", hosted.log().partition(), e.getMessage());
            }
        }
        return total;
    }
}
