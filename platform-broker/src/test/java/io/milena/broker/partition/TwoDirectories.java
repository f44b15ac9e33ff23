package io.milena.broker.partition;

import io.milena.log.LogConfig;
import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import io.milena.log.LogEnvironment;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/** A registry over two log directories, without a metadata image; can be opened again. */
public final class TwoDirectories implements AutoCloseable {
    public static final Uuid ORDERS = new Uuid(9, 1);
    public final LogDirectory first;
    public final LogDirectory second;
    /** Directories of replicas that were reported. */
    public final List<Uuid> assigned = new ArrayList<>();

    private final Map<String, String> config;
    private LogDirectories directories;
    private PartitionRegistry registry;

    /** @param config of all topics */
    public TwoDirectories(Path root, Map<String, String> config) {
        this.first = new LogDirectory(root.resolve("a"), new Uuid(8, 1));
        this.second = new LogDirectory(root.resolve("b"), new Uuid(8, 2));
        this.config = config;
        open();
    }

    private void open() {
        TopicSettings settings = new TopicSettings(topic -> config, 86_400_000L);
        directories = LogDirectories.open(
                List.of(first, second),
                topic -> () -> LogConfig.of(config, 86_400_000L),
                LogEnvironment.standalone(),
                1);
        registry = new PartitionRegistry(
                1,
                directories,
                settings,
                new TopicMeters(),
                (partition, directory) -> assigned.add(directory),
                InstantSource.system());
    }

    /** Closes and opens the directories; partitions are to be hosted anew. */
    public void reopen() {
        directories.close(1);
        open();
    }

    public LogDirectories directories() {
        return directories;
    }

    public PartitionRegistry registry() {
        return registry;
    }

    /** Partition 0 of "orders" in the first directory, unless its log is elsewhere. */
    public Partition host(int leader, int epoch) {
        registry.assign(
                "orders",
                ORDERS,
                1,
                0,
                new io.milena.broker.replication.core.ReplicaAssignment(
                        leader, epoch, epoch, List.of(1, 2), List.of(leader)),
                first.id());
        Partition partition = registry.find("orders", 0);
        if (partition == null) {
            throw new AssertionError("not hosted");
        }
        return partition;
    }

    @Override
    public void close() {
        directories.close(1);
    }
}
