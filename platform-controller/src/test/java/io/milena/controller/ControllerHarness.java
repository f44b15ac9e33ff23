package io.milena.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.controller.api.ControllerApis;
import io.milena.controller.core.BrokerState;
import io.milena.controller.core.Cluster;
import io.milena.controller.core.ClusterState;
import io.milena.controller.core.ControlContext;
import io.milena.controller.core.Features;
import io.milena.controller.node.NodeConfigRules;
import io.milena.metadata.config.NodeConfig;
import io.milena.wire.ApiHandler;
import io.milena.wire.Connection;
import io.milena.wire.Exchange;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** A controller with the handlers of its APIs, three brokers and one topic, on the test's own thread and with a clock that stands still. */
final class ControllerHarness {
    private final MemoryLog log = new MemoryLog();
    private final AtomicLong clock = new AtomicLong(1_000);
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private final Map<ApiKeys, ApiHandler<?>> handlers = new HashMap<>();
    private Throwable fault;
    private Controller controller;

    void start(int seed) {
        start(seed, Map.of());
    }

    /** @param own what the node's file sets besides */
    void start(int seed, Map<String, String> own) {
        Map<String, String> file = new HashMap<>(Map.of(
                "node.id", "1",
                "process.roles", "broker,controller",
                "listeners", "PLAINTEXT://:9092,CONTROLLER://:9093",
                "controller.listener.names", "CONTROLLER",
                "controller.quorum.voters", "1@localhost:9093",
                "log.dirs", "/tmp/none"));
        file.putAll(own);
        NodeConfig node = NodeConfig.of(file);
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

    ClusterState state() {
        var answer = controller.query(each -> each);
        runQueued();
        return answer.join();
    }

    private void runQueued() {
        for (Runnable event = queue.poll(); event != null; event = queue.poll()) {
            event.run();
        }
    }

    MemoryLog log() {
        return log;
    }

    AtomicLong clock() {
        return clock;
    }

    Set<ApiKeys> apis() {
        return handlers.keySet();
    }

    /** @return the answer, or the failure */
    Object ask(ApiKeys api, short version, ApiMessage request) {
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
