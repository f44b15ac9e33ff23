package io.milena.raft.storage;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * {@code meta.properties} version 1: which cluster, node and directory a log directory belongs to (KIP-858).
 *
 * @param clusterId id of the cluster
 * @param nodeId id of the node
 * @param directoryId id of this directory, unique in the cluster
 */
public record MetaProperties(String clusterId, int nodeId, Uuid directoryId) {
    public static final String FILE_NAME = "meta.properties";

    /**
     * Reads the file in {@code logDir}; empty if there is none.
     *
     * @throws StorageException if it is there but not understood; the message names file and key
     */
    public static Optional<MetaProperties> read(Path logDir) {
        throw new UnsupportedOperationException();
    }

    /** Writes the file atomically and fsyncs it. */
    public void write(Path logDir) {
        throw new UnsupportedOperationException();
    }
}
