package io.milena.embedded;

import io.milena.broker.node.Formatting;
import io.milena.broker.node.MilenaNode;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.config.LoggerLevels;
import io.milena.metadata.config.NodeConfig;
import io.milena.raft.storage.MetaProperties;
import io.milena.raft.storage.NodeStorage;
import io.milena.wire.WireEventLoops;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in this JVM on 127.0.0.1: brokers and controllers, or nodes that are both. Any node may be killed, stopped and started again;
 * it keeps its port and its data.
 *
 * <pre>{@code
 * try (EmbeddedCluster cluster = EmbeddedCluster.builder().controllers(3).brokers(3).start()) {
 *     properties.put("bootstrap.servers", cluster.bootstrapServers());
 *     cluster.kill(2);
 *     cluster.restart(2);
 * }
 * }</pre>
 *
 * Thread-safe. Several may run side by side.
 */
public final class EmbeddedCluster implements AutoCloseable {
    private final ClusterPlan plan;
    private final String clusterId;
    private final @Nullable Path temporary;
    private final @Nullable Faults faults;
    private final Map<Integer, Map<String, String>> own = new TreeMap<>();
    private final Map<Integer, MilenaNode> running = new TreeMap<>();

    private EmbeddedCluster(ClusterPlan plan, @Nullable Path temporary, boolean faulty) {
        this.plan = plan;
        this.faults = faulty ? new Faults(this::nodes) : null;
        this.temporary = temporary;
        this.clusterId = plan.ids().stream()
                .flatMap(id -> MetaProperties.read(plan.dataOf(id)).stream())
                .map(MetaProperties::clusterId)
                .findFirst()
                .orElseGet(() -> NodeStorage.randomUuid().toString());
    }

    public static Builder builder() {
        return new Builder();
    }

    /** One controller and brokers, with Kafka's defaults for the number of replicas. */
    static EmbeddedCluster start(Path directory, int brokers, Map<String, String> properties) {
        return builder()
                .controllers(1)
                .brokers(brokers)
                .directory(directory)
                .property("default.replication.factor", "1")
                .property("min.insync.replicas", "1")
                .properties(properties)
                .start();
    }

    /** {@code host:port} of all brokers, whether they run or not, for the clients' {@code bootstrap.servers}. */
    public synchronized String bootstrapServers() {
        return plan.bootstrapServers();
    }

    /** {@code host:port} of one broker, whether it runs or not. */
    public synchronized String addressOf(int brokerId) {
        if (!plan.brokers().contains(brokerId)) {
            throw new IllegalArgumentException("There is no broker " + brokerId + ", only " + plan.brokers());
        }
        return plan.addressOf(brokerId);
    }

    /** Ids of the nodes with the broker role, from 1 on, whether they run or not. */
    public synchronized List<Integer> brokers() {
        return plan.brokers();
    }

    /** Ids of the nodes with the controller role, from 101 on where they have no other role, whether they run or not. */
    public List<Integer> controllers() {
        return plan.controllers();
    }

    public synchronized boolean isRunning(int id) {
        return running.containsKey(known(id));
    }

    /** The controller that leads the metadata quorum, as the running nodes see it; empty while there is none. */
    public synchronized OptionalInt activeController() {
        return running.entrySet().stream()
                .filter(node -> node.getValue().activeControllerCount() == 1)
                .mapToInt(Map.Entry::getKey)
                .findFirst();
    }

    /** The broker that leads a partition, as the running nodes see it; empty while there is none. */
    public synchronized OptionalInt leaderOf(String topic, int partition) {
        return running.values().stream()
                .flatMapToInt(node -> node.image().topics().partition(topic, partition).stream()
                        .mapToInt(PartitionRegistration::leader))
                .filter(leader -> leader >= 0)
                .findFirst();
    }

    /**
     * Faults of this cluster, on demand.
     *
     * @throws IllegalStateException if it was not built for them
     */
    public Faults faults() {
        Faults here = faults;
        if (here == null) {
            throw new IllegalStateException("This cluster has no faults: build it with faults()");
        }
        return here;
    }

    private synchronized List<MilenaNode> nodes() {
        return List.copyOf(running.values());
    }

    /**
     * Ends a node as {@code kill -9} ends a process: connections break without a goodbye, the controller hears nothing, no file tells of a
     * clean shutdown. Does nothing to a node that does not run.
     */
    public void kill(int id) {
        MilenaNode node = take(id);
        if (node != null) {
            node.halt();
        }
    }

    /** Stops a node in an orderly way. Does nothing to a node that does not run. */
    public void stop(int id) {
        MilenaNode node = take(id);
        if (node != null) {
            node.close();
        }
    }

    /** Starts a node that was killed or stopped, on the port and the data it had; one that runs is stopped first. */
    public void restart(int id) {
        stop(id);
        start(id);
    }

    /** Starts a broker that may be a new one. */
    MilenaNode startBroker(int id) {
        return startBroker(id, Map.of());
    }

    /**
     * The same with properties of this broker alone.
     *
     * @param properties over those of all nodes
     */
    MilenaNode startBroker(int id, Map<String, String> properties) {
        synchronized (this) {
            plan.addBroker(id);
            own.put(id, properties);
        }
        return start(id);
    }

    /** Formats a broker that is to run as a process of its own, and says with which properties. */
    synchronized Map<String, String> prepareBroker(int id) {
        plan.addBroker(id);
        format(NodeConfig.of(plan.propertiesOf(id)));
        return plan.propertiesOf(id);
    }

    /** A running node, for those who want to look inside. */
    synchronized MilenaNode node(int id) {
        MilenaNode node = running.get(known(id));
        if (node == null) {
            throw new IllegalArgumentException("Node " + id + " is not running, running are " + running.keySet());
        }
        return node;
    }

    /** Where a node keeps its data. */
    Path dataOf(int id) {
        return plan.dataOf(id);
    }

    private MilenaNode start(int id) {
        Map<String, String> properties;
        synchronized (this) {
            properties = plan.propertiesOf(known(id));
            properties.putAll(own.getOrDefault(id, Map.of()));
        }
        NodeConfig config = NodeConfig.of(properties);
        format(config);
        Faults onDemand = faults;
        MilenaNode node = onDemand == null
                ? MilenaNode.start(config)
                : MilenaNode.start(config, LoggerLevels.NONE, onDemand.at(id));
        synchronized (this) {
            running.put(id, node);
        }
        return node;
    }

    private void format(NodeConfig config) {
        Formatting.format(
                config, new Formatting.Request(clusterId, "", Map.of(), Formatting.quorum(config, false), true));
    }

    private synchronized @Nullable MilenaNode take(int id) {
        return running.remove(known(id));
    }

    private int known(int id) {
        if (!plan.ids().contains(id)) {
            throw new IllegalArgumentException("There is no node " + id + " in this cluster, only " + plan.ids());
        }
        return id;
    }

    /** A broker is not ready before the controllers have a leader, so all start at once. */
    private void startAll() {
        try {
            inParallel(plan.ids(), this::start);
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /** Each on a thread of its own; the first failure is thrown when all are through. */
    private static <T> void inParallel(Collection<T> all, Consumer<T> action) {
        ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, all.size()), EmbeddedCluster::thread);
        try {
            CompletableFuture.allOf(all.stream()
                            .map(each -> CompletableFuture.runAsync(() -> action.accept(each), threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        } finally {
            threads.shutdown();
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "milena-cluster");
        thread.setDaemon(true);
        return thread;
    }

    /** Stops all nodes in an orderly way; those with data in a temporary directory are killed, and the data deleted. */
    @Override
    public void close() {
        List<MilenaNode> nodes;
        synchronized (this) {
            nodes = List.copyOf(running.values());
            running.clear();
        }
        if (temporary == null) {
            inParallel(nodes, MilenaNode::leave);
            inParallel(nodes, MilenaNode::close);
        } else {
            inParallel(nodes, MilenaNode::halt);
            TemporaryDirectory.delete(temporary);
        }
        plan.giveBackPorts();
    }

    /** What is to be started: three brokers, each a controller too, unless said otherwise. */
    public static final class Builder {
        private final Map<String, String> properties = new LinkedHashMap<>();
        private int controllers;
        private int brokers = 3;
        private int firstPort;
        private @Nullable Path directory;
        private boolean faulty;

        private Builder() {}

        /** Controllers that are nothing else, an odd number at best; 0, the default, makes all brokers controllers too. */
        public Builder controllers(int value) {
            controllers = notNegative("controllers", value);
            return this;
        }

        public Builder brokers(int value) {
            brokers = notNegative("brokers", value);
            return this;
        }

        /** Nodes that are broker and controller both: as many brokers, and no controllers beside them. */
        public Builder combined(int value) {
            controllers = 0;
            return brokers(value);
        }

        /** The clients' port of broker 1; the other brokers have the following ones. 0, the default, takes free ones. */
        public Builder port(int value) {
            firstPort = notNegative("port", value);
            return this;
        }

        /** Keeps the data in directories below this one; a temporary directory, deleted in the end, unless said. */
        public Builder directory(Path value) {
            directory = value;
            return this;
        }

        /** Makes {@link EmbeddedCluster#faults()} possible; without, no request is looked at for them. */
        public Builder faults() {
            faulty = true;
            return this;
        }

        /** Any of Kafka's properties, for all nodes. */
        public Builder property(String name, String value) {
            properties.put(name, value);
            return this;
        }

        /** Any of Kafka's properties, for all nodes. */
        public Builder properties(Map<String, String> all) {
            properties.putAll(all);
            return this;
        }

        /**
         * Starts the cluster and returns when all nodes serve.
         *
         * @throws UncheckedIOException if a port is in use or a directory cannot be written
         */
        public EmbeddedCluster start() {
            WireEventLoops.preload();
            if (controllers + brokers == 0) {
                throw new IllegalArgumentException("A cluster needs a node: brokers and controllers are 0");
            }
            Path given = directory;
            Path temporary = given == null ? TemporaryDirectory.create() : null;
            Path data = given == null ? Objects.requireNonNull(temporary) : given;
            EmbeddedCluster cluster = new EmbeddedCluster(
                    new ClusterPlan(data, controllers, brokers, firstPort, properties), temporary, faulty);
            cluster.startAll();
            return cluster;
        }

        private static int notNegative(String what, int value) {
            if (value < 0) {
                throw new IllegalArgumentException(what + " must not be negative, but is " + value);
            }
            return value;
        }
    }
}
