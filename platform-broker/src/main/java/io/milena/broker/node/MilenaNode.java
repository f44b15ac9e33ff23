package io.milena.broker.node;

import io.milena.controller.Controller;
import io.milena.controller.node.MetadataQuorum;
import io.milena.controller.node.QuorumIdentity;
import io.milena.log.DirectoryLock;
import io.milena.log.LogDirectory;
import io.milena.metadata.Endpoint;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.PublisherFailure;
import io.milena.metadata.config.LoggerLevels;
import io.milena.metadata.config.NodeConfig;
import io.milena.raft.WireTransport;
import io.milena.raft.core.HostPort;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.storage.NodeStorage;
import io.milena.raft.storage.StorageException;
import io.milena.wire.ApiHandler;
import io.milena.wire.EnvelopeHandler;
import io.milena.wire.HandlerRegistry;
import io.milena.wire.ListenerProbe;
import io.milena.wire.WireEventLoops;
import io.milena.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.utils.SecurityUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node of a cluster, with the role of broker, controller, or both (KRaft, KIP-500), without Spring. The one place where the broker
 * meets the controller; in a combined node both share the quorum and the event loops, and still speak over the controller
 * listener as two processes would. Thread-safe once started.
 */
public final class MilenaNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MilenaNode.class);

    private static final int PROBE_TIMEOUT_MS = 2_000;

    private final NodeConfig config;
    private final NodeClients clients;
    private final LoggerLevels loggers;
    private final HandlerDecorator decorator;
    private final NodeStorage.Verified storage;
    private final RequestMeters requests = new RequestMeters();
    private final WireEventLoops loops;
    private final WireTransport transport;
    private final MetadataQuorum quorum;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicBoolean left = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
    private final @Nullable DirectoryLock metadataLock;
    private volatile @Nullable WireServer controllerServer;
    private volatile @Nullable BrokerRole broker;

    private MilenaNode(NodeConfig config, LoggerLevels loggers, HandlerDecorator decorator) {
        SecurityUtils.addConfiguredSecurityProviders(config.given());
        this.config = config;
        this.clients = new NodeClients(config);
        this.loggers = loggers;
        this.decorator = decorator;
        this.storage = NodeStorage.verify(Formatting.directories(config), config.nodeId(), Optional.empty());
        this.metadataLock = lockMetadata(config);
        this.loops = WireEventLoops.create(networkThreads(config), config.longOf("queued.max.request.bytes"));
        this.transport = new WireTransport(loops, clients.toControllers());
        this.quorum = MetadataQuorum.open(
                config, identity(), transport, new ListenerProbe(loops, PROBE_TIMEOUT_MS), this::onFatalFault);
    }

    /**
     * Starts a node on formatted directories; returns when it serves.
     *
     * @throws io.milena.raft.storage.StorageException if the directories are not formatted for this node
     * @throws IllegalStateException if the controller refuses this broker or cannot be found
     * @throws java.io.UncheckedIOException if a listener cannot be bound
     */
    public static MilenaNode start(NodeConfig config) {
        return start(config, LoggerLevels.NONE);
    }

    /**
     * The same for a process whose log levels may be told and changed through the admin API.
     *
     * @param loggers the process's loggers
     */
    public static MilenaNode start(NodeConfig config, LoggerLevels loggers) {
        return start(config, loggers, HandlerDecorator.NONE);
    }

    /**
     * The same with something before the handlers of the clients' listeners.
     *
     * @param decorator asked for each handler of the broker role, while it starts
     */
    public static MilenaNode start(NodeConfig config, LoggerLevels loggers, HandlerDecorator decorator) {
        MilenaNode node = create(config, loggers, decorator);
        node.serve();
        return node;
    }

    /**
     * A node that does not serve yet and may be closed at any time, also while another thread is in {@link #serve()}. Its metadata
     * log is read by now.
     */
    public static MilenaNode create(NodeConfig config, LoggerLevels loggers, HandlerDecorator decorator) {
        return new MilenaNode(config, loggers, decorator);
    }

    /**
     * Starts the roles; returns when they serve. That takes until a controller is found, and as long as a recovery. Once.
     *
     * @throws RuntimeException if the node cannot start, or is closed meanwhile; it is closed then
     */
    public void serve() {
        long startNs = System.nanoTime();
        try {
            startRoles();
        } catch (RuntimeException | Error failed) {
            close();
            throw failed;
        }
        LOG.info(
                "Node {} of cluster {} started as {} in {} ms",
                config.nodeId(),
                clusterId(),
                config.roles(),
                (System.nanoTime() - startNs) / 1_000_000);
    }

    /** The broker role locks log.dirs; where the metadata log is not in one of those, nobody else would keep a second process out. */
    private static @Nullable DirectoryLock lockMetadata(NodeConfig config) {
        if (config.isBroker() && config.logDirs().contains(config.metadataLogDir())) {
            return null;
        }
        try {
            return DirectoryLock.acquire(config.metadataLogDir());
        } catch (IOException e) {
            throw new StorageException("Cannot lock the metadata log's directory " + config.metadataLogDir(), e);
        }
    }

    private void startRoles() {
        if (config.isController()) {
            WireServer server =
                    NodeListeners.server(config, config.controllerListeners(), controllerApis(), loops, requests);
            controllerServer = server;
            checkNotClosed();
            server.start();
            quorum.start(boundEndpoints(server));
            LOG.warn(
                    "No authorizer: whoever reaches the listeners {} of this node may elect its leader and change everything in the"
                            + " cluster. Let only the cluster's own nodes reach them",
                    config.controllerListenerNames());
        } else {
            quorum.start();
        }
        if (config.isBroker()) {
            BrokerRole role = new BrokerRole(config, access(), clusterId(), storage, requests, loggers, decorator);
            broker = role;
            if (left.get()) {
                role.close();
            }
            checkNotClosed();
            role.start();
        }
    }

    private QuorumAccess access() {
        return new NodeQuorumAccess(quorum, clients, loops, this::onFatalFault);
    }

    private void checkNotClosed() {
        if (closing.get()) {
            throw new IllegalStateException("Node " + config.nodeId() + " is stopped while it starts");
        }
    }

    /** The controller listeners with the ports that the system chose; empty if the configuration leaves none open (0). */
    private Map<String, HostPort> boundEndpoints(WireServer server) {
        Map<String, HostPort> bound = new HashMap<>();
        boolean open = false;
        for (Endpoint endpoint : config.advertisedListeners()) {
            if (config.controllerListenerNames().contains(endpoint.listener())) {
                open |= endpoint.port() == 0;
                int port = endpoint.port() == 0 ? server.boundPort(endpoint.listener()) : endpoint.port();
                bound.put(endpoint.listener(), new HostPort(endpoint.host(), port));
            }
        }
        return open ? bound : Map.of();
    }

    private HandlerRegistry controllerApis() {
        List<ApiHandler<?>> handlers = quorum.handlers();
        // Kafka's controllers tell unreleased feature levels together with unreleased API versions.
        ImageFeatures features = new ImageFeatures(
                quorum.metadata()::image,
                quorum.raft()::kraftVersion,
                config.booleanOf("unstable.api.versions.enable"));
        HandlerRegistry forwarded =
                HandlerRegistry.builder().features(features).addAll(handlers).build();
        return HandlerRegistry.builder()
                .listenerType(ListenerType.CONTROLLER)
                .features(features)
                .addAll(handlers)
                .add(new EnvelopeHandler(forwarded))
                .build();
    }

    private QuorumIdentity identity() {
        Uuid directoryId = storage.directoryIds().get(config.metadataLogDir());
        if (directoryId == null) {
            throw new StorageException("The metadata log's directory " + config.metadataLogDir() + " cannot be used ("
                    + storage.failed().get(config.metadataLogDir()) + "): mend it and start again");
        }
        return new QuorumIdentity(storage.clusterId(), directoryId);
    }

    /** Two threads keep both cores of a small machine busy; more than num.network.threads are never made. */
    private static int networkThreads(NodeConfig config) {
        int cores = Runtime.getRuntime().availableProcessors();
        return Math.max(1, Math.min(config.intOf("num.network.threads"), cores));
    }

    private void onFatalFault(Throwable cause) {
        if (fault.compareAndSet(null, cause)) {
            LOG.error("This node stops: {}", String.valueOf(cause.getMessage()), cause);
            Thread stop = new Thread(this::close, "fatal-stop");
            stop.start();
        }
    }

    public NodeConfig config() {
        return config;
    }

    public String clusterId() {
        return storage.clusterId();
    }

    /** The broker, if this node has the role. */
    public Optional<BrokerView> broker() {
        return Optional.ofNullable(broker).map(BrokerView::new);
    }

    /** The port that a listener is bound to. */
    public int boundPort(String listener) {
        WireServer controllers = controllerServer;
        BrokerRole role = broker;
        if (role != null && !config.controllerListenerNames().contains(listener)) {
            return role.server().boundPort(listener);
        }
        if (controllers == null) {
            throw new IllegalArgumentException("This node has no listener " + listener);
        }
        return controllers.boundPort(listener);
    }

    public List<Path> logDirs() {
        return config.logDirs();
    }

    /** Log directories that failed since the start. */
    public List<Path> offlineLogDirs() {
        BrokerRole role = broker;
        if (role == null) {
            return List.of();
        }
        List<LogDirectory> online = role.directories().online();
        return role.directories().all().stream()
                .filter(directory -> !online.contains(directory))
                .map(LogDirectory::path)
                .toList();
    }

    /** The newest metadata image. */
    public MetadataImage image() {
        return quorum.metadata().image();
    }

    public LeaderAndEpoch leaderAndEpoch() {
        return quorum.raft().leaderAndEpoch();
    }

    /** First offset of the metadata log not known to be committed. */
    public long metadataHighWatermark() {
        return quorum.raft().highWatermark();
    }

    /** Committed records of the metadata log that the image does not have yet. */
    public long metadataLag() {
        return Math.max(0, metadataHighWatermark() - 1 - quorum.metadata().lastAppliedOffset());
    }

    /** The parts of this node that cannot act on the metadata at present, and are called again. */
    public List<PublisherFailure> metadataFailures() {
        return quorum.metadata().failures();
    }

    /** 1 if the controller of this node is the active one, else 0. */
    public int activeControllerCount() {
        return quorum.controller().map(Controller::isActive).orElse(false) ? 1 : 0;
    }

    /** What DescribeQuorum would answer; fails on others than the leader. */
    public CompletableFuture<DescribeQuorumResponseData.PartitionData> describeQuorum() {
        return quorum.raft().describe();
    }

    public RequestMeters requests() {
        return requests;
    }

    /** Whether a broken invariant stopped this node. */
    public boolean failed() {
        return fault.get() != null;
    }

    /** Returns when the node has stopped. */
    public void awaitStop() {
        try {
            stopped.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Orderly stop: the broker leaves the cluster and flushes, then the controller and the quorum. Once; later calls wait. */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            leave();
            quorum.raft().handOver();
            closeQuietly("controller listener", controllerServer);
            closeQuietly("metadata quorum", quorum);
            closeQuietly("connections", transport);
            closeQuietly("event loops", loops);
            ended("stopped");
        }
        awaitStop();
    }

    /** The first half of {@link #close()}, for who stops a whole cluster: every broker can leave while there is a quorum to tell it to. */
    public void leave() {
        if (left.compareAndSet(false, true)) {
            closeQuietly("broker", broker);
        }
    }

    /**
     * Ends as a killed process does: all sockets are closed first, so that nobody hears a goodbye, and no file tells of a clean
     * shutdown. Files and locks are free afterwards: another node may start on the same directories and ports. Once; later calls wait.
     */
    public void halt() {
        if (closing.compareAndSet(false, true)) {
            BrokerRole role = broker;
            closeQuietly("event loops", loops::halt);
            closeQuietly("metadata quorum", quorum::halt);
            closeQuietly("broker", role == null ? null : role::halt);
            closeQuietly("connections", transport);
            ended("was halted");
        }
        awaitStop();
    }

    private void ended(String how) {
        closeQuietly("lock of the metadata log's directory", metadataLock);
        LOG.info("Node {} {}", config.nodeId(), how);
        stopped.countDown();
    }

    private static void closeQuietly(String what, @Nullable AutoCloseable part) {
        if (part == null) {
            return;
        }
        try {
            part.close();
        } catch (Exception failed) {
            LOG.error("Closing the {} failed; going on with the rest", what, failed);
        }
    }
}
