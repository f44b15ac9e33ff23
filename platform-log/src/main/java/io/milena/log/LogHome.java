package io.milena.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.jspecify.annotations.Nullable;

/**
 * Where a log lives and whether it is open: its directory, the state that is loaded on first use, the lock that guards it,
 * and its way out of service.
 */
final class LogHome {
    private static final String METADATA_TOPIC = "__cluster_metadata";

    private final Object lock = new Object();
    private final TopicPartition partition;
    private final Supplier<LogConfig> config;
    private final LogEnvironment environment;
    private final LogStart start;
    private final LogOwner owner;
    private final boolean fresh;
    /** The directory of a new log is made with its first record. */
    private final boolean deferred;

    private volatile Path directory;
    private volatile @Nullable LogState state;
    private @Nullable LogWriter writer;
    private @Nullable LogCutter cutter;
    private volatile boolean offline;
    /** Closed or deleted: a late reader's error is no failure of the disk. */
    private volatile boolean retired;
    /** Epoch that a leader began before the files were looked at; it starts at the log end. */
    private int pendingEpoch = -1;

    LogHome(
            Path directory,
            TopicPartition partition,
            @Nullable Uuid topicId,
            Supplier<LogConfig> config,
            LogEnvironment environment,
            LogStart start,
            boolean fresh,
            boolean deferred) {
        this.directory = directory;
        this.partition = partition;
        this.config = config;
        this.environment = environment;
        this.start = start;
        this.owner = new LogOwner(topicId);
        this.fresh = fresh;
        this.deferred = deferred;
    }

    /** Guards appends, truncation and everything else that changes the log. */
    Object lock() {
        return lock;
    }

    TopicPartition partition() {
        return partition;
    }

    Path directory() {
        return directory;
    }

    LogConfig config() {
        return config.get();
    }

    long nowMs() {
        return environment.clock().millis();
    }

    /** Runs {@code task} soon, off this thread where the environment has another. */
    void later(Runnable task) {
        environment.delayedTasks().schedule(task, 0);
    }

    boolean isOffline() {
        return offline;
    }

    /** Whether the log was there when this process began. */
    boolean wasFound() {
        return !fresh;
    }

    /** Cleans a compacted log; see {@link CleaningRound}. */
    long clean(long firstDirty, long upTo, long memoryBytes, long nowMs) {
        try {
            return new CleaningRound(state(), lock, environment, config.get(), nowMs)
                    .run(firstDirty, upTo, memoryBytes);
        } catch (IOException e) {
            throw failed("clean " + partition + " in " + directory, e);
        }
    }

    /** Offline because of an error, its own or its directory's. */
    boolean hasFailed() {
        return offline && !retired;
    }

    /** The state if it is loaded. */
    @Nullable
    LogState stateIfLoaded() {
        return state;
    }

    /** Makes the directory of a new log if it is still missing; true if it did. */
    boolean materialize() {
        LogState log = state;
        if (offline || !deferred || (log != null && log.onDisk)) {
            return false;
        }
        log = state();
        synchronized (lock) {
            try {
                boolean missing = !log.onDisk && !offline;
                if (missing) {
                    log.materialize();
                }
                return missing;
            } catch (IOException e) {
                throw failed("create " + directory, e);
            }
        }
    }

    boolean isOnDisk() {
        LogState log = state;
        return log == null ? !deferred : log.onDisk;
    }

    /**
     * Compares a found log's partition.metadata with {@code expected}, or writes it if it is missing.
     *
     * @return false if the directory belongs to another topic
     */
    boolean belongsTo(Uuid expected) {
        if (offline) {
            Uuid known = owner.known();
            return known == null || known.equals(expected);
        }
        try {
            return owner.is(expected, directory);
        } catch (IOException e) {
            throw failed("read partition.metadata in " + directory, e);
        }
    }

    void prepareDirectory() {
        try {
            if (fresh) {
                Files.createDirectories(directory);
            }
            owner.settle(partition, directory, fresh);
        } catch (IOException e) {
            throw failed("create " + directory, e);
        }
    }

    LogState state() {
        LogState loaded = state;
        return loaded != null && !offline ? loaded : loadState();
    }

    LogState loadState() {
        synchronized (lock) {
            if (offline) {
                throw new KafkaStorageException("The log of " + partition + " in " + directory + " is offline");
            }
            LogState loaded = state;
            if (loaded != null) {
                return loaded;
            }
            LogConfig settings = config.get();
            long now = environment.clock().millis();
            boolean tracksProducers = !partition.topic().equals(METADATA_TOPIC);
            try {
                LogLoader.Loaded files = fresh
                        ? LogLoader.fresh(directory, start.logStartOffset(), now)
                        : new LogLoader(directory, settings, start, now, tracksProducers).load();
                loaded = new LogState(
                        partition,
                        directory,
                        files,
                        start.highWatermark(),
                        tracksProducers,
                        now,
                        owner.known(),
                        !deferred);
                int epoch = pendingEpoch;
                if (epoch >= 0) {
                    loaded.epochs.assign(epoch, loaded.end.offset());
                }
            } catch (IOException e) {
                throw failed("load " + directory, e);
            }
            writer = new LogWriter(loaded, settings);
            cutter = new LogCutter(loaded, environment);
            state = loaded;
            return loaded;
        }
    }

    /** An I/O error: the directory's owner is told, this log goes offline. */
    KafkaStorageException failed(String what, IOException e) {
        offline = true;
        if (retired) {
            return new KafkaStorageException("The log of " + partition + " in " + directory + " is closed", e);
        }
        Path logDir = directory.toAbsolutePath().getParent();
        environment.failures().onStorageFailure(logDir == null ? directory : logDir, "Cannot " + what, e);
        return new KafkaStorageException("Cannot " + what + ": " + e, e);
    }

    /** The topic's id, or null if the directory carries none. */
    @Nullable
    Uuid topicId() {
        if (offline) {
            return owner.known();
        }
        try {
            return owner.topicId(directory);
        } catch (IOException e) {
            throw failed("read partition.metadata in " + directory, e);
        }
    }

    /** High watermark; of a log not in use yet after a clean shutdown, as the checkpoint says. */
    long highWatermark() {
        LogState log = state;
        return log == null && start.cleanShutdown() && !offline ? start.highWatermark() : state().highWatermark;
    }

    /** True once the files were looked at. */
    boolean isLoaded() {
        return state != null;
    }

    /**
     * Notes that {@code epoch} starts at the log end: called by a new leader. Does not look at the files of a log that is
     * not in use yet, so that the leader of thousands of partitions is ready at once.
     */
    void beginEpoch(int epoch) {
        synchronized (lock) {
            LogState log = state;
            if (log == null) {
                pendingEpoch = Math.max(pendingEpoch, epoch);
            } else {
                log.epochs.assign(epoch, log.end.offset());
            }
        }
    }

    /** An untouched log whose settings delete nothing need not be looked at. */
    boolean isRetentionDue() {
        if (offline || state != null) {
            return !offline;
        }
        LogConfig settings = config.get();
        return settings.delete() && (settings.retentionMs() >= 0 || settings.retentionBytes() >= 0);
    }

    /** Closes files and frees index memory that were not used since the last call. */
    void sweep() {
        LogState log = state;
        if (log != null && !offline) {
            synchronized (lock) {
                for (Segment segment : log.segments.all()) {
                    segment.sweep();
                }
            }
        }
    }

    /** The directory failed elsewhere. */
    void markOffline() {
        offline = true;
    }

    /** What the checkpoint files say of this log: as they said before if it was not touched. */
    LogStart checkpoint() {
        LogState log = state;
        return log == null
                ? start
                : new LogStart(log.recoveryPoint, log.logStartOffset, log.highWatermark, start.files());
    }

    /**
     * Takes the log out of service for one over the same files that is to take its place, once changes under way are
     * through. Readers that still hold its files read on.
     *
     * @return what the next one starts from: files that were touched are looked at anew, as after a crash
     */
    LogStart supersede() {
        synchronized (lock) {
            offline = true;
            retired = true;
        }
        discard();
        LogState log = state;
        return log == null
                ? start
                : new LogStart(
                        log.recoveryPoint, log.logStartOffset, log.highWatermark, LogStart.Files.CRASHED_CONTIGUOUS);
    }

    /** The log end as far as it is known in memory; 0 if the files were never looked at. */
    long knownEnd() {
        LogState log = state;
        return log == null ? 0 : log.end.offset();
    }

    LogWriter writer() {
        LogWriter loaded = writer;
        if (loaded == null || offline) {
            throw new KafkaStorageException("The log of " + partition + " in " + directory + " is offline");
        }
        return loaded;
    }

    LogCutter cutter() {
        LogCutter loaded = cutter;
        if (loaded == null || offline) {
            throw new KafkaStorageException("The log of " + partition + " in " + directory + " is offline");
        }
        return loaded;
    }

    /** Takes the log out of service and moves its directory to a sibling {@code name}; readers go on reading. */
    void renameDirectory(String name) {
        synchronized (lock) {
            offline = true;
            retired = true;
            Path target = directory.resolveSibling(name);
            try {
                if (isOnDisk()) {
                    Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
                }
            } catch (IOException e) {
                retired = false;
                throw failed("rename " + directory + " to " + target, e);
            }
            directory = target;
            LogState log = state;
            if (log != null) {
                for (Segment segment : log.segments.all()) {
                    segment.movedTo(target);
                }
            }
        }
    }

    /** After {@link #renameDirectory}: lets the files go, as soon as readers are through. */
    void discard() {
        LogState log = state;
        if (log != null) {
            for (Segment segment : log.segments.all()) {
                segment.file().discard();
            }
        }
    }

    /** Flushes, writes indexes and the producer snapshot, closes the files. A log that was never touched costs nothing. */
    void close() {
        synchronized (lock) {
            LogState log = state;
            if (log == null || offline) {
                offline = true;
                return;
            }
            try {
                LogFlush.flush(log, lock, environment.clock().millis());
                log.segments.active().storeIndexes(false);
                if (log.tracksProducers && log.producers.isWorthSnapshot(log.segments.all().length)) {
                    log.producers.takeSnapshot(false);
                }
            } catch (IOException e) {
                throw failed("close " + partition + " in " + directory, e);
            } finally {
                offline = true;
                retired = true;
                discard();
            }
        }
    }
}
