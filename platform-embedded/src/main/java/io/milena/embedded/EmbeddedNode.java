package io.milena.embedded;

import io.milena.broker.node.Formatting;
import io.milena.broker.node.MilenaNode;
import io.milena.metadata.config.NodeConfig;
import io.milena.wire.WireEventLoops;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A combined node, broker and controller, in this JVM on 127.0.0.1. Kafka clients reach it at {@link #bootstrapServers()}.
 *
 * <pre>{@code
 * try (EmbeddedNode node = EmbeddedNode.start()) {
 *     properties.put("bootstrap.servers", node.bootstrapServers());
 * }
 * }</pre>
 *
 * Thread-safe. Several may run side by side.
 */
public final class EmbeddedNode implements AutoCloseable {
    private static final String LISTENER = "PLAINTEXT";

    private final MilenaNode node;
    private final @Nullable Path temporary;

    private EmbeddedNode(MilenaNode node, @Nullable Path temporary) {
        this.node = node;
        this.temporary = temporary;
    }

    /** A node on a free port with its data in a temporary directory, which is deleted when the node is closed. */
    public static EmbeddedNode start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** {@code host:port} for the clients' {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + node.boundPort(LISTENER);
    }

    /** The running node, for those who want to look inside. */
    MilenaNode node() {
        return node;
    }

    /** Stops the node in an orderly way; data in a temporary directory are deleted. */
    @Override
    public void close() {
        node.close();
        if (temporary != null) {
            TemporaryDirectory.delete(temporary);
        }
    }

    /** What is to be started. */
    public static final class Builder {
        private final Map<String, String> properties = new LinkedHashMap<>();
        private @Nullable Path directory;
        private int port;

        private Builder() {}

        /** Keeps the data here; formatted if empty, and found again by the next node on it. */
        public Builder directory(Path value) {
            directory = value;
            return this;
        }

        /** The clients' port; 0, the default, takes a free one. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** Any of Kafka's properties, such as {@code num.partitions}. */
        public Builder property(String name, String value) {
            properties.put(name, value);
            return this;
        }

        /**
         * Starts the node and returns when it serves.
         *
         * @throws UncheckedIOException if the port is in use or the directory cannot be written
         */
        public EmbeddedNode start() {
            WireEventLoops.preload();
            Path temporary = directory == null ? TemporaryDirectory.create() : null;
            Path data = directory == null ? java.util.Objects.requireNonNull(temporary) : directory;
            NodeConfig config = NodeConfig.of(configuration(data));
            Formatting.formatIfEmpty(config);
            return new EmbeddedNode(MilenaNode.start(config), temporary);
        }

        private Map<String, String> configuration(Path data) {
            int controllerPort = Ports.next();
            Map<String, String> all = new LinkedHashMap<>();
            all.put("process.roles", "broker,controller");
            all.put("node.id", "1");
            all.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
            all.put("listeners", LISTENER + "://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
            all.put("listener.security.protocol.map", LISTENER + ":PLAINTEXT,CONTROLLER:PLAINTEXT");
            all.put("controller.listener.names", "CONTROLLER");
            all.put("inter.broker.listener.name", LISTENER);
            all.put("log.dirs", data.toString());
            all.put("offsets.topic.replication.factor", "1");
            all.put("offsets.topic.num.partitions", "4");
            all.put("transaction.state.log.replication.factor", "1");
            all.put("transaction.state.log.min.isr", "1");
            all.put("group.initial.rebalance.delay.ms", "0");
            all.putAll(properties);
            return all;
        }
    }
}
