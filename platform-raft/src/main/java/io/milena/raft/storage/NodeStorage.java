package io.milena.raft.storage;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/** A node's log directories as a whole: the body of {@code kafka-storage.sh}. Blocking; stateless. */
public final class NodeStorage {
    private NodeStorage() {}

    /** A new cluster or directory id, as {@code kafka-storage.sh random-uuid} prints it. */
    public static Uuid randomUuid() {
        return Uuid.randomUuid();
    }

    /**
     * Formats the directories.
     *
     * @throws StorageException if one is formatted already and that is not to be ignored, or belongs to another cluster or node
     */
    public static FormatOptions.Outcome format(FormatOptions options) {
        throw new UnsupportedOperationException();
    }

    /** What {@code kafka-storage.sh info} prints: lines, and whether there is a problem (exit code 1). */
    public static Info info(List<Path> logDirs) {
        throw new UnsupportedOperationException();
    }

    /**
     * Checks the directories before a node starts.
     *
     * @param clusterId the cluster id that is expected, if the caller knows one
     * @return cluster id and directory ids
     * @throws StorageException if a directory is unformatted, of another cluster or node, or ids are missing or double; one line
     *     with both values and the path
     */
    public static Verified verify(List<Path> logDirs, int nodeId, Optional<String> clusterId) {
        throw new UnsupportedOperationException();
    }

    /** Whether none of the directories is formatted (they are missing, or hold no meta.properties). */
    public static boolean isUnformatted(List<Path> logDirs) {
        throw new UnsupportedOperationException();
    }

    /**
     * @param clusterId the cluster all directories belong to
     * @param directoryIds id of each directory
     */
    public record Verified(String clusterId, Map<Path, Uuid> directoryIds) {}

    /**
     * @param lines text for the operator
     * @param problems whether something is wrong
     */
    public record Info(List<String> lines, boolean problems) {}
}
