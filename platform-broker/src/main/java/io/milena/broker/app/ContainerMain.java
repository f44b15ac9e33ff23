package io.milena.broker.app;

import io.milena.broker.node.Formatting;
import io.milena.metadata.config.NodeConfig;
import io.milena.metadata.config.NodeConfigSources;
import io.milena.raft.storage.NodeStorage;
import io.milena.wire.WireEventLoops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node in a container, configured as the {@code apache/kafka} image is: {@code KAFKA_…} variables over the file
 * {@code /mnt/shared/config/server.properties}; a single combined node when there is neither; {@code CLUSTER_ID}. Directories that are not
 * formatted are formatted first.
 */
public final class ContainerMain {
    /** Where the image's users mount configuration. */
    private static final Path MOUNTED = Path.of("/mnt/shared/config/server.properties");

    /** The cluster id of the apache/kafka image when nobody sets one. */
    private static final String DEFAULT_CLUSTER_ID = "5L6g3nShT-eMCtK--X86sw";

    private static final String DATA = "/var/lib/kafka/data";

    /** For development: whoever starts it may say over the admin port where its mapped port is. */
    private static final Map<String, String> SINGLE_NODE = Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.quorum.voters", "1@localhost:9093"),
            Map.entry("listeners", "PLAINTEXT://:9092,CONTROLLER://:9093"),
            Map.entry("advertised.listeners", "PLAINTEXT://localhost:9092"),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("milena.spring.management.endpoint.listeners.access", "unrestricted"));

    private ContainerMain() {}

    public static void main(String[] args) {
        WireEventLoops.preload();
        NodeLogging.configure();
        try {
            NodeConfig config = NodeProperties.load(null, properties(MOUNTED, System.getenv()));
            format(config, System.getenv().getOrDefault("CLUSTER_ID", DEFAULT_CLUSTER_ID));
            NodeMain.run(config, false);
        } catch (RuntimeException refused) {
            NodeMain.refuse(refused);
        }
    }

    /** @param file read if it exists */
    static Map<String, String> properties(Path file, Map<String, String> environment) {
        Map<String, String> properties = new TreeMap<>();
        try {
            if (Files.isRegularFile(file)) {
                properties.putAll(NodeConfigSources.file(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the configuration file " + file, e);
        }
        properties.putAll(NodeConfigSources.environment(environment));
        if (properties.isEmpty()) {
            properties.putAll(SINGLE_NODE);
        }
        if (!properties.containsKey("log.dir")) {
            properties.putIfAbsent("log.dirs", DATA);
        }
        return properties;
    }

    /** Formats what is not formatted; a controller without {@code controller.quorum.voters} begins a quorum of its own. */
    private static void format(NodeConfig config, String clusterId) {
        if (NodeStorage.isUnformatted(Formatting.directories(config))) {
            Formatting.format(
                            config,
                            new Formatting.Request(clusterId, "", Map.of(), Formatting.quorum(config, true), true))
                    .messages()
                    .forEach(System.out::println);
        }
    }
}
