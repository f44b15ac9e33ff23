package io.milena.testkit.chaos;

import io.milena.testkit.process.NodeProcess;
import io.milena.testkit.process.ProcessCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** All partitions' replicas on all nodes, and the copies of the metadata log: equal to the byte below the high watermark. */
final class Replicas {
    private static final String METADATA = "__cluster_metadata-0";

    private final ProcessCluster cluster;
    private final Map<String, ReplicaBytes> partitions = new TreeMap<>();

    Replicas(ProcessCluster cluster) {
        this.cluster = cluster;
    }

    /** What differs in what has come since the last comparison, or null. All replicas must be in sync. */
    @Nullable
    String compare(Map<TopicPartition, Long> highWatermarks) {
        for (Map.Entry<TopicPartition, Long> each : highWatermarks.entrySet()) {
            String difference = partitions
                    .computeIfAbsent(each.getKey().toString(), name -> new ReplicaBytes(name, directories(name)))
                    .compare(each.getValue());
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }

    /** As {@link #compare}, all from the first byte. */
    @Nullable
    String compareAll(Map<TopicPartition, Long> highWatermarks) {
        partitions.clear();
        return compare(highWatermarks);
    }

    /** What differs between the metadata logs of all nodes that have one, or null. */
    @Nullable
    String compareMetadata(long highWatermark) {
        return new ReplicaBytes(METADATA, directories(METADATA)).compare(highWatermark);
    }

    private Map<Integer, Path> directories(String partition) {
        Map<Integer, Path> directories = new TreeMap<>();
        for (NodeProcess node : cluster.nodes()) {
            Path directory = node.data().resolve(partition);
            if (Files.isDirectory(directory)) {
                directories.put(node.id(), directory);
            }
        }
        return directories;
    }

    /** Where all nodes keep their data. */
    List<Path> data() {
        return cluster.nodes().stream().map(NodeProcess::data).toList();
    }
}
