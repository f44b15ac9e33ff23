package io.milena.controller.node;

import io.milena.controller.Controller;
import io.milena.controller.ControllerConfig;
import io.milena.controller.api.ControllerApis;
import io.milena.controller.core.ControlContext;
import io.milena.controller.core.FeatureRange;
import io.milena.controller.describe.DescribeApis;
import io.milena.metadata.BootstrapRecords;
import io.milena.metadata.Endpoint;
import io.milena.metadata.Features;
import io.milena.metadata.MetadataLoader;
import io.milena.metadata.MetadataVersion;
import io.milena.metadata.config.NodeConfig;
import io.milena.raft.RaftListener;
import io.milena.raft.RaftNode;
import io.milena.raft.RaftNodeConfig;
import io.milena.raft.RaftTransport;
import io.milena.raft.SnapshotContents;
import io.milena.raft.core.HostPort;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.storage.BootstrapCheckpoint;
import io.milena.records.CommittedBatch;
import io.milena.records.VersionedRecord;
import io.milena.wire.ApiHandler;
import io.milena.wire.ListenerProbe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * A process's share of the metadata quorum: the Raft node, the loader that turns the committed log into images, snapshots of those
 * images, and, with the controller role, the controller. Thread-safe once {@link #start()} has returned.
 */
public final class MetadataQuorum implements AutoCloseable {
    private final NodeConfig config;
    private final RaftTransport transport;
    private final RaftNode raft;
    private final MetadataLoader loader;
    private final SnapshotTaker snapshots;
    private final @Nullable Controller controller;
    private final List<Consumer<LeaderAndEpoch>> leaderListeners = new CopyOnWriteArrayList<>();
    private @Nullable ControllerRegistrar registrar;

    private MetadataQuorum(
            NodeConfig config,
            RaftTransport transport,
            RaftNode raft,
            MetadataLoader loader,
            SnapshotTaker snapshots,
            @Nullable Controller controller) {
        this.config = config;
        this.transport = transport;
        this.raft = raft;
        this.loader = loader;
        this.snapshots = snapshots;
        this.controller = controller;
    }

    /**
     * Opens the metadata log; nothing runs yet.
     *
     * @param identity which node of which cluster this is, from meta.properties
     * @param transport to the other nodes' controller listeners
     * @param probe dials brokers that seem to be gone
     * @param onFatalFault told once when an invariant broke: the node must stop
     */
    public static MetadataQuorum open(
            NodeConfig config,
            QuorumIdentity identity,
            RaftTransport transport,
            ListenerProbe probe,
            Consumer<Throwable> onFatalFault) {
        RaftNodeConfig raftConfig = RaftSettings.of(config, identity, onFatalFault);
        RaftNode raft = RaftNode.open(raftConfig, transport);
        MetadataLoader loader = MetadataLoader.startThread(
                (what, cause) -> onFatalFault.accept(new IllegalStateException(what, cause)));
        SnapshotTaker snapshots = new SnapshotTaker(
                raft,
                config.longOf("metadata.log.max.record.bytes.between.snapshots"),
                config.longOf("metadata.log.max.snapshot.interval.ms"));
        SkippedRecords skipped = SkippedRecords.of(config.list("milena.metadata.log.skip.offsets"));
        Controller controller = config.isController()
                ? new Controller(
                        controllerConfig(config, identity, onFatalFault),
                        new RaftMetadataLog(raft, raftConfig.maxBatchBytes(), skipped),
                        new ListenerDialing(probe))
                : null;
        return new MetadataQuorum(config, transport, raft, loader, snapshots, controller);
    }

    private static boolean unstable(NodeConfig config) {
        return config.booleanOf("unstable.feature.versions.enable");
    }

    private static ControllerConfig controllerConfig(
            NodeConfig config, QuorumIdentity identity, Consumer<Throwable> onFatalFault) {
        Map<String, FeatureRange> features = new HashMap<>();
        Features.supported(unstable(config))
                .forEach((name, range) -> features.put(name, FeatureRange.of(range.min(), range.max())));
        ControlContext.Settings settings = new ControlContext.Settings(
                identity.clusterId(),
                config.intOf("num.partitions"),
                (short) config.intOf("default.replication.factor"),
                features,
                config.intOf("broker.session.timeout.ms"),
                config.intOf("milena.broker.connection.loss.grace.ms"),
                ControlContext.Settings.ELECTIONS_PER_TASK);
        List<VersionedRecord> bootstrap = BootstrapCheckpoint.read(config.metadataLogDir())
                .orElseGet(() -> BootstrapRecords.of(MetadataVersion.LATEST_PRODUCTION, Map.of()));
        return new ControllerConfig(
                config.nodeId(),
                settings,
                new NodeConfigRules(config),
                bootstrap,
                config.intOf("metadata.max.idle.interval.ms"),
                config.booleanOf("auto.leader.rebalance.enable")
                        ? TimeUnit.SECONDS.toMillis(config.longOf("leader.imbalance.check.interval.seconds"))
                        : 0,
                config.longOf("unclean.leader.election.interval.ms"),
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                new SplittableRandom(),
                onFatalFault);
    }

    /** Starts the threads; a lone voter leads, and its controller decides, within milliseconds. */
    public void start() {
        start(Map.of());
    }

    /**
     * As {@link #start()}.
     *
     * @param bound this controller's listeners as they were really bound, for ports that the configuration leaves open (0)
     */
    public void start(Map<String, HostPort> bound) {
        loader.addPublisher("snapshots of the metadata", snapshots);
        if (controller != null) {
            registrar = new ControllerRegistrar(
                    config.nodeId(),
                    controller,
                    transport,
                    raft::leaderNode,
                    controllerEndpoints(bound),
                    unstable(config));
            loader.addPublisher("registration of this controller", registrar);
        }
        SkippedRecords skipped = SkippedRecords.of(config.list("milena.metadata.log.skip.offsets"));
        raft.register(skipped.leftOutFor(new RaftListener() {
            @Override
            public void onCommit(CommittedBatch batch) {
                loader.onCommit(batch);
            }

            @Override
            public void onSnapshot(SnapshotContents snapshot) {
                loader.onSnapshot(snapshot.id(), snapshot.batches()); // read batch by batch on the loader's thread
            }

            @Override
            public void onLeaderChange(LeaderAndEpoch leader) {
                leaderListeners.forEach(each -> each.accept(leader));
            }
        }));
        if (controller != null) {
            controller.start();
        }
        if (bound.isEmpty()) {
            raft.start();
        } else {
            raft.start(bound);
        }
    }

    private List<Endpoint> controllerEndpoints(Map<String, HostPort> bound) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (Endpoint endpoint : config.advertisedListeners()) {
            if (config.controllerListenerNames().contains(endpoint.listener())) {
                HostPort real = bound.get(endpoint.listener());
                endpoints.add(
                        real == null
                                ? endpoint
                                : new Endpoint(endpoint.listener(), real.host(), real.port(), endpoint.protocol()));
            }
        }
        return endpoints;
    }

    /** Adds a listener that is told of each change of leader or epoch, on the raft thread: it must hand off quickly. */
    public void onLeaderChange(Consumer<LeaderAndEpoch> listener) {
        leaderListeners.add(listener);
    }

    /** Everything that the controller listener serves: Raft's APIs, and the controller's where the node has the role. */
    public List<ApiHandler<?>> handlers() {
        List<ApiHandler<?>> handlers = new ArrayList<>(raft.handlers());
        if (controller != null) {
            for (ApiHandler<?> each : ControllerApis.of(controller)) {
                handlers.add(each.api() == ApiKeys.UPDATE_FEATURES ? withKraftVersion(each) : each);
            }
            for (ApiHandler<?> each : DescribeApis.of(config, loader::image)) {
                if (each.api().inScope(ListenerType.CONTROLLER)) {
                    handlers.add(each);
                }
            }
        }
        return handlers;
    }

    @SuppressWarnings("unchecked") // that API's request
    private ApiHandler<?> withKraftVersion(ApiHandler<?> updateFeatures) {
        return new KraftVersionUpdates(raft, (ApiHandler<UpdateFeaturesRequestData>) updateFeatures);
    }

    public RaftNode raft() {
        return raft;
    }

    public MetadataLoader metadata() {
        return loader;
    }

    /** Empty on a broker. */
    public Optional<Controller> controller() {
        return Optional.ofNullable(controller);
    }

    @Override
    public void close() {
        end(raft::close);
    }

    /** The same without a word to the other voters, after the event loops have ended: as a killed process would. */
    public void halt() {
        end(raft::halt);
    }

    private void end(Runnable endOfRaft) {
        if (registrar != null) {
            registrar.close();
        }
        if (controller != null) {
            controller.close();
        }
        snapshots.close();
        endOfRaft.run();
        loader.close();
    }
}
