package io.milena.log;

import io.milena.log.LogState.Found;
import io.milena.log.LogState.Loaded;
import io.milena.log.LogState.New;
import io.milena.log.LogState.Offline;
import io.milena.log.LogState.Retired;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.jspecify.annotations.Nullable;

/**
 * One replica's place on a disk and its life there, whose states and moves {@link LogState} tells. Any thread; moves exclude
 * each other.
 */
final class LogSlot {
    private static final AtomicReferenceFieldUpdater<LogSlot, LogState> STATE =
            AtomicReferenceFieldUpdater.newUpdater(LogSlot.class, LogState.class, "state");

    private final PartitionDirectory directory;
    private final Supplier<LogConfig> config;
    private final LogEnvironment environment;
    private final Object moves = new Object();
    private volatile LogState state;
    private final boolean found;

    private LogSlot(
            PartitionDirectory directory, Supplier<LogConfig> config, LogEnvironment environment, LogState first) {
        this.directory = directory;
        this.config = config;
        this.environment = environment;
        this.state = first;
        this.found = first instanceof Found;
    }

    /** For a new log; its directory is made with its first record, or with {@link #makeDirectory}. */
    static LogSlot created(
            TopicPartition partition,
            Path path,
            @Nullable Uuid topicId,
            Supplier<LogConfig> config,
            LogEnvironment environment,
            long startOffset) {
        PartitionDirectory directory = PartitionDirectory.planned(partition, path, topicId);
        return new LogSlot(directory, config, environment, new New(startOffset, -1));
    }

    /** For a log whose directory is there; no file is looked at yet. */
    static LogSlot found(
            TopicPartition partition,
            Path path,
            Supplier<LogConfig> config,
            LogEnvironment environment,
            LogStart start) {
        PartitionDirectory directory = PartitionDirectory.found(partition, path);
        return new LogSlot(directory, config, environment, new Found(start, -1));
    }

    PartitionDirectory directory() {
        return directory;
    }

    Path path() {
        return directory.path();
    }

    LogConfig config() {
        return config.get();
    }

    LogEnvironment environment() {
        return environment;
    }

    long nowMs() {
        return environment.clock().millis();
    }

    /** Whether the log was there when this process began. */
    boolean wasFound() {
        return found;
    }

    LogState state() {
        return state;
    }

    boolean isOffline() {
        LogState now = state;
        return now instanceof Offline || now instanceof Retired;
    }

    /** The log if it is in service and its files were looked at. */
    @Nullable
    LoadedLog logIfLoaded() {
        return state instanceof Loaded loaded ? loaded.log() : null;
    }

    /**
     * The log; its files are looked at now if nobody has done so before.
     *
     * @throws KafkaStorageException it is out of service, or that failed
     */
    LoadedLog log() {
        return state instanceof Loaded loaded ? loaded.log() : load();
    }

    private LoadedLog load() {
        synchronized (moves) {
            LogState now = state;
            if (now instanceof Loaded loaded) {
                return loaded.log();
            }
            if (now instanceof Offline || now instanceof Retired) {
                throw outOfService();
            }
            LoadedLog log;
            try {
                log = load(now);
            } catch (IOException e) {
                throw fail("load " + path(), e);
            }
            if (!move(now, new Loaded(log))) {
                log.discard();
                throw outOfService();
            }
            return log;
        }
    }

    private KafkaStorageException outOfService() {
        return new KafkaStorageException("The log of " + directory.partition() + " in " + path() + " is offline");
    }

    private LoadedLog load(LogState from) throws IOException {
        LogConfig settings = config.get();
        long now = nowMs();
        if (from instanceof Found there) {
            boolean tracksProducers = ProducerTracking.isNeeded(directory.partition());
            LogLoader.Loaded files = new LogLoader(path(), settings, there.start(), now, tracksProducers).load();
            return loaded(files, there.start().highWatermark(), settings, there.pendingEpoch());
        }
        New fresh = (New) from;
        LogLoader.Loaded files = LogLoader.fresh(path(), fresh.startOffset(), now);
        return loaded(files, fresh.startOffset(), settings, fresh.pendingEpoch());
    }

    private LoadedLog loaded(LogLoader.Loaded files, long highWatermark, LogConfig settings, int epoch) {
        LoadedLog log = new LoadedLog(files, highWatermark, directory, settings, environment);
        if (epoch >= 0) {
            log.beginEpoch(epoch);
        }
        return log;
    }

    /**
     * Notes that {@code epoch} starts at the log end. Does not look at the files of a log that is not in use yet, so that the
     * leader of thousands of partitions is ready at once.
     */
    void beginEpoch(int epoch) {
        synchronized (moves) {
            LogState now = state;
            if (now instanceof Loaded loaded) {
                loaded.log().beginEpoch(epoch);
            } else if (now instanceof New fresh) {
                move(now, new New(fresh.startOffset(), Math.max(fresh.pendingEpoch(), epoch)));
            } else if (now instanceof Found there) {
                move(now, new Found(there.start(), Math.max(there.pendingEpoch(), epoch)));
            }
        }
    }

    /** High watermark; of a log that was closed and is not in use yet, as the checkpoint says. */
    long highWatermark() {
        LogState now = state;
        if (now instanceof New fresh) {
            return fresh.startOffset();
        }
        return now instanceof Found there && there.start().cleanShutdown()
                ? there.start().highWatermark()
                : log().snapshot().highWatermark();
    }

    /** What the checkpoint files are to say. */
    LogStart checkpoint() {
        return state.startAfter(LogStart.Files.CRASHED_CONTIGUOUS);
    }

    /** The log end as far as it is known in memory; 0 if the files were never looked at. */
    long knownEnd() {
        LoadedLog log = state.loaded();
        return log == null ? 0 : log.snapshot().endOffset();
    }

    /** Makes the directory of a new log if it is still missing; true if it did. */
    boolean makeDirectory() {
        if (directory.isMade() || isOffline()) {
            return false;
        }
        LoadedLog log = log();
        try {
            return log.makeDirectory();
        } catch (IOException e) {
            throw fail("create " + path(), e);
        }
    }

    /** As {@link PartitionDirectory#belongsTo}. */
    boolean belongsTo(Uuid expected) {
        if (isOffline()) {
            Uuid known = directory.knownTopicId();
            return known == null || known.equals(expected);
        }
        try {
            return directory.belongsTo(expected);
        } catch (IOException e) {
            throw fail("read partition.metadata in " + path(), e);
        }
    }

    /** The topic's id, or null if the directory carries none. */
    @Nullable
    Uuid topicId() {
        if (isOffline()) {
            return directory.knownTopicId();
        }
        try {
            return directory.topicId();
        } catch (IOException e) {
            throw fail("read partition.metadata in " + path(), e);
        }
    }

    /** False, with nothing done, if the log has moved on. */
    private boolean move(LogState from, LogState to) {
        return STATE.compareAndSet(this, from, to);
    }

    // ---- out of service

    /** Takes the log offline for an I/O error and tells the directory's owner; the error is for the caller to throw. */
    KafkaStorageException fail(String what, IOException e) {
        if (state instanceof Retired) {
            return new KafkaStorageException("The log of " + directory.partition() + " in " + path() + " is closed", e);
        }
        takeOffline();
        Path logDir = path().toAbsolutePath().getParent();
        environment.failures().onStorageFailure(logDir == null ? path() : logDir, "Cannot " + what, e);
        return new KafkaStorageException("Cannot " + what + ": " + e, e);
    }

    /** Its directory failed. Waits for nobody: the caller may hold the lock of another log. */
    void takeOffline() {
        LogState now = state;
        while (!(now instanceof Offline || now instanceof Retired)) {
            LoadedLog log = now.loaded();
            if (move(now, new Offline(now.startAfter(LogStart.Files.CRASHED_CONTIGUOUS), log))) {
                if (log != null) {
                    log.end();
                }
                return;
            }
            now = state;
        }
    }

    /**
     * Takes the log out of service for one over the same files that is to take its place, once changes under way are
     * through. Readers that still hold its files read on.
     *
     * @return what the next one starts from: files that were looked at are looked at anew, as after a crash
     */
    LogStart supersede() {
        synchronized (moves) {
            LoadedLog log = retire(LogStart.Files.CRASHED_CONTIGUOUS);
            if (log != null) {
                log.awaitEnd();
                log.discard();
            }
            return checkpoint();
        }
    }

    /** Takes the log out of service and moves its directory to a sibling {@code name}; readers go on reading. */
    void renameDirectory(String name) {
        synchronized (moves) {
            LoadedLog log = retire(LogStart.Files.CRASHED_CONTIGUOUS);
            if (log != null) {
                log.awaitEnd();
            }
            try {
                directory.renameTo(name);
            } catch (IOException e) {
                state = new Offline(checkpoint(), log);
                throw fail("rename " + path() + " to " + name, e);
            }
            if (log != null) {
                log.moved();
            }
        }
    }

    /** After {@link #renameDirectory}: lets the files go, as soon as readers are through. */
    void discard() {
        LoadedLog log = state.loaded();
        if (log != null) {
            log.discard();
        }
    }

    /** Flushes, writes indexes and the producer snapshot, closes the files. A log that was never touched costs nothing. */
    void close() {
        synchronized (moves) {
            LoadedLog log = logIfLoaded();
            if (log == null) {
                retire(LogStart.Files.CRASHED_CONTIGUOUS);
                return;
            }
            try {
                log.store(nowMs());
                retire(LogStart.Files.CLOSED);
            } catch (IOException e) {
                throw fail("close " + directory.partition() + " in " + path(), e);
            } finally {
                retire(LogStart.Files.CRASHED_CONTIGUOUS);
                log.discard();
            }
        }
    }

    /** No move when it is retired already. */
    private @Nullable LoadedLog retire(LogStart.Files left) {
        while (true) {
            LogState now = state;
            LoadedLog log = now.loaded();
            if (now instanceof Retired || move(now, new Retired(now.startAfter(left), log))) {
                return log;
            }
        }
    }
}
