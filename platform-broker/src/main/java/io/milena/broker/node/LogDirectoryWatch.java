package io.milena.broker.node;

import io.milena.broker.control.BrokerLifecycle;
import io.milena.broker.partition.DirectoryAssignments;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the broker does about log directories that fail and come back. A failed one is told to the controller, which finds
 * other leaders (KIP-858); if that is not possible for log.dir.failure.timeout.ms the broker stops, so that its session ends
 * (KAFKA-15649). Without the metadata log's directory, or without any, the broker stops at once. Offline directories are
 * looked at every second on a thread of its own, since bringing one back takes as long as a recovery.
 */
final class LogDirectoryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectoryWatch.class);
    private static final long LOOK_MS = 1_000;

    private final LogDirectories directories;
    private final PartitionRegistry registry;
    private final BrokerLifecycle lifecycle;
    private final DirectoryAssignments reports;
    private final Path metadataLogDir;
    private final long failureTimeoutMs;
    private final Consumer<Throwable> onFatalFault;
    private final ScheduledThreadPoolExecutor thread = Schedulers.one("log-directories");

    /**
     * @param reports told where the replicas of a returned directory are
     * @param failureTimeoutMs log.dir.failure.timeout.ms
     * @param onFatalFault stops the node
     */
    LogDirectoryWatch(
            LogDirectories directories,
            PartitionRegistry registry,
            BrokerLifecycle lifecycle,
            DirectoryAssignments reports,
            Path metadataLogDir,
            long failureTimeoutMs,
            Consumer<Throwable> onFatalFault) {
        this.directories = directories;
        this.registry = registry;
        this.lifecycle = lifecycle;
        this.reports = reports;
        this.metadataLogDir = metadataLogDir;
        this.failureTimeoutMs = failureTimeoutMs;
        this.onFatalFault = onFatalFault;
    }

    /** Begins; directories that have failed by now are reported. */
    void start() {
        thread.scheduleWithFixedDelay(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
        List<LogDirectory> offline = directories.offline();
        if (!offline.isEmpty()) {
            offline.forEach(directory -> onFailure(directory.path()));
        }
    }

    /** A directory has just gone offline. Any thread. */
    void onFailure(Path path) {
        if (path.equals(metadataLogDir)) {
            onFatalFault.accept(
                    new IllegalStateException(
                            "Log directory " + path
                                    + ", which also holds the metadata log, has failed: see the error before, mend it, and start again"));
            return;
        }
        if (directories.online().isEmpty()) {
            onFatalFault.accept(new IllegalStateException(
                    "All log directories have failed: see the errors before, mend one at least, and start again"));
            return;
        }
        tell();
        try {
            directories.offline().stream()
                    .filter(directory -> directory.path().equals(path) && directory.isIdentified())
                    .forEach(directory ->
                            thread.schedule(() -> checkTold(directory), failureTimeoutMs, TimeUnit.MILLISECONDS));
            // Not on this thread, which may hold the lock of a partition.
            thread.execute(() -> registry.forEach(this::leaveFetchers));
        } catch (RejectedExecutionException stopping) {
            LOG.debug("Nobody fetches any more", stopping);
        }
    }

    private void leaveFetchers(Partition partition) {
        if (partition.isOffline()) {
            registry.retell(partition);
        }
    }

    private void tell() {
        lifecycle.onLogDirs(ids(directories.online()), ids(directories.offline()));
    }

    private static List<Uuid> ids(List<LogDirectory> directories) {
        return directories.stream()
                .filter(LogDirectory::isIdentified)
                .map(LogDirectory::id)
                .toList();
    }

    private void checkTold(LogDirectory directory) {
        if (directories.offline().contains(directory) && !lifecycle.hasTold(directory.id())) {
            onFatalFault.accept(new IllegalStateException("The controller could not be told within " + failureTimeoutMs
                    + " ms (log.dir.failure.timeout.ms) that log directory " + directory.path() + " has failed"));
        }
    }

    private void look() {
        try {
            List<LogDirectory> returned = directories.returnDirectories(System.currentTimeMillis());
            if (!returned.isEmpty()) {
                onReturn(returned);
            }
        } catch (RuntimeException e) {
            LOG.error("The offline log directories {} cannot be looked at", directories.offline(), e);
        }
    }

    private void onReturn(List<LogDirectory> returned) {
        List<Partition> back = registry.directoriesReturned(returned);
        lifecycle
                .onLogDirs(ids(directories.online()), ids(directories.offline()))
                .thenRun(() -> back.forEach(this::report));
    }

    /** Also gives a partition without a leader the chance to get one. */
    private void report(Partition partition) {
        directories
                .directoryOf(partition.topicPartition())
                .ifPresent(directory -> reports.assigned(
                        new TopicIdPartition(partition.topicId(), partition.topicPartition()), directory.id()));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
