package io.milena.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
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
 * shutdown was clean, finds the partition directories, creates and deletes logs. A directory that fails goes offline with its
 * logs, and may come back ({@link #returnDirectories}). What is done to logs from time to time has {@link LogUpkeep}; moving
 * them between directories {@link FutureLogs}. No threads of its own but for recovery. Everything may be called from any
 * thread unless it says otherwise.
 */
public final class LogDirectories implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);

    private static final int CLOSING_THREADS = 16;

    private final List<HostedDirectory> directories = new ArrayList<>();
    private final List<DirectoryReturn> returns = new ArrayList<>();
    private final HostedLogs logs = new HostedLogs();
    private final LogUpkeep upkeep;
    private final FutureLogs futures;
    private final LogCleaner cleaner;
    private final LogPlacement placement;
    private final LogFactory factory;
    private final StorageFailureListener owner;
    private final int recoveryThreads;
    private final Object changes = new Object();
    /** Held for as long as logs are recovered. */
    private final ReentrantLock recovery = new ReentrantLock();
    /** Changed under {@link #changes}. */
    private volatile DirectoriesLife life = DirectoriesLife.ENTERED;

    private LogDirectories(
            List<LogDirectory> configured,
            Function<String, Supplier<LogConfig>> configOf,
            LogEnvironment environment,
            int recoveryThreads) {
        this.recoveryThreads = recoveryThreads;
        configured.forEach(directory -> directories.add(new HostedDirectory(directory)));
        this.owner = environment.failures();
        this.factory = new LogFactory(
                configOf, new LogEnvironment(environment.clock(), this::onFailure, environment.delayedTasks()));
        this.upkeep = new LogUpkeep(directories, logs, this::onFailure);
        this.futures = new FutureLogs(logs, directories, factory, changes);
        this.placement = new LogPlacement(directories, logs, futures, factory, changes);
        this.cleaner = new LogCleaner(logs, this::onFailure);
        for (HostedDirectory each : directories) {
            returns.add(new DirectoryReturn(each, logs, factory, recoveryThreads));
        }
    }

    /**
     * Locks the directories and notes how they were left; nothing in them is changed, and no log looked at, before {@link #recover}. A
     * directory that cannot be used is offline, and its failure told, as long as another one can.
     *
     * @param directories log.dirs
     * @param configOf the current settings of a topic's logs; called once per log and not before {@link #recover}, its
     *     supplier often
     * @param recoveryThreads num.recovery.threads.per.data.dir
     * @throws KafkaException if a directory is locked by another process, or no directory is usable
     */
    public static LogDirectories enter(
            List<LogDirectory> directories,
            Function<String, Supplier<LogConfig>> configOf,
            LogEnvironment environment,
            int recoveryThreads) {
        LogDirectories entered = new LogDirectories(directories, configOf, environment, recoveryThreads);
        try {
            for (HostedDirectory directory : entered.directories) {
                entered.enter(directory);
            }
            entered.checkUsable();
            return entered;
        } catch (RuntimeException e) {
            entered.unlock();
            throw e;
        }
    }

    /** Enters the directories and recovers their logs at once. */
    public static LogDirectories open(
            List<LogDirectory> directories,
            Function<String, Supplier<LogConfig>> configOf,
            LogEnvironment environment,
            int recoveryThreads) {
        LogDirectories opened = enter(directories, configOf, environment, recoveryThreads);
        try {
            opened.recover();
            return opened;
        } catch (RuntimeException e) {
            opened.halt();
            throw e;
        }
    }

    private void enter(HostedDirectory directory) {
        try {
            directory.enter();
        } catch (IOException e) {
            onFailure(directory.path(), "Cannot open it", e);
        }
    }

    private void checkUsable() {
        if (online().isEmpty()) {
            throw new KafkaException("None of the log directories can be used: " + all());
        }
    }

    /**
     * Reads the checkpoints, lists the partitions (all but {@code __cluster_metadata-0}), and recovers the logs of directories
     * that were not shut down cleanly. The topics' settings must be known by now. Of a partition that lies in two directories,
     * which a crash in the exchange of a moved log leaves behind, the log that reaches further is used and the other one set
     * aside. Once; takes as long as a recovery does.
     *
     * @throws KafkaException if no directory is usable
     * @throws IllegalStateException if the directories were closed meanwhile
     */
    public void recover() {
        recovery.lock();
        try {
            move(DirectoriesLife.ENTERED, DirectoriesLife.RECOVERING);
            new LogDiscovery(directories, logs, factory, recoveryThreads, () -> life == DirectoriesLife.CLOSED).run();
            checkNotClosed();
            // From here on segments are begun that rely on the recovery points being known as ours.
            upkeep.checkpointLogOffsets();
            checkUsable();
            move(DirectoriesLife.RECOVERING, DirectoriesLife.OPEN);
        } finally {
            recovery.unlock();
        }
    }

    private void checkNotClosed() {
        if (life == DirectoriesLife.CLOSED) {
            throw new IllegalStateException("The log directories were closed while their logs were recovered");
        }
    }

    private void move(DirectoriesLife from, DirectoriesLife to) {
        synchronized (changes) {
            if (life != from) {
                throw new IllegalStateException("The log directories are " + life + ", not " + from);
            }
            life = to;
        }
    }

    private void onFailure(Path path, String what, IOException cause) {
        for (HostedDirectory directory : directories) {
            if (directory.path().toAbsolutePath().equals(path.toAbsolutePath())) {
                onFailure(directory, DirectoryFailure.of(directory.path(), what, cause));
            }
        }
    }

    private void onFailure(HostedDirectory directory, DirectoryFailure failure) {
        if (directory.takeOffline(failure)) {
            List<PartitionLog> inIt = logs.in(directory);
            inIt.forEach(log -> log.slot().takeOffline());
            logs.futuresIn(directory).forEach(log -> log.slot().takeOffline());
            LOG.error("{}", failure.forOperator(inIt.size()), failure.cause());
            owner.onStorageFailure(directory.path(), failure.what(), failure.cause());
        } else if (!failure.isPassing() && directory.worsen(failure)) {
            LOG.error("{}", failure.forOperator(logs.in(directory).size()), failure.cause());
        }
    }

    /**
     * Looks whether directories that are offline can come back, and reads the logs of those that can. The partitions have
     * other {@link PartitionLog}s afterwards. To be called every second or so, by one thread at a time, which may be busy as
     * long as a recovery takes.
     *
     * @return directories that came back
     */
    public List<LogDirectory> returnDirectories(long nowMs) {
        List<LogDirectory> returned = new ArrayList<>();
        for (int i = 0; i < returns.size(); i++) {
            if (!directories.get(i).isOnline() && returns.get(i).attempt(nowMs)) {
                returned.add(directories.get(i).directory());
            }
        }
        return returned;
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

    /** Directories that failed and may come back by themselves, or with a restart. */
    public List<LogDirectory> offline() {
        return directories.stream()
                .filter(each -> !each.isOnline())
                .map(HostedDirectory::directory)
                .toList();
    }

    /** What is done to logs from time to time. */
    public LogUpkeep upkeep() {
        return upkeep;
    }

    /** Compaction. */
    public LogCleaner cleaner() {
        return cleaner;
    }

    /** Logs on their way from one directory to another. */
    public FutureLogs futures() {
        return futures;
    }

    /** All logs, those found at start included; after start the owner compares them with the metadata ({@link #markStray}). */
    public Collection<PartitionLog> logs() {
        return logs.all().stream().map(HostedLog::log).toList();
    }

    public Optional<PartitionLog> log(TopicPartition partition) {
        return Optional.ofNullable(logs.get(partition)).map(HostedLog::log);
    }

    /** Directory that holds the partition's log. */
    public Optional<LogDirectory> directoryOf(TopicPartition partition) {
        return Optional.ofNullable(logs.get(partition))
                .map(hosted -> hosted.directory().directory());
    }

    /** Logs in one directory (DescribeLogDirs). */
    public List<PartitionLog> logsIn(LogDirectory directory) {
        return directories.stream()
                .filter(each -> each.directory().equals(directory))
                .flatMap(each -> logs.in(each).stream())
                .toList();
    }

    /**
     * The partition's log, or a new one, whose files appear with its first record. A new one is placed in {@code directoryId},
     * or if that is null or not one of ours in the online directory with the fewest logs. A directory left behind by an older
     * topic of that name is marked stray.
     *
     * @param isNew the replica has just been assigned to this broker, so that it cannot have a log yet. The log of another one
     *     may lie in a directory that is offline, and is then not made anew: an empty log would pass for a whole one.
     * @throws KafkaStorageException no directory is online, or the one that holds the log, or may hold it, is not
     */
    public PartitionLog getOrCreate(TopicPartition partition, Uuid topicId, @Nullable Uuid directoryId, boolean isNew) {
        return placement.getOrCreate(partition, topicId, directoryId, isNew);
    }

    /** Whether the partition's name leaves room for what the directory of a log that moves has behind it. */
    public static boolean canBeMoved(TopicPartition partition) {
        return LogNames.fits(partition, LogNames.FUTURE_DIR);
    }

    /** Notes where a partition's log goes if it comes to this broker later (AlterReplicaLogDirs before a reassignment). */
    public void prefer(TopicPartition partition, LogDirectory directory) {
        placement.prefer(partition, directory);
    }

    /**
     * Renames the partition's directory to {@code <topic>-<n>.<uuid>-delete}; its files go after file.delete.delay.ms. So does
     * a future log.
     *
     * @throws KafkaStorageException its directory failed: the log is taken for a stray when that comes back
     */
    public void delete(TopicPartition partition) {
        placement.delete(partition);
    }

    /**
     * Renames the directory of a partition that the metadata does not place here to {@code <topic>-<n>.<uuid>-stray}. In a
     * directory that failed it is left as it is, to be found again when that comes back.
     */
    public void markStray(TopicPartition partition) {
        placement.markStray(partition);
    }

    /**
     * Clean shutdown: closes all logs, writes checkpoints and the clean-shutdown files, and unlocks.
     *
     * @param brokerEpoch goes into those files; of a broker that was stopped before it was registered (-1) the one that they held when it
     *     started: what it was when it last stopped, it still is
     */
    public void close(long brokerEpoch) {
        DirectoriesLife before = end();
        if (before == DirectoriesLife.ENTERED) {
            leave(brokerEpoch, HostedDirectory::wasCleanShutdown);
        } else if (before == DirectoriesLife.RECOVERING) {
            release();
        } else if (before == DirectoriesLife.OPEN) {
            closeLogs();
            leave(brokerEpoch, directory -> true);
        }
    }

    /** Ends a recovery under way as soon as the logs that are being read are through. */
    private DirectoriesLife end() {
        DirectoriesLife before;
        synchronized (changes) {
            before = life;
            life = DirectoriesLife.CLOSED;
        }
        recovery.lock();
        recovery.unlock();
        return before;
    }

    private void closeLogs() {
        List<PartitionLog> open = new ArrayList<>(logs());
        logs.futures().forEach(hosted -> open.add(hosted.log()));
        // Many small syncs at once share the file system's commits.
        ParallelLoad.run(open, CLOSING_THREADS, LogDirectories::closeQuietly);
        upkeep.checkpointLogOffsets();
        upkeep.checkpointHighWatermarks();
    }

    private void leave(long brokerEpoch, Predicate<HostedDirectory> clean) {
        long epoch = brokerEpoch == CleanShutdownFile.UNKNOWN_EPOCH ? previousBrokerEpoch() : brokerEpoch;
        for (HostedDirectory directory : directories) {
            try {
                directory.leave(clean.test(directory), epoch);
            } catch (IOException e) {
                LOG.error("Cannot write the clean-shutdown file in {}", directory.path(), e);
            }
        }
    }

    /** As a killed process leaves it: nothing is flushed or written any more; the files are let go and the directories unlocked. */
    public void halt() {
        end();
        release();
    }

    private void release() {
        logs().forEach(log -> log.slot().supersede());
        logs.futures().forEach(hosted -> hosted.log().slot().supersede());
        unlock();
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
