package io.milena.broker.node;

import io.milena.broker.control.BrokerLifecycle;
import io.milena.broker.control.ImageView;
import io.milena.broker.control.TopicCreator;
import io.milena.broker.dataplane.DataPlane;
import io.milena.broker.dataplane.DataPlaneConfig;
import io.milena.broker.fetch.ReplicaSelectors;
import io.milena.broker.partition.CoordinatorPartitions;
import io.milena.broker.partition.DataPlaneThreads;
import io.milena.broker.partition.FirstImage;
import io.milena.broker.partition.ImageFollower;
import io.milena.broker.partition.PartitionTasks;
import io.milena.broker.partition.TopicSettings;
import io.milena.broker.throttle.ReplicationThrottle;
import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.consumer.TopicPatterns;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.runtime.CoordinatorTime;
import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import io.milena.log.LogEnvironment;
import io.milena.metadata.BrokerRegistration;
import io.milena.metadata.MetadataLoader;
import io.milena.metadata.config.BrokerConfigs;
import io.milena.metadata.config.LoggerLevels;
import io.milena.metadata.config.NodeConfig;
import io.milena.metadata.config.TopicConfigs;
import io.milena.raft.storage.NodeStorage;
import io.milena.wire.RequestObserver;
import io.milena.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker role of a node: log directories, data plane, group coordinator, the client listeners, and the broker's relation to
 * the controller. {@link #start()} returns when the broker serves; {@link #close()} leaves in an orderly way.
 */
final class BrokerRole implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerRole.class);
    private static final long CONTROLLED_SHUTDOWN_MS = 5_000;
    private static final long WAITING_IS_LOGGED_MS = 10_000;
    private static final InstantSource CLOCK = InstantSource.system();

    private final NodeConfig config;
    private final QuorumAccess quorum;
    private final MetadataLoader metadata;
    private final Uuid incarnationId = Uuid.randomUuid();
    private final ScheduledThreadPoolExecutor lifecycleThread = Schedulers.one("broker-lifecycle");
    /** What is short and urgent; nothing that waits for a disk. */
    private final ScheduledThreadPoolExecutor timerThread = Schedulers.one("broker-timers");

    private final ScheduledThreadPoolExecutor diskThreads;
    private final ControllerChannels channels;
    private final TopicSettings settings;
    private final LogDirectories directories;
    private final DataPlane dataPlane;
    private final ImageFollower partitions;
    private final ReplicationRole replication;
    private final GroupCoordinator groups;
    private final TopicCreator topics;
    private final WireServer server;
    private final BrokerLifecycle lifecycle;
    private final LogDirectoryWatch directoryWatch;
    private final CleanerThread cleaner;
    private volatile boolean watching;
    private boolean closed;

    /**
     * Enters the log directories, whose logs are recovered in {@link #start()}, and binds the listeners; nothing is served yet.
     *
     * @param quorum this process's share of the metadata quorum
     * @param storage the ids of the log directories, and which of them cannot be used
     */
    BrokerRole(
            NodeConfig config,
            QuorumAccess quorum,
            String clusterId,
            NodeStorage.Verified storage,
            RequestObserver observer,
            LoggerLevels loggers,
            HandlerDecorator decorator) {
        this.config = config;
        this.quorum = quorum;
        this.metadata = quorum.metadata();
        ImageView view = new ImageView(metadata::image, TopicPatterns.withThread());
        this.channels = ControllerChannels.to(quorum, lifecycleThread);
        this.settings = new TopicSettings(
                new EffectiveTopicConfigs(new TopicConfigs(config), metadata::image),
                config.longOf("producer.id.expiration.ms"));
        this.diskThreads = Schedulers.pool("broker-disk", config.intOf("background.threads"));
        this.directories = enterDirectories(storage);
        this.cleaner = new CleanerThread(config, directories.cleaner());
        DirectoryReports reports =
                new DirectoryReports(channels.alterations(), lifecycleThread, config.nodeId(), this::brokerEpoch);
        ReplicationThrottle throttle = throttle();
        this.dataPlane = dataPlane(view, reports, throttle);
        this.replication = new ReplicationRole(
                config,
                quorum,
                channels.alterations(),
                dataPlane.registry(),
                throttle,
                this::brokerEpoch,
                lifecycleThread);
        this.groups = groups(view);
        this.topics = new TopicCreator(channels.requests(), metadata::image, new NewTopics(config)::template);
        BrokerApis apis = new BrokerApis(
                config,
                clusterId,
                metadata::image,
                quorum::kraftVersion,
                channels.requests(),
                topics,
                view,
                loggers,
                decorator);
        this.server = apis.server(quorum.eventLoops(), observer, dataPlane, groups);
        server.bind();
        this.partitions = new ImageFollower(dataPlane.registry(), incarnationId);
        this.lifecycle = lifecycle(clusterId);
        this.directoryWatch = new LogDirectoryWatch(
                directories,
                dataPlane.registry(),
                lifecycle,
                reports,
                config.metadataLogDir(),
                config.longOf("log.dir.failure.timeout.ms"),
                quorum::onFatalFault);
    }

    private LogDirectories enterDirectories(NodeStorage.Verified storage) {
        return LogDirectories.enter(
                config.logDirs().stream().map(path -> directory(path, storage)).toList(),
                settings::logConfigOf,
                new LogEnvironment(CLOCK, this::onStorageFailure, this::later),
                config.intOf("num.recovery.threads.per.data.dir"));
    }

    private static LogDirectory directory(Path path, NodeStorage.Verified storage) {
        Uuid id = storage.directoryIds().get(path);
        if (id != null) {
            return new LogDirectory(path, id);
        }
        LOG.error("Log directory {} cannot be used: {}", path, storage.failed().get(path));
        return LogDirectory.unidentified(path);
    }

    private ReplicationThrottle throttle() {
        return new ReplicationThrottle(
                config.intOf("replication.quota.window.num"),
                config.intOf("replication.quota.window.size.seconds"),
                CLOCK);
    }

    private DataPlane dataPlane(ImageView view, DirectoryReports reports, ReplicationThrottle throttle) {
        DataPlane plane = new DataPlane(
                dataPlaneConfig(),
                settings,
                directories,
                view,
                new ControllerProducerIds(channels.requests(), config.nodeId(), this::brokerEpoch),
                reports,
                CLOCK,
                new DataPlaneThreads(timerThread, diskThreads),
                throttle,
                ReplicaSelectors.of(config.text("replica.selector.class").orElse(""), config.given())
                        .orElse(null));
        BrokerConfigs live = new BrokerConfigs(config);
        plane.moves()
                .limitBy(() -> live.longValue(
                        "replica.alter.log.dirs.io.max.bytes.per.second",
                        metadata.image().configs()));
        return plane;
    }

    private GroupCoordinator groups(ImageView view) {
        GroupConfig groupConfig = GroupConfig.from(config.given());
        return new GroupCoordinator(
                groupConfig,
                ConsumerConfig.from(config.given())
                        .with(new GroupTimings(config, () -> metadata.image().configs())),
                view,
                new CoordinatorPartitions(dataPlane.registry()),
                view,
                CoordinatorTime.SYSTEM);
    }

    private BrokerLifecycle lifecycle(String clusterId) {
        return new BrokerLifecycle(
                new BrokerLifecycle.Config(
                        config.nodeId(),
                        config.intOf("broker.heartbeat.interval.ms"),
                        config.intOf("broker.session.timeout.ms"),
                        config.intOf("initial.broker.registration.timeout.ms"),
                        config.booleanOf("controlled.shutdown.enable")),
                channels.heartbeats(),
                lifecycleThread,
                Registration.request(config, clusterId, incarnationId, directories, server::boundPort),
                partitions::followedOffset,
                epoch -> {});
    }

    private DataPlaneConfig dataPlaneConfig() {
        return new DataPlaneConfig(
                config.nodeId(),
                config.intOf("fetch.max.bytes"),
                config.intOf("max.incremental.fetch.session.cache.slots"),
                config.text("num.replica.alter.log.dirs.threads")
                        .map(Integer::parseInt)
                        .orElse(0),
                new PartitionTasks.Intervals(
                        config.longOf("log.retention.check.interval.ms"),
                        config.longOf("log.flush.scheduler.interval.ms"),
                        config.intOf("log.flush.offset.checkpoint.interval.ms"),
                        config.longOf("replica.high.watermark.checkpoint.interval.ms")));
    }

    /**
     * Registers, recovers the logs once the metadata are known, follows the metadata, and lets clients in when the controller has
     * unfenced this broker. While it recovers it is registered and fenced, and heartbeats.
     *
     * @throws IllegalStateException if the controller refuses for good, does not register this broker in time, or the broker is
     *     closed meanwhile
     */
    void start() {
        channels.heartbeats().onLost(lifecycle::onControllerLost);
        quorum.onControllerChange(this::onControllerChange);
        FirstImage first = new FirstImage(config.nodeId(), incarnationId);
        metadata.addPublisher("start", first);
        lifecycle.start();
        await("the metadata that hold this broker", CompletableFuture.anyOf(first.known(), lifecycle.unfenced()));
        metadata.removePublisher(first);
        directories.recover();
        follow();
        await("the controller to let this broker serve", lifecycle.unfenced());
        server.accept();
        LOG.info("Broker {} serves on {}", config.nodeId(), config.listeners());
    }

    private synchronized void follow() {
        if (closed) {
            throw new IllegalStateException("Broker " + config.nodeId() + " is stopped while it starts");
        }
        dataPlane.registry().addListener(new GroupGlue(groups));
        new MetadataFollowers(config.nodeId(), partitions, lifecycle, topics, replication, groups)
                .follow(metadata, timerThread);
        dataPlane.start();
        cleaner.start();
        watching = true;
        directoryWatch.start();
    }

    private void onControllerChange() {
        try {
            lifecycleThread.execute(() -> {
                channels.onControllerChanged();
                lifecycle.onControllerLost();
            });
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The controller changed while this broker stops");
        }
    }

    /** For as long as it takes, as Apache Kafka waits: the end is set by what is awaited. */
    private void await(String what, CompletableFuture<?> done) {
        try {
            while (!isDone(done)) {
                LOG.info("Broker {} waits for {}", config.nodeId(), what);
            }
        } catch (ExecutionException refused) {
            throw new IllegalStateException(reason(refused), refused);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while starting", interrupted);
        }
    }

    private String reason(ExecutionException refused) {
        Throwable cause = refused.getCause();
        if (cause instanceof TimeoutException) {
            return cause.getMessage() + ": is a controller running at " + config.quorumVoters() + "?";
        }
        return cause == null ? refused.toString() : String.valueOf(cause.getMessage());
    }

    private static boolean isDone(CompletableFuture<?> done) throws ExecutionException, InterruptedException {
        try {
            done.get(WAITING_IS_LOGGED_MS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException notYet) {
            return false;
        }
    }

    private long brokerEpoch() {
        return lifecycle.brokerEpoch();
    }

    private void later(Runnable task, long delayMs) {
        diskThreads.schedule(task, delayMs, TimeUnit.MILLISECONDS);
    }

    private void onStorageFailure(Path directory, String what, IOException cause) {
        // Those that fail before are reported when the watch starts.
        if (watching) {
            directoryWatch.onFailure(directory);
        }
    }

    WireServer server() {
        return server;
    }

    DataPlane dataPlane() {
        return dataPlane;
    }

    GroupCoordinator groups() {
        return groups;
    }

    BrokerLifecycle lifecycle() {
        return lifecycle;
    }

    /** This broker as the metadata know it. */
    Optional<BrokerRegistration> registered() {
        return metadata.image().cluster().broker(config.nodeId());
    }

    LogDirectories directories() {
        return directories;
    }

    /** Controlled shutdown, also of a broker that starts: leaves the cluster, closes the listeners, then the groups and the logs, which are flushed. */
    @Override
    public void close() {
        try {
            lifecycle.leave().get(CONTROLLED_SHUTDOWN_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException notGranted) {
            LOG.warn(
                    "The controller did not grant the shutdown within {} ms; leaving all the same",
                    CONTROLLED_SHUTDOWN_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        end(server::close, () -> dataPlane.close(lifecycle.brokerEpoch()));
    }

    /** As a killed process would: the event loops have ended before, the logs stay as they are. */
    void halt() {
        end(() -> {}, dataPlane::halt);
    }

    private void end(Runnable listeners, Runnable logs) {
        synchronized (this) {
            closed = true;
        }
        lifecycle.abandon();
        directoryWatch.close();
        cleaner.close();
        listeners.run();
        groups.close();
        replication.close();
        channels.close();
        lifecycleThread.shutdownNow();
        logs.run();
        timerThread.shutdownNow();
        diskThreads.shutdownNow();
    }
}
