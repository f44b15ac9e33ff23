package io.milena.raft.storage;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * {@code meta.properties} version 1: which cluster, node and directory a log directory belongs to (KIP-858).
 *
 * @param clusterId id of the cluster
 * @param nodeId id of the node
 * @param directoryId id of this directory, unique in the cluster; null in files from before KIP-858
 */
public record MetaProperties(
        String clusterId, int nodeId, @Nullable Uuid directoryId) {
    public static final String FILE_NAME = "meta.properties";

    /**
     * Reads the file in {@code logDir}; empty if there is none.
     *
     * @throws StorageException if it is there but not understood; the message names file and key
     */
    public static Optional<MetaProperties> read(Path logDir) {
        Path file = logDir.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
        String version = required(properties, "version", file);
        if (!version.equals("1")) {
            throw new StorageException("Version " + version + " of " + file + " is not known: only 1 is");
        }
        String nodeId = required(properties, "node.id", file);
        String directoryId = properties.getProperty("directory.id");
        try {
            return Optional.of(new MetaProperties(
                    required(properties, "cluster.id", file),
                    Integer.parseInt(nodeId),
                    directoryId == null ? null : Uuid.fromString(directoryId)));
        } catch (IllegalArgumentException malformed) {
            throw new StorageException(
                    "Bad node.id '" + nodeId + "' or directory.id '" + directoryId + "' in " + file, malformed);
        }
    }

    private static String required(Properties properties, String key, Path file) {
        String value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new StorageException("No " + key + " in " + file);
        }
        return value.trim();
    }

    /** Writes the file atomically and fsyncs it. */
    public void write(Path logDir) {
        String directory = directoryId == null ? "" : "directory.id=" + directoryId + "\n";
        AtomicFiles.write(
                logDir.resolve(FILE_NAME),
                "#\n#" + Instant.now() + "\nnode.id=" + nodeId + "\n" + directory + "version=1\ncluster.id=" + clusterId
                        + "\n");
    }
}
