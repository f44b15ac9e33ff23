package io.milena.log;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log directory at work: its lock, its checkpoint files, the partitions found in it, and whether it has failed. */
final class HostedDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(HostedDirectory.class);
    private static final String METADATA_DIRECTORY = "__cluster_metadata-0";

    private final LogDirectory directory;
    private final OffsetCheckpointFile recoveryPoints;
    private final OffsetCheckpointFile logStarts;
    private final OffsetCheckpointFile highWatermarks;
    private final OffsetCheckpointFile cleaned;
    private @Nullable DirectoryLock lock;
    private boolean cleanShutdown;
    private boolean ownCrash;
    private boolean marked;
    private long brokerEpoch = CleanShutdownFile.UNKNOWN_EPOCH;
    private volatile @Nullable DirectoryFailure failure;

    /**
     * What lies in a directory.
     *
     * @param logs of the partitions here
     * @param futures logs that are to take the place of one in another directory
     */
    record Contents(Map<TopicPartition, LogStart> logs, Map<TopicPartition, Future> futures) {}

    /**
     * A future log.
     *
     * @param name of its directory
     */
    record Future(String name, LogStart start) {}

    HostedDirectory(LogDirectory directory) {
        this.directory = directory;
        this.recoveryPoints = new OffsetCheckpointFile(directory.path(), OffsetCheckpointFile.RECOVERY_POINTS);
        this.logStarts = new OffsetCheckpointFile(directory.path(), OffsetCheckpointFile.LOG_STARTS);
        this.highWatermarks = new OffsetCheckpointFile(directory.path(), OffsetCheckpointFile.HIGH_WATERMARKS);
        this.cleaned = new OffsetCheckpointFile(directory.path(), OffsetCheckpointFile.CLEANED);
    }

    LogDirectory directory() {
        return directory;
    }

    Path path() {
        return directory.path();
    }

    boolean isOnline() {
        return failure == null;
    }

    /** Why the directory is offline; null if it is not. */
    @Nullable
    DirectoryFailure failure() {
        return failure;
    }

    /** True for the first caller. */
    synchronized boolean takeOffline(DirectoryFailure why) {
        boolean first = failure == null;
        if (first) {
            failure = why;
        }
        return first;
    }

    /** The failure has passed, and the logs were looked at anew. */
    synchronized void takeOnline() {
        failure = null;
    }

    /** Something worse than a passing failure was found: no return before a restart. True if that is news. */
    synchronized boolean worsen(DirectoryFailure why) {
        DirectoryFailure known = failure;
        boolean news = known != null && known.isPassing();
        if (news) {
            failure = why;
        }
        return news;
    }

    boolean wasCleanShutdown() {
        return cleanShutdown;
    }

    long brokerEpoch() {
        return brokerEpoch;
    }

    boolean isEntered() {
        return lock != null;
    }

    /** Locks the directory and takes note of how the last process left it, which stays as it is until {@link #open}. */
    void enter() throws IOException {
        if (!directory.isIdentified()) {
            throw new IOException("There is no readable meta.properties in " + path());
        }
        Files.createDirectories(path());
        if (lock == null) {
            lock = DirectoryLock.acquire(path());
        }
        cleanShutdown = CleanShutdownFile.exists(path());
        ownCrash = RecoveryPointsMark.isValid(path());
        brokerEpoch = CleanShutdownFile.brokerEpoch(path());
    }

    /**
     * Takes the directory into use: from here on a crash leaves it unclean.
     *
     * @return logs with a directory here, and what the checkpoints say of them; leftovers of deletions go
     */
    Contents open(LogEnvironment environment) throws IOException {
        CleanShutdownFile.delete(path());
        Map<TopicPartition, Long> recovery = recoveryPoints.read();
        Map<TopicPartition, Long> starts = logStarts.read();
        Map<TopicPartition, Long> watermarks = highWatermarks.read();
        String[] names = PlainFile.list(path());
        Contents found = new Contents(new HashMap<>(names.length * 2), new HashMap<>());
        for (String name : names) {
            TopicPartition future = LogNames.markedPartitionOf(name, LogNames.FUTURE_DIR);
            TopicPartition partition = future != null ? future : LogNames.partitionOf(name);
            if (name.endsWith(LogNames.DELETE_DIR)) {
                environment.delayedTasks().schedule(() -> deleteQuietly(path().resolve(name)), 0);
            } else if (partition != null && !name.equals(METADATA_DIRECTORY) && isDirectory(name)) {
                LogStart start = new LogStart(
                        recovery.getOrDefault(partition, 0L),
                        starts.getOrDefault(partition, 0L),
                        watermarks.getOrDefault(partition, 0L),
                        found());
                if (future != null) {
                    found.futures.put(partition, new Future(name, start));
                } else {
                    found.logs.put(partition, start);
                }
            }
        }
        return found;
    }

    private LogStart.Files found() {
        if (cleanShutdown) {
            return LogStart.Files.CLOSED;
        }
        return ownCrash ? LogStart.Files.CRASHED_CONTIGUOUS : LogStart.Files.CRASHED;
    }

    private boolean isDirectory(String name) {
        return Files.isDirectory(path().resolve(name));
    }

    /** Where a new log of {@code partition} goes. */
    Path pathOf(TopicPartition partition) {
        return path().resolve(LogNames.directoryName(partition));
    }

    /** To be called only when the logs found here that were not closed have been loaded. */
    void checkpointLogOffsets(Map<TopicPartition, LogStart> logs) throws IOException {
        Map<TopicPartition, Long> recovery = new HashMap<>(logs.size() * 2);
        Map<TopicPartition, Long> starts = new HashMap<>();
        logs.forEach((partition, offsets) -> {
            recovery.put(partition, offsets.recoveryPoint());
            if (offsets.logStartOffset() > 0) {
                starts.put(partition, offsets.logStartOffset());
            }
        });
        if (recoveryPoints.write(recovery) || !marked) {
            RecoveryPointsMark.write(path());
            marked = true;
        }
        logStarts.write(starts);
    }

    void checkpointHighWatermarks(Map<TopicPartition, LogStart> logs) throws IOException {
        Map<TopicPartition, Long> watermarks = new HashMap<>(logs.size() * 2);
        logs.forEach((partition, offsets) -> watermarks.put(partition, offsets.highWatermark()));
        highWatermarks.write(watermarks);
    }

    /** Up to where logs were cleaned, when the process before this one ended. */
    Map<TopicPartition, Long> readCleaned() throws IOException {
        return cleaned.read();
    }

    void checkpointCleaned(Map<TopicPartition, Long> offsets) throws IOException {
        cleaned.write(offsets);
    }

    /** Leaves the directory; with {@code clean}, the next process may trust it. */
    void leave(boolean clean, long epoch) throws IOException {
        try {
            if (clean && isOnline()) {
                RecoveryPointsMark.delete(path());
                CleanShutdownFile.write(path(), epoch);
            }
        } finally {
            DirectoryLock held = lock;
            if (held != null) {
                held.close();
            }
        }
    }

    static void deleteQuietly(Path tree) {
        try {
            deleteTree(tree);
            LOG.info("Deleted {}", tree);
        } catch (IOException e) {
            LOG.warn("Cannot delete {}; it is tried again at the next start", tree, e);
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException error) throws IOException {
                if (error != null) {
                    throw error;
                }
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
