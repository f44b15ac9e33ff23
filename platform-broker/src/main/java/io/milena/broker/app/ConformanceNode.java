package io.milena.broker.app;

import io.milena.broker.node.Formatting;
import io.milena.broker.node.MilenaNode;
import io.milena.metadata.config.NodeConfig;
import io.milena.raft.storage.NodeStorage;
import io.milena.wire.WireEventLoops;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** {@code bin/conformance-node FILE}: formats the node's directories if they are not, as the environment says, and runs it without Spring. */
public final class ConformanceNode {
    private ConformanceNode() {}

    public static void main(String[] args) {
        WireEventLoops.preload();
        NodeLogging.configure();
        MilenaNode node;
        try {
            NodeConfig config = NodeProperties.load(Path.of(args[0]), Map.of());
            if (NodeStorage.isUnformatted(Formatting.directories(config))) {
                format(config, System.getenv());
            }
            node = MilenaNode.start(config, new LogbackLevels());
        } catch (RuntimeException refused) {
            NodeMain.refuse(refused);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop"));
        node.awaitStop();
        System.exit(node.failed() ? 1 : 0);
    }

    private static void format(NodeConfig config, Map<String, String> environment) {
        Map<String, Short> features = new HashMap<>();
        for (String entry : environment.getOrDefault("CONFORMANCE_FEATURES", "").split(",")) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                features.put(
                        entry.substring(0, equals).trim(),
                        Short.parseShort(entry.substring(equals + 1).trim()));
            }
        }
        boolean standalone = Boolean.parseBoolean(environment.get("CONFORMANCE_STANDALONE"));
        Formatting.format(
                config,
                new Formatting.Request(
                        environment.getOrDefault(
                                "CONFORMANCE_CLUSTER_ID",
                                NodeStorage.randomUuid().toString()),
                        environment.getOrDefault("CONFORMANCE_RELEASE_VERSION", ""),
                        features,
                        Formatting.quorum(config, standalone),
                        true));
    }
}
