package io.milena.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Makes the logs of a node.
 *
 * @param configOf the current settings of a topic's logs; called once per log, its supplier often
 */
record LogFactory(Function<String, Supplier<LogConfig>> configOf, LogEnvironment environment) {
    /** A log whose directory is there; no file is looked at yet. */
    PartitionLog found(TopicPartition partition, Path path, LogStart start) {
        Supplier<LogConfig> config = configOf.apply(partition.topic());
        return new PartitionLog(LogSlot.found(partition, path, config, environment, start));
    }

    /** A new log; its directory is made with its first record, or with {@link LogSlot#makeDirectory}. */
    PartitionLog created(TopicPartition partition, Path path, @Nullable Uuid topicId) {
        Supplier<LogConfig> config = configOf.apply(partition.topic());
        return new PartitionLog(LogSlot.created(partition, path, topicId, config, environment, 0));
    }

    /** As {@link PartitionLog#open}. */
    static PartitionLog open(
            Path partitionDir,
            TopicPartition partition,
            @Nullable Uuid topicId,
            Supplier<LogConfig> config,
            LogEnvironment environment,
            LogStart start) {
        boolean found = Files.isDirectory(partitionDir);
        LogSlot slot = found
                ? LogSlot.found(partition, partitionDir, config, environment, start)
                : LogSlot.created(partition, partitionDir, topicId, config, environment, start.logStartOffset());
        try {
            slot.directory().make();
            if (found && topicId != null) {
                slot.directory().claim(topicId);
            }
        } catch (IOException e) {
            throw slot.fail("create " + partitionDir, e);
        }
        if (found && !start.cleanShutdown()) {
            slot.log();
        }
        return new PartitionLog(slot);
    }
}
