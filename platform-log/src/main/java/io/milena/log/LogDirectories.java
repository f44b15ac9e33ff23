package io.milena.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All partition logs of one node, over one or several log.dirs. It takes the directory locks, knows whether the last
 * shutdown was clean, finds the partition directories, creates and deletes logs, and writes the checkpoint files. No
 * threads of its own but for recovery at start; the periodic methods are called by the owner's scheduler, one at a time.
 * Everything else may be called from any thread.
 */
public final class LogDirectories implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);

    private static final int CLOSING_THREADS = 16;

    private final List<HostedDirectory> directories = new ArrayList<>();
    private final Map<TopicPartition, Hosted> logs = new ConcurrentHashMap<>();
    private final Function<String, Supplier<LogConfig>> configOf;
    private final LogEnvironment environment;
    private final StorageFailureListener owner;
    private final int recoveryThreads;
    private final Object changes = new Object();
    private boolean closed;

    private record Hosted(PartitionLog log, HostedDirectory directory) {}

    private LogDirectories(
            List<LogDirectory> configured,
            Function<String, Supplier<LogConfig>> configOf,
            LogEnvironment environment,
            int recoveryThreads) {
        configured.forEach(directory -> directories.add(new HostedDirectory(directory)));
        this.configOf = configOf;
        this.owner = environment.failures();
        this.environment = new LogEnvironment(environment.clock(), this::onFailure, environment.delayedTasks());
        this.recoveryThreads = recoveryThreads;
    }

    /**
     * Locks the directories, reads the checkpoints, lists the partitions (all but {@code __cluster_metadata-0}), and after an
     * unclean shutdown recovers them. The clean-shutdown files are read and removed. A directory that cannot be used is
     * offline, and its failure told, as long as another one can.
     *
     * @param directories log.dirs
     * @param configOf the current settings of a topic's logs; called once per log, its supplier often
     * @param recoveryThreads num.recovery.threads.per.data.dir
     * @throws KafkaException if a directory is locked by another process, a partition lies in two directories, or no
     *     directory is usable
     */
    public static LogDirectories open(
            List<LogDirectory> directories,
            Function<String, Supplier<LogConfig>> configOf,
            LogEnvironment environment,
            int recoveryThreads) {
        LogDirectories opened = new LogDirectories(directories, configOf, environment, recoveryThreads);
        try {
            opened.enterAll();
            opened.recoverUnclean();
            return opened;
        } catch (RuntimeException e) {
            opened.unlock();
            throw e;
        }
    }

    private void enterAll() {
        for (HostedDirectory directory : directories) {
            try {
                directory.enter();
                directory.partitions(environment).forEach((partition, start) -> found(directory, partition, start));
            } catch (IOException e) {
                onFailure(directory.path(), "Cannot open log directory " + directory.path(), e);
            }
        }
        if (online().isEmpty()) {
            throw new KafkaException("None of the log directories can be used: " + all());
        }
    }

    private void found(HostedDirectory directory, TopicPartition partition, LogStart start) {
        Path path = directory.pathOf(partition);
        PartitionLog log = PartitionLog.found(path, partition, configOf.apply(partition.topic()), environment, start);
        Hosted other = logs.put(partition, new Hosted(log, directory));
        if (other != null) {
            throw new KafkaException("Partition " + partition + " lies in two directories, " + other.directory.path()
                    + " and " + directory.path() + ": remove one of them");
        }
    }

    private void recoverUnclean() {
        for (HostedDirectory directory : directories) {
            if (directory.isOnline() && !directory.wasCleanShutdown()) {
                List<PartitionLog> unclean = logsOf(directory);
                if (!unclean.isEmpty()) {
                    LOG.info("Recovering {} logs in {} after an unclean shutdown", unclean.size(), directory.path());
                }
                ParallelLoad.run(unclean, recoveryThreads, LogDirectories::recover);
            }
        }
    }

    private static void recover(PartitionLog log) {
        try {
            log.home().state();
        } catch (KafkaStorageException e) {
            // The directory was taken offline and its owner told; other directories go on.
            LOG.error("Cannot recover {}", log.partition(), e);
        }
    }

    private void onFailure(Path path, String what, IOException cause) {
        for (HostedDirectory directory : directories) {
            if (directory.path().toAbsolutePath().equals(path.toAbsolutePath()) && directory.takeOffline()) {
                LOG.error("Log directory {} is offline: {}", path, what, cause);
                logsOf(directory).forEach(log -> log.home().markOffline());
                owner.onStorageFailure(directory.path(), what, cause);
            }
        }
    }

    /** Broker epoch of the last clean shutdown, -1 if the shutdown was not clean (previousBrokerEpoch of the registration). */
    public long previousBrokerEpoch() {
        long epoch = directories.get(0).brokerEpoch();
        for (HostedDirectory directory : directories) {
            if (!directory.isOnline() || !directory.wasCleanShutdown() || directory.brokerEpoch() != epoch) {
                return CleanShutdownFile.UNKNOWN_EPOCH;
            }
        }
        return epoch;
    }

    /** All configured directories. */
    public List<LogDirectory> all() {
        return directories.stream().map(HostedDirectory::directory).toList();
    }

    /** Directories without a storage failure. */
    public List<LogDirectory> online() {
        return directories.stream()
                .filter(HostedDirectory::isOnline)
                .map(HostedDirectory::directory)
                .toList();
    }

    /** All logs, those found at start included; after start the owner compares them with the metadata ({@link #markStray}). */
    public Collection<PartitionLog> logs() {
        return logs.values().stream().map(Hosted::log).toList();
    }

    public Optional<PartitionLog> log(TopicPartition partition) {
        return Optional.ofNullable(logs.get(partition)).map(Hosted::log);
    }

    /** Directory that holds the partition's log. */
    public Optional<LogDirectory> directoryOf(TopicPartition partition) {
        return Optional.ofNullable(logs.get(partition)).map(hosted -> hosted.directory.directory());
    }

    /** Logs in one directory (DescribeLogDirs). */
    public List<PartitionLog> logsIn(LogDirectory directory) {
        List<PartitionLog> found = new ArrayList<>();
        for (Hosted hosted : logs.values()) {
            if (hosted.directory.directory().equals(directory)) {
                found.add(hosted.log);
            }
        }
        return found;
    }

    private List<PartitionLog> logsOf(HostedDirectory directory) {
        return logsIn(directory.directory());
    }

    /**
     * Makes directories of new logs that have no record yet, so that an operator sees them; logs make them by themselves
     * with their first record. Creating directories is slow on some file systems, hence in portions, off the hot paths.
     *
     * @return directories made, less than {@code atMost} if none is missing any more
     */
    public int createMissingDirectories(int atMost) {
        int made = 0;
        for (Hosted hosted : logs.values()) {
            if (made >= atMost) {
                break;
            }
            try {
                if (hosted.log.home().materialize()) {
                    made++;
                }
            } catch (KafkaStorageException e) {
                LOG.debug("No directory for {}: {}", hosted.log.partition(), e.getMessage());
            }
        }
        return made;
    }

    /**
     * The partition's log; a new one, whose files appear with its first record, is placed in {@code directoryId}, or if that is null or not one of ours in the online directory with
     * the fewest logs. A directory left behind by an older topic of that name is marked stray.
     *
     * @throws KafkaStorageException no directory is online, or the one that holds the log is not
     */
    public PartitionLog getOrCreate(TopicPartition partition, Uuid topicId, @Nullable Uuid directoryId) {
        Hosted hosted = logs.get(partition);
        if (hosted != null && hosted.log.home().belongsTo(topicId)) {
            return hosted.log;
        }
        synchronized (changes) {
            hosted = logs.get(partition);
            if (hosted != null && hosted.log.home().belongsTo(topicId)) {
                return hosted.log;
            }
            if (hosted != null) {
                LOG.warn(
                        "{} belongs to topic id {}, but {} has topic id {} now: it is marked stray",
                        hosted.log.directory(),
                        hosted.log.topicId(),
                        partition,
                        topicId);
                markStray(partition);
            }
            HostedDirectory directory = placeFor(directoryId);
            PartitionLog log = PartitionLog.deferred(
                    directory.pathOf(partition), partition, topicId, configOf.apply(partition.topic()), environment);
            logs.put(partition, new Hosted(log, directory));
            return log;
        }
    }

    private HostedDirectory placeFor(@Nullable Uuid directoryId) {
        Map<HostedDirectory, Integer> counts = new HashMap<>();
        for (HostedDirectory directory : directories) {
            if (directory.isOnline()) {
                if (directory.directory().id().equals(directoryId)) {
                    return directory;
                }
                counts.put(directory, 0);
            }
        }
        if (counts.size() > 1) {
            logs.values().forEach(hosted -> counts.computeIfPresent(hosted.directory, (d, n) -> n + 1));
        }
        return counts.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElseThrow(() -> new KafkaStorageException("No log directory is online: " + all()));
    }

    /** Renames the partition's directory to {@code <topic>-<n>.<uuid>-delete}; its files go after file.delete.delay.ms. */
    public void delete(TopicPartition partition) {
        PartitionLog log = takeOut(partition, LogNames.DELETE_DIR);
        if (log != null) {
            Runnable removal = () -> {
                log.home().discard();
                HostedDirectory.deleteQuietly(log.directory());
            };
            environment.delayedTasks().schedule(removal, log.config().fileDeleteDelayMs());
        }
    }

    /** Renames the directory of a partition that the metadata does not place here to {@code <topic>-<n>.<uuid>-stray}. */
    public void markStray(TopicPartition partition) {
        PartitionLog log = takeOut(partition, LogNames.STRAY_DIR);
        if (log != null) {
            log.home().discard();
        }
    }

    private @Nullable PartitionLog takeOut(TopicPartition partition, String suffix) {
        synchronized (changes) {
            Hosted hosted = logs.remove(partition);
            if (hosted == null) {
                return null;
            }
            hosted.log.home().renameDirectory(LogNames.markedName(partition, suffix));
            return hosted.log;
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
        Map<HostedDirectory, Map<TopicPartition, LogStart>> offsets = new HashMap<>();
        logs.forEach((partition, hosted) -> offsets.computeIfAbsent(hosted.directory, d -> new HashMap<>())
                .put(partition, hosted.log.home().checkpoint()));
        for (HostedDirectory directory : directories) {
            if (directory.isOnline()) {
                try {
                    checkpoint.write(directory, offsets.getOrDefault(directory, Map.of()));
                } catch (IOException e) {
                    onFailure(directory.path(), "Cannot checkpoint " + what + " in " + directory.path(), e);
                }
            }
        }
    }

    /** Deletes by retention, expires producers, closes idle files (log.retention.check.interval.ms). */
    public void applyRetention(long nowMs) {
        for (Hosted hosted : logs.values()) {
            try {
                if (hosted.log.home().isRetentionDue()) {
                    hosted.log.deleteOldSegments(nowMs);
                    hosted.log.expireProducers(nowMs);
                    hosted.log.home().sweep();
                }
            } catch (KafkaStorageException e) {
                LOG.debug("No retention for {}: {}", hosted.log.partition(), e.getMessage());
            }
        }
    }

    /** Flushes logs whose flush.ms is over (log.flush.scheduler.interval.ms). */
    public void flushDue(long nowMs) {
        for (Hosted hosted : logs.values()) {
            try {
                hosted.log.flushIfDue(nowMs);
            } catch (KafkaStorageException e) {
                LOG.debug("No flush for {}: {}", hosted.log.partition(), e.getMessage());
            }
        }
    }

    /** Bytes of all logs. */
    public long sizeInBytes() {
        long total = 0;
        for (Hosted hosted : logs.values()) {
            total += hosted.log.isOffline() ? 0 : hosted.log.sizeInBytes();
        }
        return total;
    }

    /** Clean shutdown: closes all logs, writes checkpoints and, with {@code brokerEpoch}, the clean-shutdown files, and unlocks. */
    public void close(long brokerEpoch) {
        synchronized (changes) {
            if (closed) {
                return;
            }
            closed = true;
        }
        // Many small syncs at once share the file system's commits.
        ParallelLoad.run(new ArrayList<>(logs()), CLOSING_THREADS, LogDirectories::closeQuietly);
        checkpointLogOffsets();
        checkpointHighWatermarks();
        for (HostedDirectory directory : directories) {
            try {
                directory.leave(true, brokerEpoch);
            } catch (IOException e) {
                LOG.error("Cannot write the clean-shutdown file in {}", directory.path(), e);
            }
        }
    }

    private static void closeQuietly(PartitionLog log) {
        try {
            log.close();
        } catch (KafkaStorageException e) {
            // The directory is offline now and gets no clean-shutdown file: the log is recovered at the next start.
            LOG.error("Cannot close {}", log.partition(), e);
        }
    }

    private void unlock() {
        for (HostedDirectory directory : directories) {
            try {
                directory.leave(false, CleanShutdownFile.UNKNOWN_EPOCH);
            } catch (IOException e) {
                LOG.warn("Cannot unlock {}", directory.path(), e);
            }
        }
    }

    /** Clean shutdown without a broker epoch (-1). */
    @Override
    public void close() {
        close(CleanShutdownFile.UNKNOWN_EPOCH);
    }
}
