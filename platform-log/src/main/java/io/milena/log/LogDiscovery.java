package io.milena.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node finds in its log directories when it starts: the logs, future ones, and what a crash has left half done. */
final class LogDiscovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogDiscovery.class);

    private final List<HostedDirectory> directories;
    private final HostedLogs logs;
    private final LogFactory factory;
    private final int recoveryThreads;
    private final BooleanSupplier stopped;

    /** @param stopped says that the logs are wanted no more: those that are not recovered by then stay as they are */
    LogDiscovery(
            List<HostedDirectory> directories,
            HostedLogs logs,
            LogFactory factory,
            int recoveryThreads,
            BooleanSupplier stopped) {
        this.directories = directories;
        this.logs = logs;
        this.factory = factory;
        this.recoveryThreads = recoveryThreads;
        this.stopped = stopped;
    }

    /** Finds the logs in all directories that are entered, and recovers what was not shut down cleanly. */
    void run() {
        findAll();
        recoverUnclean();
    }

    private void findAll() {
        for (HostedDirectory directory : directories) {
            if (!directory.isOnline()) {
                continue;
            }
            try {
                HostedDirectory.Contents contents = directory.open(factory.environment());
                contents.logs().forEach((partition, start) -> found(directory, partition, start));
                contents.futures().forEach((partition, future) -> foundFuture(directory, partition, future));
            } catch (IOException e) {
                factory.environment().failures().onStorageFailure(directory.path(), "Cannot open it", e);
            }
        }
    }

    private void found(HostedDirectory directory, TopicPartition partition, LogStart start) {
        Path path = directory.pathOf(partition);
        PartitionLog log = factory.found(partition, path, start);
        HostedLog here = new HostedLog(log, directory);
        HostedLog other = logs.put(partition, here);
        if (other != null) {
            HostedLog further = further(other, here);
            LOG.warn(
                    "Partition {} lies in {} and in {}: the log in {} reaches further and is used, the other one is set aside",
                    partition,
                    other.directory().path(),
                    directory.path(),
                    further.directory().path());
            logs.put(partition, further);
            setAside(further.equals(here) ? other : here);
        }
    }

    /** The log with the newer epoch or, within one, more records: what it lacks of the other was never acknowledged. */
    private static HostedLog further(HostedLog one, HostedLog two) {
        int byEpoch = Integer.compare(
                one.log().latestEpoch().orElse(-1), two.log().latestEpoch().orElse(-1));
        int byEnd = Long.compare(one.log().logEndOffset(), two.log().logEndOffset());
        return (byEpoch != 0 ? byEpoch : byEnd) > 0 ? one : two;
    }

    private void foundFuture(HostedDirectory directory, TopicPartition partition, HostedDirectory.Future future) {
        Path path = directory.path().resolve(future.name());
        PartitionLog log = factory.found(partition, path, future.start());
        HostedLog other = logs.putFuture(partition, new HostedLog(log, directory));
        if (other != null) {
            setAside(other);
        }
    }

    private void recoverUnclean() {
        for (HostedDirectory directory : directories) {
            if (directory.isOnline() && !directory.wasCleanShutdown()) {
                List<PartitionLog> unclean = logs.in(directory);
                unclean.addAll(logs.futuresIn(directory));
                if (!unclean.isEmpty()) {
                    LOG.info("Recovering {} logs in {} after an unclean shutdown", unclean.size(), directory.path());
                }
                ParallelLoad.run(unclean, recoveryThreads, this::recover);
            }
        }
    }

    private void recover(PartitionLog log) {
        if (stopped.getAsBoolean()) {
            return;
        }
        try {
            log.slot().log();
        } catch (KafkaStorageException e) {
            // The directory was taken offline and its owner told; other directories go on.
            LOG.error("Cannot recover {}", log.partition(), e);
        }
    }

    private static void setAside(HostedLog hosted) {
        TopicPartition partition = hosted.log().partition();
        try {
            hosted.log().slot().renameDirectory(LogNames.markedName(partition, LogNames.STRAY_DIR));
            hosted.log().slot().discard();
        } catch (KafkaStorageException e) {
            LOG.warn("The second log of {} stays where it is: {}", partition, e.getMessage());
        }
    }
}
