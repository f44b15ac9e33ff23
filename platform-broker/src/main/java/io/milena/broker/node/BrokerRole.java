package io.milena.broker.node;

import io.milena.broker.control.BrokerLifecycle;
import io.milena.broker.control.ControllerChannel;
import io.milena.broker.control.ImageView;
import io.milena.broker.control.TopicCreator;
import io.milena.broker.dataplane.DataPlane;
import io.milena.broker.dataplane.DataPlaneConfig;
import io.milena.broker.fetch.ReplicaSelectors;
import io.milena.broker.partition.CoordinatorPartitions;
import io.milena.broker.partition.DataPlaneThreads;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker role of a node: log directories, data plane, group coordinator, the client listeners, and the broker's relation to
 * the controller. {@link #start()} returns when the broker serves; {@link #close()} leaves in an orderly way.
 */
final class BrokerRole implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerRole.class);
    private static final long CONTROLLED_SHUTDOWN_MS = 5_000;
    private static final long CLEANER_STOP_MS = 2_000;

    private final NodeConfig config;
    private final QuorumAccess quorum;
    private final MetadataLoader metadata;
    private final Uuid incarnationId = Uuid.randomUuid();
    private final ScheduledThreadPoolExecutor lifecycleThread = scheduler("broker-lifecycle");
    /** What is short and urgent; nothing that waits for a disk. */
    private final ScheduledThreadPoolExecutor timerThread = scheduler("broker-timers");

    private final ScheduledThreadPoolExecutor diskThreads;
    private final ScheduledThreadPoolExecutor cleanerThread = scheduler("log-cleaner");
    /** Requests of a connection wait for each other, so what must not wait for clients' requests has a channel of its own. */
    private final ControllerChannel controllers;

    private final ControllerChannel heartbeats;
    private final ControllerChannel alterations;
    private final LogDirectories directories;
    private final DataPlane dataPlane;
    private final ImageFollower partitions;
    private final ReplicationRole replication;
    private final GroupCoordinator groups;
    private final TopicCreator topics;
    private final WireServer server;
    private final BrokerLifecycle lifecycle;
    private final LogDirectoryWatch directoryWatch;
    private volatile boolean watching;

    /**
     * Opens the log directories, recovering them if need be, and binds the listeners; nothing is served yet.
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
        this.controllers = new ControllerChannel(quorum::activeController, quorum::dial, lifecycleThread);
        this.heartbeats = new ControllerChannel(quorum::activeController, quorum::dial, lifecycleThread);
        this.alterations = new ControllerChannel(quorum::activeController, quorum::dial, lifecycleThread);
        TopicSettings settings = new TopicSettings(
                new EffectiveTopicConfigs(new TopicConfigs(config), metadata::image),
                config.longOf("producer.id.expiration.ms"));
        InstantSource clock = InstantSource.system();
        this.diskThreads = scheduler("broker-disk", config.intOf("background.threads"));
        this.directories = LogDirectories.open(
                config.logDirs().stream().map(path -> directory(path, storage)).toList(),
                settings::logConfigOf,
                new LogEnvironment(clock, this::onStorageFailure, this::later),
                config.intOf("num.recovery.threads.per.data.dir"));
        DirectoryReports reports =
                new DirectoryReports(alterations, lifecycleThread, config.nodeId(), this::brokerEpoch);
        ReplicationThrottle throttle = new ReplicationThrottle(
                config.intOf("replication.quota.window.num"),
                config.intOf("replication.quota.window.size.seconds"),
                clock);
        this.dataPlane = new DataPlane(
                dataPlaneConfig(),
                settings,
                directories,
                view,
                new ControllerProducerIds(controllers, config.nodeId(), this::brokerEpoch),
                reports,
                clock,
                new DataPlaneThreads(timerThread, diskThreads),
                throttle,
                ReplicaSelectors.of(config.text("replica.selector.class").orElse(""), config.given())
                        .orElse(null));
        BrokerConfigs live = new BrokerConfigs(config);
        dataPlane
                .moves()
                .limitBy(() -> live.longValue(
                        "replica.alter.log.dirs.io.max.bytes.per.second",
                        metadata.image().configs()));
        this.replication = new ReplicationRole(
                config, quorum, alterations, dataPlane.registry(), throttle, this::brokerEpoch, lifecycleThread);
        GroupConfig groupConfig = GroupConfig.from(config.given());
        this.groups = new GroupCoordinator(
                groupConfig,
                ConsumerConfig.from(config.given())
                        .with(new GroupTimings(config, () -> metadata.image().configs())),
                view,
                new CoordinatorPartitions(dataPlane.registry()),
                view,
                CoordinatorTime.SYSTEM);
        this.topics = new TopicCreator(controllers, metadata::image, new NewTopics(config)::template);
        this.server = new BrokerApis(
                        config,
                        clusterId,
                        metadata::image,
                        quorum::kraftVersion,
                        controllers,
                        topics,
                        view,
                        loggers,
                        decorator)
                .server(quorum.eventLoops(), observer, dataPlane, groups);
        server.bind();
        this.partitions = new ImageFollower(dataPlane.registry(), incarnationId);
        this.lifecycle = new BrokerLifecycle(
                new BrokerLifecycle.Config(
                        config.nodeId(),
                        config.intOf("broker.heartbeat.interval.ms"),
                        config.intOf("broker.session.timeout.ms")),
                heartbeats,
                lifecycleThread,
                registration(clusterId),
                partitions::followedOffset,
                epoch -> {});
        this.directoryWatch = new LogDirectoryWatch(
                directories,
                dataPlane.registry(),
                lifecycle,
                reports,
                config.metadataLogDir(),
                config.longOf("log.dir.failure.timeout.ms"),
                quorum::onFatalFault);
    }

    private static LogDirectory directory(Path path, NodeStorage.Verified storage) {
        Uuid id = storage.directoryIds().get(path);
        if (id != null) {
            return new LogDirectory(path, id);
        }
        LOG.error("Log directory {} cannot be used: {}", path, storage.failed().get(path));
        return LogDirectory.unidentified(path);
    }

    private BrokerRegistrationRequestData registration(String clusterId) {
        return Registration.request(config, clusterId, incarnationId, directories, server::boundPort);
    }

    private DataPlaneConfig dataPlaneConfig() {
        return new DataPlaneConfig(
                config.nodeId(),
                config.intOf("fetch.max.bytes"),
                config.intOf("max.incremental.fetch.session.cache.slots"),
                new PartitionTasks.Intervals(
                        config.longOf("log.retention.check.interval.ms"),
                        config.longOf("log.flush.scheduler.interval.ms"),
                        config.intOf("log.flush.offset.checkpoint.interval.ms"),
                        config.longOf("replica.high.watermark.checkpoint.interval.ms")));
    }

    /**
     * Registers, follows the metadata, and lets clients in once the controller has unfenced this broker.
     *
     * @throws IllegalStateException if the controller refuses for good, or does not answer in time
     */
    void start() {
        new MetadataFollowers(config.nodeId(), partitions, lifecycle, topics, replication, groups)
                .follow(metadata, timerThread);
        heartbeats.onLost(lifecycle::onControllerLost);
        quorum.onControllerChange(this::onControllerChange);
        dataPlane.registry().addListener(new GroupGlue(groups));
        dataPlane.start();
        startCleaner();
        watching = true;
        directoryWatch.start();
        lifecycle.start();
        await(lifecycle.unfenced());
        server.accept();
        LOG.info("Broker {} serves on {}", config.nodeId(), config.listeners());
    }

    private void onControllerChange() {
        try {
            lifecycleThread.execute(() -> {
                heartbeats.onControllerChanged();
                alterations.onControllerChanged();
                controllers.onControllerChanged();
                lifecycle.onControllerLost();
            });
        } catch (RejectedExecutionException stopping) {
            LOG.debug("The controller changed while this broker stops");
        }
    }

    private void startCleaner() {
        if (config.booleanOf("log.cleaner.enable")) {
            long pauseMs = Math.max(1, config.longOf("log.cleaner.backoff.ms"));
            cleanerThread.scheduleWithFixedDelay(this::cleanLogs, pauseMs, pauseMs, TimeUnit.MILLISECONDS);
        }
    }

    private void cleanLogs() {
        try {
            long memoryBytes = config.longOf("log.cleaner.dedupe.buffer.size");
            boolean more = true;
            while (more && !cleanerThread.isShutdown()) {
                more = directories.cleaner().cleanNext(System.currentTimeMillis(), memoryBytes);
            }
        } catch (RuntimeException e) {
            LOG.error("The log cleaner failed and goes on later", e);
        }
    }

    private void await(CompletableFuture<Void> unfenced) {
        long timeoutMs = Math.max(60_000L, config.intOf("initial.broker.registration.timeout.ms"));
        try {
            unfenced.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException(
                    "Broker " + config.nodeId() + " was not let into the cluster within " + timeoutMs
                            + " ms: is a controller running at " + config.quorumVoters() + "?",
                    late);
        } catch (ExecutionException refused) {
            throw new IllegalStateException(reason(refused), refused);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while starting", interrupted);
        }
    }

    private static String reason(ExecutionException refused) {
        Throwable cause = refused.getCause();
        return cause == null ? refused.toString() : String.valueOf(cause.getMessage());
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

    /** Controlled shutdown: leaves the cluster, closes the listeners, then the groups and the logs, which are flushed. */
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
        lifecycle.abandon();
        directoryWatch.close();
        stopCleaner();
        listeners.run();
        groups.close();
        replication.close();
        controllers.close();
        alterations.close();
        heartbeats.close();
        lifecycleThread.shutdownNow();
        logs.run();
        timerThread.shutdownNow();
        diskThreads.shutdownNow();
    }

    /** A round under way ends first: closing the logs under it would look like a failure of the disk. */
    private void stopCleaner() {
        cleanerThread.shutdown();
        try {
            if (!cleanerThread.awaitTermination(CLEANER_STOP_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "The log cleaner does not end in {} ms; its round is done again after the restart",
                        CLEANER_STOP_MS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static ScheduledThreadPoolExecutor scheduler(String name) {
        return scheduler(name, 1);
    }

    private static ScheduledThreadPoolExecutor scheduler(String name, int threads) {
        AtomicInteger number = new AtomicInteger();
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(threads, task -> {
            Thread thread = new Thread(task, threads == 1 ? name : name + "-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }
}
