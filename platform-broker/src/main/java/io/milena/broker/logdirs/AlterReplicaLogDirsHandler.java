package io.milena.broker.logdirs;

import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * AlterReplicaLogDirs (34, KIP-113): moves replicas between the log directories of this broker; the answer comes when the move
 * has begun. For a replica that is not here yet the directory is noted, for when it comes.
 */
public final class AlterReplicaLogDirsHandler implements ApiHandler<AlterReplicaLogDirsRequestData> {
    private final PartitionRegistry registry;
    private final ReplicaMoves moves;

    public AlterReplicaLogDirsHandler(PartitionRegistry registry, ReplicaMoves moves) {
        this.registry = registry;
        this.moves = moves;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.ALTER_REPLICA_LOG_DIRS;
    }

    @Override
    public void handle(Exchange<AlterReplicaLogDirsRequestData> exchange) {
        // As in Kafka, the last directory that is named for a partition counts.
        Map<String, Map<Integer, String>> wanted = new LinkedHashMap<>();
        for (AlterReplicaLogDir directory : exchange.request().dirs()) {
            for (AlterReplicaLogDirTopic topic : directory.topics()) {
                for (int index : topic.partitions()) {
                    wanted.computeIfAbsent(topic.name(), any -> new LinkedHashMap<>())
                            .put(index, directory.path());
                }
            }
        }
        List<AlterReplicaLogDirTopicResult> results = new ArrayList<>();
        wanted.forEach((topic, paths) -> {
            List<AlterReplicaLogDirPartitionResult> answers = new ArrayList<>();
            paths.forEach((index, path) -> answers.add(new AlterReplicaLogDirPartitionResult()
                    .setPartitionIndex(index)
                    .setErrorCode(place(topic, index, path).code())));
            results.add(new AlterReplicaLogDirTopicResult().setTopicName(topic).setPartitions(answers));
        });
        exchange.respond(new AlterReplicaLogDirsResponseData().setResults(results));
    }

    private Errors place(String topic, int index, String path) {
        TopicPartition id = new TopicPartition(topic, index);
        if (!LogDirectories.canBeMoved(id)) {
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
        LogDirectories directories = registry.directories();
        Optional<LogDirectory> wanted = configured(directories, path);
        if (wanted.isEmpty()) {
            return Errors.LOG_DIR_NOT_FOUND;
        }
        if (!directories.online().contains(wanted.get())) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        Partition partition = registry.find(topic, index);
        if (partition == null) {
            directories.prefer(id, wanted.get());
            return Errors.REPLICA_NOT_AVAILABLE;
        }
        return moves.move(partition, wanted.get());
    }

    private static Optional<LogDirectory> configured(LogDirectories directories, String path) {
        try {
            Path wanted = Path.of(path);
            return directories.all().stream()
                    .filter(dir -> dir.path().equals(wanted))
                    .findFirst();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
