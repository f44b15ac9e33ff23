package io.milena.testkit.cluster;

import io.milena.broker.control.BrokerLifecycle;
import io.milena.broker.control.ControllerChannel;
import io.milena.broker.control.ImageView;
import io.milena.broker.dataplane.DataPlane;
import io.milena.broker.dataplane.DataPlaneConfig;
import io.milena.broker.fetch.LeaderThrottle;
import io.milena.broker.partition.DataPlaneThreads;
import io.milena.broker.partition.FirstImage;
import io.milena.broker.partition.ImageFollower;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionTasks;
import io.milena.broker.partition.TopicSettings;
import io.milena.broker.producerid.ProducerIdBlock;
import io.milena.broker.replication.FollowerThrottle;
import io.milena.broker.replication.IsrNegotiation;
import io.milena.broker.replication.ReplicaFetchers;
import io.milena.broker.replication.ReplicationConfig;
import io.milena.coordinator.group.consumer.TopicPatterns;
import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import io.milena.log.LogEnvironment;
import io.milena.log.PartitionLog;
import io.milena.metadata.Features;
import io.milena.metadata.config.TopicConfigs;
import io.milena.raft.core.HostPort;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.wire.WireService;
import io.milena.wire.HandlerRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/** A machine with a broker: the real data plane, replication and life towards the controller, put together as a node does it. */
final class BrokerNode implements Host.Program, MetadataObserver.Source {
    private static final long CONTROLLER_TIMEOUT_MS = 3_000;
    private static final long SHUTDOWN_MS = 5_000;
    private static final ReplicationConfig DEFAULTS =
            new ReplicationConfig(0, 1, 300, 1, 1_000_000, 10_000_000, 200, 1_000);

    private final Host host;
    private final ClusterMap map;
    private final MetadataObserver observer;
    private @Nullable Running running;
    private boolean incomplete;

    BrokerNode(Host host, ClusterMap map, MetadataObserver observer) {
        this.host = host;
        this.map = map;
        this.observer = observer;
    }

    Host host() {
        return host;
    }

    int id() {
        return host.id();
    }

    @Override
    public @Nullable MetadataMember member() {
        Running process = running();
        return process == null ? null : process.member;
    }

    private @Nullable Running running() {
        return host.isUp() ? running : null;
    }

    boolean serves() {
        Running process = running();
        return process != null && process.lifecycle.state() == BrokerLifecycle.State.RUNNING;
    }

    /** The hosted partition, or null; also null while the process is down. */
    @Nullable
    Partition partition(Uuid topicId, int index) {
        Running process = running();
        return process == null ? null : process.plane.registry().find(topicId, index);
    }

    /** The log as it lies there, without a word to the partition. */
    Optional<PartitionLog> log(TopicPartition partition) {
        Running process = running();
        return process == null || process.stopped ? Optional.empty() : process.directories.log(partition);
    }

    /** The power goes: of what was not synced, any part is lost. */
    void cutPower() {
        incomplete = true;
        host.cutPower();
    }

    /** Whether it lost its power and has not got everything back from the others since. */
    boolean isIncomplete() {
        return incomplete;
    }

    /** It is in sync again, and the controller says so of its new registration. */
    void isCompleteAgain() {
        incomplete = false;
    }

    void boot() {
        if (!host.isUp()) {
            host.boot(this);
        }
    }

    @Override
    public void start(Life life) {
        running = null;
        Running process = new Running(life);
        running = process;
        process.begin();
    }

    /** Controlled shutdown; afterwards the machine is down. */
    void stop() {
        Running process = running();
        if (process != null && !process.stopping) {
            process.stop();
        }
    }

    /** One life of the broker. */
    private final class Running {
        private final Life life;
        private final MetadataMember member;
        private final LifeScheduler lifecycleThread;
        private final LifeScheduler tasksThread;
        private final ControllerChannel controllers;
        private final LogDirectories directories;
        private final DataPlane plane;
        private final ReplicaFetchers fetchers;
        private final BrokerLifecycle lifecycle;
        private final FirstImage first;
        private final ImageFollower follower;
        private boolean stopping;
        private boolean stopped;

        Running(Life life) {
            this.life = life;
            host.world().note("broker starts", id());
            this.lifecycleThread = new LifeScheduler(life);
            this.tasksThread = new LifeScheduler(life);
            InstantSource clock = () -> Instant.ofEpochMilli(host.clock().wallMs());
            this.member = new MetadataMember(life, map, false);
            this.controllers = new ControllerChannel(
                    member.raft()::leaderNode,
                    (node, onLost) -> new SimulatedLink(life, "broker" + id(), node.host(), node.port(), onLost),
                    lifecycleThread,
                    () -> TimeUnit.MILLISECONDS.toNanos(life.nowMs()));
            TopicConfigs configs = new TopicConfigs(map.config());
            TopicSettings settings = new TopicSettings(
                    topic -> configs.effective(topic, member.image().configs()), 86_400_000);
            this.directories = LogDirectories.enter(
                    List.of(new LogDirectory(dataDirectory(), map.directoryId(id()))),
                    settings::logConfigOf,
                    new LogEnvironment(
                            clock,
                            (directory, what, cause) -> {
                                throw new UncheckedIOException(what, cause);
                            },
                            (task, delayMs) -> tasksThread.schedule(task, delayMs, TimeUnit.MILLISECONDS)),
                    1);
            ImageView view = new ImageView(member::image, new TopicPatterns(Runnable::run));
            this.plane = new DataPlane(
                    new DataPlaneConfig(
                            id(),
                            10_000_000,
                            100,
                            0,
                            new PartitionTasks.Intervals(600_000, Long.MAX_VALUE, 2_000, 700)),
                    settings,
                    directories,
                    view,
                    this::producerIds,
                    (partition, directory) -> {},
                    clock,
                    new DataPlaneThreads(tasksThread, tasksThread),
                    LeaderThrottle.NONE,
                    null);
            ReplicationConfig replication = new ReplicationConfig(
                    id(),
                    DEFAULTS.fetchers(),
                    DEFAULTS.fetchWaitMaxMs(),
                    DEFAULTS.fetchMinBytes(),
                    DEFAULTS.fetchMaxBytes(),
                    DEFAULTS.responseMaxBytes(),
                    DEFAULTS.backoffMs(),
                    DEFAULTS.lagTimeMaxMs());
            this.fetchers = new ReplicaFetchers(
                    replication,
                    leader -> {
                        HostPort address = map.broker(leader);
                        return new SimulatedLink(life, "replica" + id(), address.host(), address.port(), () -> {});
                    },
                    this::brokerEpoch,
                    FollowerThrottle.NONE,
                    new LifeScheduler(life),
                    life::nowMs);
            plane.registry()
                    .replicateBy(new IsrNegotiation(
                            replication,
                            member::image,
                            this::brokerEpoch,
                            request -> controllers.send(request, CONTROLLER_TIMEOUT_MS),
                            lifecycleThread));
            plane.registry().addRoleListener(fetchers);
            Uuid incarnation = new Uuid(
                    host.world().dice().nextLong() | 1, host.world().dice().nextLong());
            this.first = new FirstImage(id(), incarnation);
            this.follower = new ImageFollower(plane.registry(), incarnation);
            this.lifecycle = new BrokerLifecycle(
                    new BrokerLifecycle.Config(id(), 300, ControllerNode.SESSION_TIMEOUT_MS, Integer.MAX_VALUE, true),
                    controllers,
                    lifecycleThread,
                    registration(incarnation),
                    follower::followedOffset,
                    epoch -> host.world().note("registered", id(), epoch));
        }

        private Path dataDirectory() {
            try {
                return Files.createDirectories(host.disk().path("/data"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private long brokerEpoch() {
            return lifecycle.brokerEpoch();
        }

        private java.util.concurrent.CompletableFuture<ProducerIdBlock> producerIds() {
            AllocateProducerIdsRequestData request =
                    new AllocateProducerIdsRequestData().setBrokerId(id()).setBrokerEpoch(brokerEpoch());
            return controllers.send(request, CONTROLLER_TIMEOUT_MS).thenApply(answer -> {
                AllocateProducerIdsResponseData block = (AllocateProducerIdsResponseData) answer;
                Errors.forCode(block.errorCode()).maybeThrow();
                return new ProducerIdBlock(block.producerIdStart(), block.producerIdLen());
            });
        }

        private BrokerRegistrationRequestData registration(Uuid incarnation) {
            HostPort address = map.broker(id());
            BrokerRegistrationRequestData request = new BrokerRegistrationRequestData()
                    .setBrokerId(id())
                    .setClusterId(ClusterMap.CLUSTER)
                    .setIncarnationId(incarnation)
                    .setPreviousBrokerEpoch(directories.previousBrokerEpoch())
                    .setLogDirs(List.of(map.directoryId(id())));
            request.listeners()
                    .add(new BrokerRegistrationRequestData.Listener()
                            .setName(ClusterMap.LISTENER)
                            .setHost(address.host())
                            .setPort(address.port())
                            .setSecurityProtocol(SecurityProtocol.PLAINTEXT.id));
            Features.supported(false)
                    .forEach((name, range) -> request.features()
                            .add(new BrokerRegistrationRequestData.Feature()
                                    .setName(name)
                                    .setMinSupportedVersion(range.min())
                                    .setMaxSupportedVersion(range.max())));
            return request;
        }

        void begin() {
            member.loader().addPublisher("the observer", observer.of(id()));
            member.loader().addPublisher("start", first);
            // Not as a publisher, whose failures are survived: what fails here ends the process.
            first.known().thenRun(() -> life.execute(this::recover));
            controllers.onLost(lifecycle::onControllerLost);
            member.onLeaderChange(leader -> lifecycleThread.execute(() -> {
                controllers.onControllerChanged();
                lifecycle.onControllerLost();
            }));
            member.begin();
            lifecycle.start();
            lifecycle.unfenced().whenComplete((done, refused) -> {
                if (refused != null && !stopping) {
                    throw new Violation("Broker " + id() + " is refused for good: " + refused, refused);
                }
                if (refused == null) {
                    accept();
                }
            });
        }

        private void recover() {
            if (stopped) {
                return;
            }
            member.loader().removePublisher(first);
            directories.recover();
            member.loader().addPublisher("the broker", (delta, image, manifest) -> {
                follower.publish(delta, image, manifest);
                if (delta.clusterDelta().isPresent()) {
                    image.cluster().broker(id()).ifPresent(broker -> lifecycle.onLogDirsSeen(broker.directories()));
                    tasksThread.execute(plane.registry()::reconsiderUnsettled);
                }
                lifecycle.onMetadataAdvanced();
            });
            plane.start();
        }

        private void accept() {
            WireService service = new WireService(
                    ClusterMap.LISTENER,
                    HandlerRegistry.builder().addAll(plane.handlers()).build());
            HostPort address = map.broker(id());
            host.network().listen(life, address.host(), address.port(), (line, request, answer) -> {
                if (!stopped) {
                    service.receive(line, request, answer);
                }
            });
        }

        void stop() {
            stopping = true;
            host.world().note("broker leaves", id());
            lifecycle.leave().whenComplete((granted, none) -> life.execute(this::end));
            life.after(SHUTDOWN_MS, this::end);
        }

        private void end() {
            if (stopped) {
                return;
            }
            stopped = true;
            lifecycle.abandon();
            fetchers.close();
            controllers.close();
            plane.close(lifecycle.brokerEpoch());
            // Whatever is left of the process goes once this event is over.
            host.world().after(1, () -> {
                if (host.life() == life) {
                    host.kill();
                }
            });
        }
    }
}
