package io.milena.log;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Which logs there are and where: at most one of each partition, and at most one that is to take its place, in another
 * directory (a future log, KIP-113). Any thread.
 */
final class HostedLogs {
    private final Map<TopicPartition, HostedLog> current = new ConcurrentHashMap<>();
    private final Map<TopicPartition, HostedLog> future = new ConcurrentHashMap<>();
    /** New logs that have no directory, or had none when they came. */
    private final Queue<PartitionLog> withoutDirectory = new ConcurrentLinkedQueue<>();

    @Nullable
    HostedLog get(TopicPartition partition) {
        return current.get(partition);
    }

    Collection<HostedLog> all() {
        return current.values();
    }

    /** Returns the one that was there before. */
    @Nullable
    HostedLog put(TopicPartition partition, HostedLog log) {
        noteDirectory(log);
        return current.put(partition, log);
    }

    private void noteDirectory(HostedLog log) {
        if (!log.log().slot().directory().isMade()) {
            withoutDirectory.add(log.log());
        }
    }

    /** A log that has no directory, or had none when it came; null if there is none any more. */
    @Nullable
    PartitionLog pollWithoutDirectory() {
        return withoutDirectory.poll();
    }

    /** Puts {@code next} in the place of {@code before}; false, with nothing done, if that is not there any more. */
    boolean replace(TopicPartition partition, @Nullable HostedLog before, HostedLog next) {
        noteDirectory(next);
        return before == null ? current.putIfAbsent(partition, next) == null : current.replace(partition, before, next);
    }

    @Nullable
    HostedLog remove(TopicPartition partition) {
        return current.remove(partition);
    }

    @Nullable
    HostedLog future(TopicPartition partition) {
        return future.get(partition);
    }

    Collection<HostedLog> futures() {
        return future.values();
    }

    @Nullable
    HostedLog putFuture(TopicPartition partition, HostedLog log) {
        return future.put(partition, log);
    }

    @Nullable
    HostedLog removeFuture(TopicPartition partition) {
        return future.remove(partition);
    }

    /** Logs in one directory, without future ones. */
    List<PartitionLog> in(HostedDirectory directory) {
        return in(current.values(), directory);
    }

    List<PartitionLog> futuresIn(HostedDirectory directory) {
        return in(future.values(), directory);
    }

    private static List<PartitionLog> in(Collection<HostedLog> logs, HostedDirectory directory) {
        List<PartitionLog> found = new ArrayList<>();
        for (HostedLog each : logs) {
            if (each.directory() == directory) {
                found.add(each.log());
            }
        }
        return found;
    }

    /** What the checkpoint files of each directory say, future logs included. */
    Map<HostedDirectory, Map<TopicPartition, LogStart>> checkpoints() {
        Map<HostedDirectory, Map<TopicPartition, LogStart>> offsets = new HashMap<>();
        for (Map<TopicPartition, HostedLog> logs : List.of(future, current)) {
            logs.forEach((partition, hosted) -> offsets.computeIfAbsent(hosted.directory(), d -> new HashMap<>())
                    .put(partition, hosted.log().slot().checkpoint()));
        }
        return offsets;
    }
}
