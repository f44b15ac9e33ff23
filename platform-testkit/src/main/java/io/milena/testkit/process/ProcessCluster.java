package io.milena.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Controllers and brokers as processes of their own on 127.0.0.1. Their configurations, data, logs, ports and process ids are in one
 * directory, from which a later program can {@link #open} the cluster again.
 *
 * <pre>{@code
 * try (ProcessCluster cluster = ProcessCluster.in(directory).controllers(3).brokers(3).cuttable().create()) {
 *     cluster.start();
 *     cluster.node(4).kill();
 *     cluster.network().cut(5);
 * }
 * }</pre>
 *
 * <p>Replication is 3 and min.insync.replicas 2 where there are brokers enough. {@code close} kills what still runs.
 */
public final class ProcessCluster implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);
    private static final String NODE = "node-";

    private final Path directory;
    private final TreeMap<Integer, NodeProcess> nodes = new TreeMap<>();
    private final @Nullable Network network;

    private ProcessCluster(Path directory, List<NodePlan> plans, boolean cuttable) {
        this.directory = directory;
        this.network = cuttable ? new Network(directory, plans) : null;
        for (NodePlan plan : plans) {
            nodes.put(plan.id(), new NodeProcess(plan, directory.resolve(NODE + plan.id()), network));
        }
    }

    /** The beginning of a description of a new cluster. */
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    /** Whether there is a cluster in the directory. */
    public static boolean existsIn(Path directory) {
        return Files.exists(directory.resolve(NODE + 1).resolve("server.properties"));
    }

    /**
     * The cluster that is in the directory, with whatever of it runs.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ProcessCluster open(Path directory) {
        if (!existsIn(directory)) {
            throw new IllegalArgumentException("There is no cluster in " + directory);
        }
        try (Stream<Path> entries = Files.list(directory)) {
            List<NodePlan> plans = new ArrayList<>();
            for (Path entry : entries.toList()) {
                Path properties = entry.resolve("server.properties");
                if (entry.getFileName().toString().startsWith(NODE) && Files.exists(properties)) {
                    plans.add(NodePlan.read(properties, Engine.named(Files.readString(entry.resolve("engine")))));
                }
            }
            plans.sort(Comparator.comparingInt(NodePlan::id));
            return new ProcessCluster(directory, plans, plans.stream().anyMatch(plan -> plan.clientPort() != 0));
        } catch (IOException e) {
            throw new UncheckedIOException("The cluster in " + directory + " cannot be read", e);
        }
    }

    /** Starts every node that does not run, and waits until all brokers serve. */
    public void start() {
        nodes.values().forEach(NodeProcess::start);
        awaitServing();
    }

    /**
     * Waits until every running broker is part of the cluster and unfenced.
     *
     * @throws IllegalStateException if a node dies meanwhile or the time is up, with the last lines of its log
     */
    public void awaitServing() {
        awaitServing(START);
    }

    /** As {@link #awaitServing()}, with another limit. */
    public void awaitServing(Duration atMost) {
        List<NodeProcess> awaited =
                nodes.values().stream().filter(NodeProcess::isRunning).toList();
        long brokers = awaited.stream().filter(node -> node.role().isBroker()).count();
        if (brokers == 0) {
            return;
        }
        long deadline = System.nanoTime() + atMost.toNanos();
        try (Admin admin = admin(2_000)) {
            while (!awaited.stream().allMatch(NodeProcess::accepts) || !allServe(admin, brokers)) {
                for (NodeProcess node : awaited) {
                    if (!node.isRunning()) {
                        throw new IllegalStateException(node + " ended while it was starting; " + node.log()
                                + " ends with\n" + node.logTail(15));
                    }
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("After " + atMost.toMillis() + " ms not all brokers serve; "
                            + directory + "/node-*/node.log may tell why");
                }
                Await.pause(20);
            }
        }
    }

    private static boolean allServe(Admin admin, long brokers) {
        try {
            return admin.describeCluster(new DescribeClusterOptions().timeoutMs(2_000))
                            .nodes()
                            .get(3, TimeUnit.SECONDS)
                            .size()
                    >= brokers;
        } catch (InterruptedException e) {
            throw Await.interrupted(e);
        } catch (Exception notYet) {
            return false;
        }
    }

    /** An admin client that finds a changed cluster quickly. The caller closes it. */
    public Admin admin(int timeoutMs) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers());
        config.put("request.timeout.ms", timeoutMs);
        // Longer, so that a call can go on to another node: else this client never leaves one that takes its connection
        // and says nothing,
        // since it waits an hour for a first answer and forgets how long it has waited with each call that it gives up
        // (KAFKA-12432).
        config.put("default.api.timeout.ms", 2 * timeoutMs);
        config.put("reconnect.backoff.ms", 20);
        config.put("reconnect.backoff.max.ms", 200);
        config.put("retry.backoff.ms", 20);
        config.put("socket.connection.setup.timeout.ms", 1_000);
        return Admin.create(config);
    }

    /** {@code host:port} of all brokers, whether they run or not. */
    public String bootstrapServers() {
        return brokers().stream().map(NodeProcess::clientAddress).collect(Collectors.joining(","));
    }

    /** {@code host:port} of all controllers, whether they run or not. */
    public String bootstrapControllers() {
        return controllers().stream()
                .map(node -> "127.0.0.1:" + node.controllerPort())
                .collect(Collectors.joining(","));
    }

    /**
     * A node by its id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public NodeProcess node(int id) {
        NodeProcess node = nodes.get(id);
        if (node == null) {
            throw new IllegalArgumentException("There is no node " + id + "; there are " + nodes.keySet());
        }
        return node;
    }

    /** All nodes by id. */
    public List<NodeProcess> nodes() {
        return List.copyOf(nodes.values());
    }

    public List<NodeProcess> brokers() {
        return having(node -> node.role().isBroker());
    }

    public List<NodeProcess> controllers() {
        return having(node -> node.role().isController());
    }

    private List<NodeProcess> having(Predicate<NodeProcess> property) {
        return nodes.values().stream().filter(property).toList();
    }

    /** The network between the nodes, of a cluster built {@link Builder#cuttable}. */
    public Network network() {
        return Objects.requireNonNull(network, "The cluster was not built with a network that can be cut");
    }

    public Path directory() {
        return directory;
    }

    /** Stops every node in an orderly way, brokers first: they hand over their partitions through the controllers. */
    public void stop(Duration atMost) {
        List<NodeProcess> brokers = brokers();
        brokers.forEach(NodeProcess::askToStop);
        brokers.forEach(node -> node.awaitStopped(atMost));
        nodes.values().forEach(NodeProcess::askToStop);
        nodes.values().forEach(node -> node.awaitStopped(atMost));
    }

    /** Kills what still runs. */
    @Override
    public void close() {
        nodes.values().forEach(NodeProcess::killAtOnce);
        nodes.values().forEach(NodeProcess::kill);
        if (network != null) {
            network.close();
        }
    }

    /** What a new cluster is to be. Controllers get the first ids, then combined nodes, then brokers, from 1 on. */
    public static final class Builder {
        private final Path directory;
        private final Map<String, String> settings = new TreeMap<>();
        private final Map<Integer, Engine> engines = new HashMap<>();
        private Engine engine = Engine.milena();
        private int controllers;
        private int combined;
        private int brokers;
        private boolean cuttable;

        private Builder(Path directory) {
            this.directory = directory;
        }

        public Builder controllers(int count) {
            controllers = count;
            return this;
        }

        public Builder combined(int count) {
            combined = count;
            return this;
        }

        public Builder brokers(int count) {
            brokers = count;
            return this;
        }

        /** What runs every node that nothing else is said of; Milena by default. */
        public Builder engine(Engine all) {
            engine = all;
            return this;
        }

        /** What runs one node. */
        public Builder engine(int id, Engine one) {
            engines.put(id, one);
            return this;
        }

        /** Properties for every node. */
        public Builder settings(Map<String, String> more) {
            settings.putAll(more);
            return this;
        }

        /** Connections go through a {@link Network}; clients too, by {@code bootstrapServers}. */
        public Builder cuttable() {
            cuttable = true;
            return this;
        }

        /**
         * Chooses ports, writes the configurations and formats the directories; nothing runs yet.
         *
         * @throws IllegalArgumentException if there could be no such cluster, or one is there already
         */
        public ProcessCluster create() {
            if (controllers + combined == 0) {
                throw new IllegalArgumentException("A cluster needs a controller or a combined node");
            }
            if (existsIn(directory)) {
                throw new IllegalArgumentException("There is a cluster in " + directory + " already");
            }
            List<NodePlan> plans = plans();
            try {
                write(plans);
                format(plans);
            } catch (IOException e) {
                throw new UncheckedIOException("No cluster can be made in " + directory, e);
            }
            return new ProcessCluster(directory, plans, cuttable);
        }

        private List<NodePlan> plans() {
            Ports ports = new Ports();
            List<NodePlan> plans = new ArrayList<>();
            for (int id = 1; id <= controllers + combined + brokers; id++) {
                Role role = id <= controllers
                        ? Role.CONTROLLER
                        : id <= controllers + combined ? Role.COMBINED : Role.BROKER;
                plans.add(new NodePlan(
                        id,
                        role,
                        engines.getOrDefault(id, engine),
                        role.isBroker() ? ports.next() : 0,
                        role.isBroker() && cuttable ? ports.next() : 0,
                        role.isController() ? ports.next() : 0));
            }
            return plans;
        }

        private void write(List<NodePlan> plans) throws IOException {
            for (NodePlan plan : plans) {
                Path node = Files.createDirectories(directory.resolve(NODE + plan.id()));
                List<String> lines = new ArrayList<>();
                plan.properties(plans, node, cuttable, settings).forEach((key, value) -> lines.add(key + "=" + value));
                Files.write(node.resolve("server.properties"), lines);
                Files.writeString(node.resolve("engine"), plan.engine().name());
            }
        }

        private void format(List<NodePlan> plans) throws IOException {
            String clusterId = Uuid.randomUuid().toString();
            Map<Path, Process> formatting = new TreeMap<>();
            for (NodePlan plan : plans) {
                Path node = directory.resolve(NODE + plan.id());
                Path log = node.resolve("format.log");
                formatting.put(
                        log,
                        plan.engine()
                                .format(clusterId, node.resolve("server.properties"))
                                .redirectOutput(log.toFile())
                                .start());
            }
            for (Map.Entry<Path, Process> each : formatting.entrySet()) {
                try {
                    if (each.getValue().waitFor() != 0) {
                        throw new IOException("Formatting failed: " + Files.readString(each.getKey()));
                    }
                } catch (InterruptedException e) {
                    throw Await.interrupted(e);
                }
            }
        }
    }
}
