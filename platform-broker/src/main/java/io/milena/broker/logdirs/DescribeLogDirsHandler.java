package io.milena.broker.logdirs;

import io.milena.broker.partition.PartitionRegistry;
import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import io.milena.log.PartitionLog;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DescribeLogDirs (35): each log directory with its partitions, their sizes, and the room left on its volume (KIP-827). */
public final class DescribeLogDirsHandler implements ApiHandler<DescribeLogDirsRequestData> {
    private static final Logger LOG = LoggerFactory.getLogger(DescribeLogDirsHandler.class);

    private final PartitionRegistry registry;
    private final Executor executor;

    /** @param executor looks at the files: with thousands of logs that takes longer than an event loop may */
    public DescribeLogDirsHandler(PartitionRegistry registry, Executor executor) {
        this.registry = registry;
        this.executor = executor;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_LOG_DIRS;
    }

    @Override
    public void handle(Exchange<DescribeLogDirsRequestData> exchange) {
        executor.execute(() -> {
            try {
                exchange.respond(describe(exchange.request()));
            } catch (RuntimeException e) {
                exchange.fail(e);
            }
        });
    }

    private DescribeLogDirsResponseData describe(DescribeLogDirsRequestData request) {
        LogDirectories directories = registry.directories();
        Set<TopicPartition> asked = asked(request);
        Map<LogDirectory, Map<String, DescribeLogDirsTopic>> found = new HashMap<>();
        for (PartitionLog log : directories.logs()) {
            TopicPartition id = log.partition();
            if (!log.isOffline() && (asked == null || asked.contains(id))) {
                directories
                        .directoryOf(id)
                        .ifPresent(dir -> add(found.computeIfAbsent(dir, any -> new TreeMap<>()), log));
            }
        }
        for (TopicPartition id : directories.futures().partitions()) {
            if (asked == null || asked.contains(id)) {
                addFuture(directories, id, found);
            }
        }
        Set<LogDirectory> online = new HashSet<>(directories.online());
        List<DescribeLogDirsResult> results = new ArrayList<>();
        for (LogDirectory directory : directories.all()) {
            results.add(
                    online.contains(directory)
                            ? describe(directory, found.getOrDefault(directory, Map.of()))
                            : failed(directory));
        }
        return new DescribeLogDirsResponseData().setResults(results);
    }

    /** The partitions to describe; null for all. */
    private static @Nullable Set<TopicPartition> asked(DescribeLogDirsRequestData request) {
        if (request.topics() == null) {
            return null;
        }
        Set<TopicPartition> asked = new HashSet<>();
        for (DescribableLogDirTopic topic : request.topics()) {
            topic.partitions().forEach(index -> asked.add(new TopicPartition(topic.topic(), index)));
        }
        return asked;
    }

    private static void addFuture(
            LogDirectories directories, TopicPartition id, Map<LogDirectory, Map<String, DescribeLogDirsTopic>> found) {
        PartitionLog future = directories.futures().find(id).orElse(null);
        LogDirectory directory = directories.futures().directoryOf(id).orElse(null);
        PartitionLog current = directories.log(id).orElse(null);
        if (future == null || directory == null || current == null || future.isOffline() || current.isOffline()) {
            return;
        }
        found.computeIfAbsent(directory, any -> new TreeMap<>())
                .computeIfAbsent(id.topic(), name -> new DescribeLogDirsTopic().setName(name))
                .partitions()
                .add(new DescribeLogDirsPartition()
                        .setPartitionIndex(id.partition())
                        .setPartitionSize(future.sizeInBytes())
                        .setOffsetLag(Math.max(0, current.logEndOffset() - future.logEndOffset()))
                        .setIsFutureKey(true));
    }

    private static void add(Map<String, DescribeLogDirsTopic> topics, PartitionLog log) {
        TopicPartition id = log.partition();
        topics.computeIfAbsent(id.topic(), name -> new DescribeLogDirsTopic().setName(name))
                .partitions()
                .add(new DescribeLogDirsPartition()
                        .setPartitionIndex(id.partition())
                        .setPartitionSize(log.sizeInBytes())
                        .setOffsetLag(Math.max(0, log.highWatermark() - log.logEndOffset()))
                        .setIsFutureKey(false));
    }

    private static DescribeLogDirsResult describe(LogDirectory directory, Map<String, DescribeLogDirsTopic> topics) {
        try {
            FileStore volume = Files.getFileStore(directory.path());
            return new DescribeLogDirsResult()
                    .setLogDir(directory.path().toString())
                    .setTopics(new ArrayList<>(topics.values()))
                    .setTotalBytes(atMostLong(volume.getTotalSpace()))
                    .setUsableBytes(atMostLong(volume.getUsableSpace()));
        } catch (IOException e) {
            LOG.warn("Cannot look at the volume of log directory {}: {}", directory.path(), e.toString());
            return failed(directory);
        }
    }

    /** The file store says negative where a long does not suffice. */
    private static long atMostLong(long bytes) {
        return bytes < 0 ? Long.MAX_VALUE : bytes;
    }

    private static DescribeLogDirsResult failed(LogDirectory directory) {
        return new DescribeLogDirsResult()
                .setLogDir(directory.path().toString())
                .setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
    }
}
