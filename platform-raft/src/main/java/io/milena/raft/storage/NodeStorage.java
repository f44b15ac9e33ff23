package io.milena.raft.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** A node's log directories as a whole: the body of {@code kafka-storage.sh}. Blocking; stateless. */
public final class NodeStorage {
    private NodeStorage() {}

    /** A new cluster or directory id, as {@code kafka-storage.sh random-uuid} prints it. */
    public static Uuid randomUuid() {
        return Uuid.randomUuid();
    }

    /**
     * Formats the directories that are not formatted yet.
     *
     * @throws StorageException if one is formatted already and that is not to be ignored, or belongs to another cluster or node
     */
    public static FormatOptions.Outcome format(FormatOptions options) {
        return new Formatting(options).run();
    }

    /** As {@link #format}, if nothing is formatted yet; else empty. For embedded nodes and the demo. */
    public static Optional<FormatOptions.Outcome> formatIfEmpty(FormatOptions options) {
        return isUnformatted(options.logDirs()) ? Optional.of(format(options)) : Optional.empty();
    }

    /** Whether none of the directories is formatted (they are missing, or hold no meta.properties). */
    public static boolean isUnformatted(List<Path> logDirs) {
        return logDirs.stream().noneMatch(dir -> Files.exists(dir.resolve(MetaProperties.FILE_NAME)));
    }

    /**
     * Checks the directories before a node starts. One that is not formatted while another is (a new disk), or has no directory id
     * yet (a file from before KIP-858), gets its meta.properties now, as with Kafka. A directory that cannot be read or
     * written is told with the others' ids, since the node may go on without it.
     *
     * @param clusterId the cluster id that is expected, if the caller knows one
     * @return cluster id and directory ids
     * @throws StorageException if no directory is formatted, one is of another cluster or node, or ids are double; one line
     *     with both values and the path
     */
    public static Verified verify(List<Path> logDirs, int nodeId, Optional<String> clusterId) {
        Map<Path, String> failed = new LinkedHashMap<>();
        Map<Path, MetaProperties> found = check(logDirs, nodeId, clusterId, failed);
        if (found.isEmpty()) {
            throw new StorageException("No readable meta.properties files found in " + join(logDirs)
                    + ": format them first with 'kafka-storage.sh format -t <cluster id> -c <file>'");
        }
        String cluster = found.values().iterator().next().clusterId();
        Map<Path, Uuid> ids = new LinkedHashMap<>();
        for (Path dir : logDirs) {
            MetaProperties properties = found.get(dir);
            Uuid id = properties == null ? null : properties.directoryId();
            if (id != null) {
                ids.put(dir, id);
            } else if (!failed.containsKey(dir)) {
                identify(dir, cluster, nodeId, ids, failed);
            }
        }
        return new Verified(cluster, ids, failed);
    }

    private static void identify(Path dir, String cluster, int nodeId, Map<Path, Uuid> ids, Map<Path, String> failed) {
        Uuid id = Uuid.randomUuid();
        try {
            createDirectory(dir);
            new MetaProperties(cluster, nodeId, id).write(dir);
            ids.put(dir, id);
        } catch (StorageException | UncheckedIOException unwritable) {
            failed.put(dir, reason(unwritable));
        }
    }

    private static String reason(RuntimeException failure) {
        return failure.getMessage() + (failure.getCause() == null ? "" : ": " + failure.getCause());
    }

    /**
     * The formatted directories, all of one cluster and of this node.
     *
     * @param failed gets those that cannot be read, with the reason
     */
    static Map<Path, MetaProperties> check(
            List<Path> logDirs, int nodeId, Optional<String> clusterId, Map<Path, String> failed) {
        Map<Path, MetaProperties> found = new LinkedHashMap<>();
        Map<Uuid, Path> seen = new HashMap<>();
        String expected = clusterId.orElse(null);
        for (Path dir : logDirs) {
            MetaProperties properties = readOrFail(dir, failed);
            if (properties == null) {
                continue;
            }
            Path file = dir.resolve(MetaProperties.FILE_NAME);
            if (expected == null) {
                expected = properties.clusterId();
            } else if (!expected.equals(properties.clusterId())) {
                throw new StorageException("Invalid cluster.id in: " + file + ". Expected " + expected + ", but read "
                        + properties.clusterId());
            }
            if (properties.nodeId() != nodeId) {
                throw new StorageException("Stored node id " + properties.nodeId()
                        + " doesn't match configured node id " + nodeId + " in " + file
                        + ". If you moved your data, make sure your configured node id matches. If you intend to create"
                        + " a new node, you should remove all data in your data directories.");
            }
            checkDirectoryId(dir, properties.directoryId(), seen);
            found.put(dir, properties);
        }
        return found;
    }

    private static @Nullable MetaProperties readOrFail(Path dir, Map<Path, String> failed) {
        try {
            return MetaProperties.read(dir).orElse(null);
        } catch (UncheckedIOException unreadable) {
            failed.put(dir, reason(unreadable));
            return null;
        }
    }

    private static void checkDirectoryId(Path dir, @Nullable Uuid id, Map<Uuid, Path> seen) {
        if (id == null) {
            return;
        }
        if (Uuid.RESERVED.contains(id) || id.getMostSignificantBits() == 0 && id.getLeastSignificantBits() < 100) {
            throw new StorageException("Invalid reserved directory ID " + id + " found in " + dir);
        }
        Path before = seen.put(id, dir);
        if (before != null) {
            throw new StorageException(
                    "Duplicate directory ID " + id + " found. It was the ID of " + before + ", but also of " + dir);
        }
    }

    /** What {@code kafka-storage.sh info} prints: lines, and whether there is a problem (exit code 1). */
    public static Info info(List<Path> logDirs) {
        if (logDirs.isEmpty()) {
            return new Info(List.of("No directories specified."), false);
        }
        List<String> problems = new ArrayList<>();
        List<String> directories = new ArrayList<>();
        MetaProperties first = null;
        for (Path dir : new TreeSet<>(logDirs)) {
            if (!Files.isDirectory(dir)) {
                problems.add(dir + (Files.exists(dir) ? " is not a directory" : " does not exist"));
                continue;
            }
            directories.add(dir.toString());
            try {
                MetaProperties properties = MetaProperties.read(dir).orElse(null);
                if (properties == null) {
                    problems.add(dir + " is not formatted.");
                } else if (first == null) {
                    first = properties;
                } else if (!first.clusterId().equals(properties.clusterId())) {
                    problems.add("Mismatched cluster IDs between storage directories.");
                } else if (first.nodeId() != properties.nodeId()) {
                    problems.add("Mismatched node IDs between storage directories.");
                }
            } catch (StorageException | UncheckedIOException unreadable) {
                problems.add("Error loading " + dir.resolve(MetaProperties.FILE_NAME) + ": " + unreadable.getMessage());
            }
        }
        return new Info(lines(directories, first, problems), !problems.isEmpty());
    }

    private static List<String> lines(List<String> directories, @Nullable MetaProperties first, List<String> problems) {
        List<String> lines = new ArrayList<>();
        section(lines, directories, "Found log directory:", "Found log directories:");
        if (first != null) {
            lines.add("Found metadata: {cluster.id=" + first.clusterId()
                    + (first.directoryId() == null ? "" : ", directory.id=" + first.directoryId()) + ", node.id="
                    + first.nodeId() + ", version=1}");
            lines.add("");
        }
        section(lines, problems, "Found problem:", "Found problems:");
        return lines;
    }

    private static void section(List<String> lines, List<String> items, String one, String many) {
        if (items.isEmpty()) {
            return;
        }
        lines.add(items.size() == 1 ? one : many);
        items.forEach(item -> lines.add("  " + item));
        lines.add("");
    }

    static void createDirectory(Path dir) {
        try {
            Files.createDirectories(dir);
        } catch (IOException e) {
            throw new StorageException("Cannot create log directory " + dir + ": " + e.getMessage(), e);
        }
    }

    private static String join(List<Path> dirs) {
        return String.join(", ", dirs.stream().map(Path::toString).toList());
    }

    /**
     * @param clusterId the cluster all directories belong to
     * @param directoryIds id of each directory that can be used
     * @param failed the others, with the reason
     */
    public record Verified(String clusterId, Map<Path, Uuid> directoryIds, Map<Path, String> failed) {}

    /**
     * @param lines text for the operator
     * @param problems whether something is wrong
     */
    public record Info(List<String> lines, boolean problems) {}
}
