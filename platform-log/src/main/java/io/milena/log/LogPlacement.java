package io.milena.log;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which directory a partition's log is created in, and how logs leave: deleted, or set aside as strays. Any thread. */
final class LogPlacement {
    private static final Logger LOG = LoggerFactory.getLogger(LogPlacement.class);

    private final List<HostedDirectory> directories;
    private final HostedLogs logs;
    private final FutureLogs futures;
    private final LogFactory factory;
    /** Held while a partition's log is put in place or taken away. */
    private final Object changes;

    private final Map<TopicPartition, LogDirectory> preferred = new ConcurrentHashMap<>();

    /** @param changes a lock, shared with all who put logs in place */
    LogPlacement(
            List<HostedDirectory> directories,
            HostedLogs logs,
            FutureLogs futures,
            LogFactory factory,
            Object changes) {
        this.directories = directories;
        this.logs = logs;
        this.futures = futures;
        this.factory = factory;
        this.changes = changes;
    }

    /** As {@link LogDirectories#getOrCreate}. */
    PartitionLog getOrCreate(TopicPartition partition, Uuid topicId, @Nullable Uuid directoryId, boolean isNew) {
        HostedLog hosted = logs.get(partition);
        if (hosted != null && hosted.log().slot().belongsTo(topicId)) {
            return hosted.log();
        }
        synchronized (changes) {
            hosted = logs.get(partition);
            if (hosted != null && hosted.log().slot().belongsTo(topicId)) {
                return hosted.log();
            }
            if (hosted != null) {
                LOG.warn(
                        "{} belongs to topic id {}, but {} has topic id {} now: it is marked stray",
                        hosted.log().directory(),
                        hosted.log().topicId(),
                        partition,
                        topicId);
                markStray(partition);
            }
            List<LogDirectory> offline = offline();
            if (!isNew && !offline.isEmpty()) {
                throw new KafkaStorageException("The log of " + partition + " is in none of the online log directories,"
                        + " but may be in one of " + offline + ", which are offline");
            }
            HostedLog adopted = isNew ? null : futures.adopt(partition);
            if (adopted != null && adopted.log().slot().belongsTo(topicId)) {
                return adopted.log();
            }
            return create(partition, topicId, directoryId);
        }
    }

    private PartitionLog create(TopicPartition partition, Uuid topicId, @Nullable Uuid directoryId) {
        LogDirectory wish = preferred.remove(partition);
        HostedDirectory directory = placeFor(wish != null ? wish.id() : directoryId);
        PartitionLog log = factory.created(partition, directory.pathOf(partition), topicId);
        logs.put(partition, new HostedLog(log, directory));
        return log;
    }

    /** As {@link LogDirectories#prefer}. */
    void prefer(TopicPartition partition, LogDirectory directory) {
        preferred.put(partition, directory);
    }

    private HostedDirectory placeFor(@Nullable Uuid directoryId) {
        Map<HostedDirectory, Integer> counts = new HashMap<>();
        for (HostedDirectory directory : directories) {
            boolean wanted = directory.directory().id().equals(directoryId);
            if (directory.isOnline()) {
                if (wanted) {
                    return directory;
                }
                counts.put(directory, 0);
            }
        }
        if (counts.size() > 1) {
            logs.all().forEach(hosted -> counts.computeIfPresent(hosted.directory(), (d, n) -> n + 1));
        }
        return counts.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElseThrow(() -> new KafkaStorageException("No log directory is online: "
                        + directories.stream().map(HostedDirectory::directory).toList()));
    }

    /** As {@link LogDirectories#delete}. */
    void delete(TopicPartition partition) {
        futures.drop(partition);
        PartitionLog log = takeOut(partition, LogNames.DELETE_DIR);
        if (log != null) {
            Runnable removal = () -> {
                log.slot().discard();
                HostedDirectory.deleteQuietly(log.directory());
            };
            factory.environment()
                    .delayedTasks()
                    .schedule(removal, log.config().retention().fileDeleteDelayMs());
        }
    }

    /** As {@link LogDirectories#markStray}. */
    void markStray(TopicPartition partition) {
        futures.drop(partition);
        try {
            PartitionLog log = takeOut(partition, LogNames.STRAY_DIR);
            if (log != null) {
                log.slot().discard();
            }
        } catch (KafkaStorageException e) {
            LOG.warn("The stray log of {} stays where it is: {}", partition, e.getMessage());
        }
    }

    private @Nullable PartitionLog takeOut(TopicPartition partition, String suffix) {
        synchronized (changes) {
            HostedLog hosted = logs.remove(partition);
            if (hosted == null) {
                return null;
            }
            hosted.log().slot().renameDirectory(LogNames.markedName(partition, suffix));
            return hosted.log();
        }
    }

    private List<LogDirectory> offline() {
        return directories.stream()
                .filter(each -> !each.isOnline())
                .map(HostedDirectory::directory)
                .toList();
    }
}
