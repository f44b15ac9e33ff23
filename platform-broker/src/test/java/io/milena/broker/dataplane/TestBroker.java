package io.milena.broker.dataplane;

import io.milena.broker.fetch.LeaderThrottle;
import io.milena.broker.partition.CoordinatorPartitions;
import io.milena.broker.partition.DataPlaneThreads;
import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.TestPartitions;
import io.milena.broker.partition.TopicSettings;
import io.milena.broker.producerid.ProducerIdBlock;
import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.api.GroupApis;
import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.consumer.TopicPatterns;
import io.milena.coordinator.group.consumer.TopicsView;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.runtime.CoordinatorTime;
import io.milena.coordinator.runtime.CoordinatorView;
import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import io.milena.log.LogEnvironment;
import io.milena.wire.ApiHandler;
import io.milena.wire.HandlerRegistry;
import io.milena.wire.ListenerEndpoint;
import io.milena.wire.WireEventLoops;
import io.milena.wire.WireServer;
import io.milena.wire.testing.FakeExchange;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/** The data plane behind a real listener, with a fixed set of topics: enough for real clients, without a controller. */
public final class TestBroker implements AutoCloseable, ImageLookup {
    public static final int ID = 1;
    private static final String LISTENER = "PLAINTEXT";

    private final Map<String, Uuid> ids = new ConcurrentHashMap<>();
    private final Map<String, Integer> partitionCounts = new ConcurrentHashMap<>();
    private final Map<String, Map<String, String>> configs = new ConcurrentHashMap<>();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final WireEventLoops loops;
    private final DataPlane plane;
    private final WireServer server;
    private final GroupCoordinator groups;

    public TestBroker(Path directory) {
        this(directory, 1);
    }

    public TestBroker(Path directory, int loopCount) {
        TopicSettings settings = new TopicSettings(topic -> configs.getOrDefault(topic, Map.of()), 86_400_000L);
        LogDirectories directories = LogDirectories.open(
                List.of(new LogDirectory(directory, new Uuid(7, 7))),
                settings::logConfigOf,
                LogEnvironment.standalone(),
                1);
        AtomicLong nextBlock = new AtomicLong();
        plane = new DataPlane(
                DataPlaneConfig.defaults(ID),
                settings,
                directories,
                this,
                () -> CompletableFuture.completedFuture(new ProducerIdBlock(nextBlock.getAndAdd(1000), 1000)),
                (partition, id) -> {},
                InstantSource.system(),
                new DataPlaneThreads(scheduler, scheduler),
                LeaderThrottle.NONE,
                null);
        loops = WireEventLoops.create(loopCount);
        TestView view = new TestView();
        groups = new GroupCoordinator(
                GroupConfig.from(
                        Map.of("group.initial.rebalance.delay.ms", "0", "group.min.session.timeout.ms", "100")),
                ConsumerConfig.from(Map.of("group.consumer.heartbeat.interval.ms", "100")),
                view,
                new CoordinatorPartitions(plane.registry()),
                view,
                CoordinatorTime.SYSTEM);
        HandlerRegistry handlers = HandlerRegistry.builder()
                .addAll(plane.handlers())
                .add(new StaticMetadataHandler(this))
                .addAll(GroupApis.handlers(groups, view, this::createInternal))
                .build();
        server = WireServer.builder()
                .eventLoops(loops)
                .listener(new ListenerEndpoint(LISTENER, "127.0.0.1", 0, SecurityProtocol.PLAINTEXT), handlers)
                .build();
        server.start();
        plane.start();
    }

    public void topic(String name, int partitions) {
        topic(name, partitions, Map.of());
    }

    public void topic(String name, int partitions, Map<String, String> config) {
        configs.put(name, config);
        Uuid id = ids.computeIfAbsent(name, any -> Uuid.randomUuid());
        partitionCounts.put(name, partitions);
        TestPartitions.host(plane.registry(), name, id, partitions);
    }

    private void createInternal(String name) {
        if (name.equals(GroupCoordinator.OFFSETS_TOPIC) && !ids.containsKey(name)) {
            topic(name, 4);
            for (int i = 0; i < 4; i++) {
                groups.onElection(i, 0);
            }
        }
    }

    public GroupCoordinator groups() {
        return groups;
    }

    /** What the group coordinator sees of the topics. */
    private final class TestView implements CoordinatorView, TopicsView {
        private final TopicPatterns patterns = new TopicPatterns(Runnable::run);

        @Override
        public long version() {
            return partitionCounts.hashCode();
        }

        @Override
        public Set<String> topicsMatching(String regex) {
            return patterns.matching(regex, new Object(), partitionCounts::keySet);
        }

        @Override
        public int partitionCount(String topic) {
            return partitionCounts.getOrDefault(topic, 0);
        }

        @Override
        public Uuid topicId(String topic) {
            return ids.get(topic);
        }

        @Override
        public String topicName(Uuid topicId) {
            return ids.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(topicId))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public Optional<Node> leader(String topic, int partition, String listener) {
            return Optional.of(new Node(ID, "127.0.0.1", port()));
        }
    }

    public void topic(String name, Uuid id, int partitions) {
        ids.put(name, id);
        topic(name, partitions, Map.of());
    }

    public void forget(String name) {
        ids.remove(name);
        partitionCounts.remove(name);
    }

    public Uuid topicId(String name) {
        return ids.get(name);
    }

    public Partition partition(String topic, int index) {
        Partition partition = plane.registry().find(topic, index);
        if (partition == null) {
            throw new IllegalStateException(topic + "-" + index + " is not hosted");
        }
        return partition;
    }

    public DataPlane plane() {
        return plane;
    }

    /** Hands a request to its handler, past the sockets. */
    @SuppressWarnings("unchecked")
    <Q extends ApiMessage> void handle(ApiKeys api, FakeExchange<Q> exchange) {
        ApiHandler<Q> handler = (ApiHandler<Q>) plane.handlers().stream()
                .filter(candidate -> candidate.api() == api)
                .findFirst()
                .orElseThrow();
        handler.handle(exchange);
    }

    public int port() {
        return server.boundPort(LISTENER);
    }

    public String bootstrap() {
        return "127.0.0.1:" + port();
    }

    Map<String, Integer> topics() {
        return new LinkedHashMap<>(partitionCounts);
    }

    @Override
    public boolean hasTopic(String topic) {
        return ids.containsKey(topic);
    }

    @Override
    public boolean hasTopic(Uuid topicId) {
        return ids.containsValue(topicId);
    }

    @Override
    public Errors missing(String topic, int index) {
        return Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    @Override
    public Errors missing(Uuid topicId, int index) {
        return hasTopic(topicId) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.UNKNOWN_TOPIC_ID;
    }

    @Override
    public @Nullable Leader leader(String topic, int index) {
        return null;
    }

    @Override
    public @Nullable Leader leader(Uuid topicId, int index) {
        return null;
    }

    @Override
    public @Nullable Node node(int brokerId, String listener) {
        return new Node(ID, "127.0.0.1", port());
    }

    @Override
    public void close() {
        server.close();
        groups.close();
        loops.close();
        plane.close(5);
        scheduler.shutdownNow();
    }
}
