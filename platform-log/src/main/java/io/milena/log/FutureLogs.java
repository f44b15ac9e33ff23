package io.milena.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that are to take the place of one in another directory of this node (KIP-113): they lie in directories
 * {@code <topic>-<n>.<uuid>-future}, get all records of the current log, and then its name. Any thread.
 *
 * <p>The exchange is two renames in two directories. The future log gets its name first: a crash in between leaves two
 * whole logs of one partition, and the start takes the one that reaches further ({@link LogDirectories#open}).
 */
public final class FutureLogs {
    private static final Logger LOG = LoggerFactory.getLogger(FutureLogs.class);

    private final HostedLogs logs;
    private final List<HostedDirectory> directories;
    private final LogFactory factory;
    private final Object changes;

    /** @param changes guards what is created, exchanged and deleted */
    FutureLogs(HostedLogs logs, List<HostedDirectory> directories, LogFactory factory, Object changes) {
        this.logs = logs;
        this.directories = directories;
        this.factory = factory;
        this.changes = changes;
    }

    /** Partitions that have a future log. */
    public List<TopicPartition> partitions() {
        return logs.futures().stream().map(hosted -> hosted.log().partition()).toList();
    }

    public Optional<PartitionLog> find(TopicPartition partition) {
        return Optional.ofNullable(logs.future(partition)).map(HostedLog::log);
    }

    /** The directory that the partition's future log lies in. */
    public Optional<LogDirectory> directoryOf(TopicPartition partition) {
        return Optional.ofNullable(logs.future(partition))
                .map(hosted -> hosted.directory().directory());
    }

    /** Future logs in one directory (DescribeLogDirs). */
    public List<PartitionLog> in(LogDirectory directory) {
        return logs.futures().stream()
                .filter(hosted -> hosted.directory().directory().equals(directory))
                .map(HostedLog::log)
                .toList();
    }

    /**
     * The partition's future log in {@code target}, a new one if it has none there. One in another directory goes.
     *
     * @throws KafkaStorageException the partition has no log here, or {@code target} is offline
     * @throws InvalidTopicException the topic's name is too long for the directory's name
     */
    public PartitionLog create(TopicPartition partition, LogDirectory target) {
        synchronized (changes) {
            HostedLog current = logs.get(partition);
            HostedLog future = logs.future(partition);
            if (future != null
                    && future.directory().directory().equals(target)
                    && !future.log().isOffline()) {
                return future.log();
            }
            HostedDirectory into = directories.stream()
                    .filter(each -> each.directory().equals(target) && each.isOnline())
                    .findFirst()
                    .orElseThrow(() -> new KafkaStorageException("Log directory " + target.path() + " is offline"));
            if (current == null || current.log().topicId() == null) {
                throw new KafkaStorageException("There is no log of " + partition + " to be moved");
            }
            drop(partition);
            if (!LogNames.fits(partition, LogNames.FUTURE_DIR)) {
                throw new InvalidTopicException("The name of topic " + partition.topic()
                        + " is too long for its replicas to be moved between log directories");
            }
            String name = LogNames.markedName(partition, LogNames.FUTURE_DIR);
            PartitionLog log = factory.created(
                    partition, into.path().resolve(name), current.log().topicId());
            logs.putFuture(partition, new HostedLog(log, into));
            return log;
        }
    }

    /** Gives a move up: the future log goes. */
    public void drop(TopicPartition partition) {
        synchronized (changes) {
            HostedLog future = logs.removeFuture(partition);
            if (future != null) {
                retireQuietly(future);
            }
        }
    }

    /**
     * What {@link #promote} has done.
     *
     * @param log the partition's log from now on
     * @param retirement takes the old one out of service; to be run when nobody looks it up any more. Its files go after
     *     file.delete.delay.ms
     */
    public record Promotion(PartitionLog log, Runnable retirement) {}

    /**
     * Puts the future log in the place of the current one. The caller keeps everybody from appending, and has made sure that
     * nothing is missing.
     *
     * @throws KafkaStorageException the directory of the future log failed: the current log stays
     */
    public Promotion promote(TopicPartition partition) {
        synchronized (changes) {
            HostedLog current = logs.get(partition);
            HostedLog future = logs.future(partition);
            if (current == null || future == null) {
                throw new KafkaStorageException("There is no log of " + partition + " to be exchanged");
            }
            HostedLog next = named(future, current.log().highWatermark());
            logs.removeFuture(partition);
            logs.put(partition, next);
            return new Promotion(next.log(), () -> retireQuietly(current));
        }
    }

    /** The future log of a partition whose current one has gone, as its current log; null if there is none. */
    @Nullable
    HostedLog adopt(TopicPartition partition) {
        HostedLog future = logs.future(partition);
        if (future == null) {
            return null;
        }
        LOG.warn(
                "{} has no log but one that was on its way to {}: that one is used from now on",
                partition,
                future.directory().path());
        HostedLog next = named(future, future.log().highWatermark());
        logs.removeFuture(partition);
        logs.put(partition, next);
        return next;
    }

    /** Closes a future log and gives it the name of a current one. */
    private HostedLog named(HostedLog future, long highWatermark) {
        PartitionLog log = future.log();
        TopicPartition partition = log.partition();
        LogSlot slot = log.slot();
        if (log.isOffline()) {
            throw new KafkaStorageException("The future log of " + partition + " in " + slot.path() + " is offline");
        }
        log.close();
        LogStart closed = slot.checkpoint();
        Path path = future.directory().pathOf(partition);
        if (!slot.directory().isMade()) {
            return new HostedLog(factory.created(partition, path, log.topicId()), future.directory());
        }
        try {
            Files.move(slot.path(), path, StandardCopyOption.ATOMIC_MOVE);
            PlainFile.syncDirectory(future.directory().path());
        } catch (IOException e) {
            factory.environment()
                    .failures()
                    .onStorageFailure(future.directory().path(), "Cannot rename " + slot.path(), e);
            throw new KafkaStorageException("Cannot rename " + slot.path() + " to " + path, e);
        }
        LogStart start = new LogStart(closed.recoveryPoint(), closed.logStartOffset(), highWatermark, closed.files());
        return new HostedLog(factory.found(partition, path, start), future.directory());
    }

    private void retireQuietly(HostedLog hosted) {
        try {
            retire(hosted);
        } catch (KafkaStorageException e) {
            LOG.warn("{} stays behind in its failed directory: {}", hosted.log().directory(), e.getMessage());
        }
    }

    private void retire(HostedLog hosted) {
        LogSlot slot = hosted.log().slot();
        slot.renameDirectory(LogNames.markedName(hosted.log().partition(), LogNames.DELETE_DIR));
        Runnable removal = () -> {
            slot.discard();
            HostedDirectory.deleteQuietly(slot.path());
        };
        factory.environment()
                .delayedTasks()
                .schedule(removal, hosted.log().config().retention().fileDeleteDelayMs());
    }
}
