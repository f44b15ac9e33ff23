package io.milena.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.controller.api.ControllerApis;
import io.milena.controller.core.BrokerState;
import io.milena.controller.core.Cluster;
import io.milena.controller.core.ClusterState;
import io.milena.controller.core.ControlContext;
import io.milena.controller.core.Features;
import io.milena.controller.core.TopicState;
import io.milena.controller.node.NodeConfigRules;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataProvenance;
import io.milena.metadata.config.NodeConfig;
import io.milena.records.MetadataRecordSerde;
import io.milena.records.VersionedRecord;
import io.milena.wire.ApiHandler;
import io.milena.wire.Connection;
import io.milena.wire.Exchange;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.ControllerRegistrationRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever anybody sends to a controller: it is answered, the controller goes on, and what it commits can be replayed by every node, ours
 * and Apache Kafka's, from the log and from a snapshot.
 */
class AbsurdRequestsTest {
    private static final int REQUESTS = Integer.getInteger("milena.absurd.requests", 700);

    private final MemoryLog log = new MemoryLog();
    private final AtomicLong clock = new AtomicLong(1_000);
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private final Map<ApiKeys, ApiHandler<?>> handlers = new HashMap<>();
    private Throwable fault;
    private Controller controller;

    private void start(int seed) {
        NodeConfig node = NodeConfig.of(Map.of(
                "node.id", "1",
                "process.roles", "broker,controller",
                "listeners", "PLAINTEXT://:9092,CONTROLLER://:9093",
                "controller.listener.names", "CONTROLLER",
                "controller.quorum.voters", "1@localhost:9093",
                "log.dirs", "/tmp/none"));
        ControllerConfig config = new ControllerConfig(
                1,
                new ControlContext.Settings(Cluster.ID, 1, (short) 1, Cluster.SUPPORTED, 9_000, 0, 1_000),
                new NodeConfigRules(node),
                List.of(Cluster.feature(Features.METADATA_VERSION, 30), Cluster.feature(Features.ELR_VERSION, 1)),
                0,
                1_000,
                1_000,
                clock::get,
                new Random(seed),
                broken -> fault = broken);
        controller = new Controller(config, log.of(1), new Inline());
        controller.start();
        ControllerApis.of(controller).forEach(each -> handlers.put(each.api(), each));
        log.elect(1, true);
        runQueued();
        for (int broker = 1; broker <= 3; broker++) {
            ask(ApiKeys.BROKER_REGISTRATION, (short) 4, Cluster.registration(broker, new Uuid(broker, 9)));
            BrokerState registered = state().brokers().get(broker);
            assertThat(registered).isNotNull();
            ask(
                    ApiKeys.BROKER_HEARTBEAT,
                    (short) 1,
                    new BrokerHeartbeatRequestData()
                            .setBrokerId(broker)
                            .setBrokerEpoch(registered.epoch())
                            .setCurrentMetadataOffset(log.end()));
        }
        ask(ApiKeys.CREATE_TOPICS, (short) 7, Cluster.request("orders", 3, 2));
    }

    private ClusterState state() {
        var answer = controller.query(each -> each);
        runQueued();
        return answer.join();
    }

    private void runQueued() {
        for (Runnable event = queue.poll(); event != null; event = queue.poll()) {
            event.run();
        }
    }

    private static List<Integer> seeds() {
        return IntStream.rangeClosed(1, Integer.getInteger("milena.absurd.seeds", 4))
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsCommittedCanBeReplayedWhateverIsAsked(int seed) {
        // given
        start(seed);
        Random random = new Random(seed);
        RandomMessages messages = new RandomMessages(random, this::words, this::numbers, this::ids);
        List<ApiKeys> apis = handlers.keySet().stream().sorted().toList();

        // when
        for (int i = 0; i < REQUESTS; i++) {
            ApiKeys api = apis.get(random.nextInt(apis.size()));
            short version =
                    (short) (api.oldestVersion() + random.nextInt(api.latestVersion(true) - api.oldestVersion() + 1));
            ApiMessage request = messages.request(api, version);
            if (request != null) {
                ask(api, version, request);
                clock.addAndGet(random.nextInt(20));
            }
        }

        // then
        assertThat(log.leaderEpoch())
                .as("epochs that the controller had to begin")
                .isEqualTo(1);
        replayAll();
    }

    @Test
    void aRegistrationWithARangeTheWrongWayRoundIsRefused() {
        // given
        start(1);
        ControllerRegistrationRequestData request = new ControllerRegistrationRequestData().setControllerId(5);
        request.features()
                .add(new ControllerRegistrationRequestData.Feature()
                        .setName("x")
                        .setMinSupportedVersion((short) 5)
                        .setMaxSupportedVersion((short) 1));
        long end = log.end();

        // when
        Throwable error = (Throwable) ask(ApiKeys.CONTROLLER_REGISTRATION, (short) 0, request);

        // then
        assertThat(Errors.forException(error)).isEqualTo(Errors.INVALID_REGISTRATION);
        assertThat(log.end()).isEqualTo(end);
    }

    /** @return the answer, or the failure */
    private Object ask(ApiKeys api, short version, ApiMessage request) {
        List<Object> answers = new ArrayList<>();
        @SuppressWarnings("unchecked")
        ApiHandler<ApiMessage> handler = (ApiHandler<ApiMessage>) handlers.get(api);
        try {
            handler.handle(exchange(api, version, request, answers));
        } catch (RuntimeException refused) {
            answers.add(refused); // the wire answers for the handler
        }
        runQueued();
        assertThat(fault).as(api + " " + request).isNull();
        assertThat(controller.isActive()).as(api + " " + request).isTrue();
        assertThat(answers).as("answers to " + api + " " + request).hasSize(1);
        return answers.get(0);
    }

    @SuppressWarnings("unchecked")
    private static Exchange<ApiMessage> exchange(ApiKeys api, short version, ApiMessage request, List<Object> answers) {
        Connection connection = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> method.getName().equals("id") ? (Object) 7L : null);
        return (Exchange<ApiMessage>) Proxy.newProxyInstance(
                Exchange.class.getClassLoader(), new Class<?>[] {Exchange.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "api" -> {
                            return api;
                        }
                        case "version" -> {
                            return version;
                        }
                        case "request" -> {
                            return request;
                        }
                        case "connection" -> {
                            return connection;
                        }
                        case "listener" -> {
                            return "CONTROLLER";
                        }
                        case "respond", "fail" -> answers.add(answer(arguments[0], version));
                        default -> {}
                    }
                    return null;
                });
    }

    /** An answer must be one that can be sent. */
    private static Object answer(Object answer, short version) {
        return answer instanceof ApiMessage message ? RandomMessages.reread(message, version) : answer;
    }

    private List<String> words() {
        List<String> words = new ArrayList<>(List.of(
                "t",
                "t.1",
                "t_1",
                "u",
                "1",
                "2",
                "3",
                "-1",
                "user",
                "client-id",
                "ip",
                "127.0.0.1",
                "PLAINTEXT",
                "retention.ms",
                "cleanup.policy",
                "compact",
                "min.insync.replicas",
                "segment.bytes",
                "metadata.version",
                "kraft.version",
                "log.retention.ms",
                "interval.ms",
                "match",
                "consumer.session.timeout.ms",
                "producer_byte_rate",
                "eligible.leader.replicas.version",
                "group.version",
                "leader.replication.throttled.replicas",
                Cluster.ID,
                "true",
                "9223372036854775807",
                "listener.name.x.ssl.keystore.location"));
        state().topics().all().forEach(each -> words.add(each.name()));
        return words;
    }

    private List<Long> numbers() {
        List<Long> numbers = new ArrayList<>(List.of(0L, 1L, 2L, 3L, 1_000L, log.end()));
        state().brokers().all().forEach(each -> numbers.addAll(List.of((long) each.id(), each.epoch(), each.epoch())));
        for (TopicState topic : state().topics().all()) {
            numbers.add((long) topic.partitionCount());
        }
        return numbers;
    }

    private List<Uuid> ids() {
        List<Uuid> ids = new ArrayList<>();
        state().topics().all().forEach(each -> ids.add(each.id()));
        state().brokers().all().forEach(each -> {
            ids.add(each.incarnationId());
            ids.addAll(each.directories());
        });
        return ids;
    }

    /** As every node does at its start. */
    private void replayAll() {
        ClusterState standby = new ClusterState();
        MetadataDelta delta = new MetadataDelta(MetadataImage.EMPTY);
        var kafkas = new org.apache.kafka.image.MetadataDelta.Builder()
                .setImage(org.apache.kafka.image.MetadataImage.EMPTY)
                .build();
        long offset = 0;
        for (VersionedRecord record : log.records()) {
            ByteBuffer bytes = MetadataRecordSerde.write(record);
            standby.replay(record, offset++);
            delta.replay(record);
            kafkas.replay(org.apache.kafka.metadata.MetadataRecordSerde.INSTANCE
                    .read(new ByteBufferAccessor(bytes.duplicate()), bytes.remaining())
                    .message());
        }
        MetadataProvenance end = new MetadataProvenance(offset, 1, 0);
        MetadataImage image = delta.apply(end);
        MetadataDelta fromSnapshot = new MetadataDelta(MetadataImage.EMPTY);
        image.write(fromSnapshot::replay);
        assertThat(fromSnapshot.apply(end).sameContents(image)).isTrue();
        kafkas.apply(new org.apache.kafka.image.MetadataProvenance(offset, 1, 0, true));
        assertThat(image.topics().size()).isEqualTo(standby.topics().all().size());
        assertThat(image.cluster().brokers()).hasSameSizeAs(standby.brokers().all());
    }

    private final class Inline implements ControllerLoop {
        private Body body;

        @Override
        public void start(Body started) {
            body = started;
        }

        @Override
        public void add(Runnable event) {
            queue.add(() -> {
                event.run();
                body.ran();
                body.tick();
            });
        }

        @Override
        public void close() {}
    }
}
