package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.broker.node.Formatting;
import io.milena.broker.node.MilenaNode;
import io.milena.metadata.config.NodeConfig;
import io.milena.raft.core.HostPort;
import io.milena.raft.storage.FormatOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.tools.FeatureCommand;
import org.apache.kafka.tools.MetadataQuorumCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Voters come, go and move (KIP-853): a quorum of three moves to three empty directories at other ports while a client goes on creating
 * topics; static voters become dynamic, and one of them then moves to another port.
 */
class QuorumMoveTest {
    private static final int BROKER = 1;
    private static final List<Integer> OLD = List.of(11, 12, 13);
    private static final List<Integer> NEW = List.of(21, 22, 23);

    @TempDir
    Path directory;

    private final String clusterId = Uuid.randomUuid().toString();
    private final Map<Integer, Integer> ports = new TreeMap<>(Stream.of(List.of(BROKER), OLD, NEW)
            .flatMap(List::stream)
            .collect(Collectors.toMap(id -> id, id -> ChildNode.freePort())));
    private final Map<Integer, Uuid> directoryIds = new TreeMap<>();
    private final Map<Integer, MilenaNode> nodes = new TreeMap<>();
    private boolean staticVoters;

    @AfterEach
    void stopAll() {
        new ArrayList<>(nodes.keySet()).forEach(this::stop);
    }

    @Test
    @Timeout(90)
    void aQuorumMovesToThreeEmptyDirectoriesWithoutAFailedRequest() throws Exception {
        // given three voters, a broker, a snapshot of the metadata, and a client that creates topics
        startInitialControllers();
        format(BROKER, OLD, new FormatOptions.NoInitialControllers());
        start(BROKER, OLD);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + ports.get(BROKER)));
                TopicLoad load = new TopicLoad(admin)) {
            load.awaitMore(50);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !snapshots(OLD.get(0)).isEmpty());

            // when one after the other a new controller is added and an old one removed, the leader among them
            for (int i = 0; i < OLD.size(); i++) {
                add(admin, NEW.get(i));
                load.awaitMore(10);
                remove(admin, OLD.get(i));
                load.awaitMore(10);
                stop(OLD.get(i));
            }
            load.awaitMore(20);

            // then the new ones alone are voters, began with a snapshot, and no request failed
            assertThat(voters(admin)).containsExactlyElementsOf(NEW);
            for (int id : NEW) {
                assertThat(snapshots(id)).isNotEmpty();
                assertThat(directory.resolve("node-" + id).resolve("__cluster_metadata-0/00000000000000000000.log"))
                        .as("the log of a node that began with a snapshot")
                        .doesNotExist();
            }
            assertThat(load.stop()).isNull();
            // a topic is created when the controllers have it; the broker hears of it a moment later
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(admin.listTopics().names().get(20, TimeUnit.SECONDS))
                            .hasSize(load.created.get()));
        }
        // and the broker finds them when it starts anew
        stop(BROKER);
        start(BROKER, NEW);
        assertThat(nodes.get(BROKER).image().topics().size()).isGreaterThan(100);
    }

    @Test
    @Timeout(90)
    void staticVotersBecomeDynamicAndOneMovesToAnotherPort() {
        // given three static voters and a broker
        staticVoters = true;
        OLD.forEach(id -> format(id, OLD, new FormatOptions.StaticVoters()));
        format(BROKER, OLD, new FormatOptions.StaticVoters());
        OLD.forEach(id -> start(id, OLD));
        start(BROKER, OLD);
        assertThat(features("describe").output()).containsPattern("kraft.version .*FinalizedVersionLevel: 0");

        // when kraft.version is raised, as soon as every voter has told the leader who it is
        await().atMost(Duration.ofSeconds(20))
                .until(() -> features("upgrade", "--feature", "kraft.version=1").exitCode() == 0);

        // then voters have directory ids, the level cannot fall again, and raising it again is no error
        assertThat(features("describe").output()).containsPattern("kraft.version .*FinalizedVersionLevel: 1");
        assertThat(quorum("describe", "--status").output())
                .contains(
                        OLD.stream().map(id -> directoryIds.get(id).toString()).toList());
        assertThat(features("downgrade", "--feature", "kraft.version=0").output())
                .contains("Can't downgrade the version of this feature.");
        assertThat(features("upgrade", "--feature", "kraft.version=1").exitCode())
                .isZero();

        // when a voter comes back at another port, then the others learn where it is
        staticVoters = false;
        int moved = OLD.get(2);
        stop(moved);
        ports.put(moved, ChildNode.freePort());
        start(moved, OLD);
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        quorum("describe", "--status").output().contains("CONTROLLER://127.0.0.1:" + ports.get(moved)));
    }

    private KafkaCommand features(String... args) {
        return command(FeatureCommand.class, args);
    }

    private KafkaCommand quorum(String... args) {
        return command(MetadataQuorumCommand.class, args);
    }

    private void startInitialControllers() throws IOException {
        OLD.forEach(id -> directoryIds.put(id, Uuid.randomUuid()));
        List<FormatOptions.InitialController> initial = OLD.stream()
                .map(id -> new FormatOptions.InitialController(
                        id, new HostPort("127.0.0.1", ports.get(id)), directoryIds.get(id)))
                .toList();
        for (int id : OLD) {
            format(id, OLD, new FormatOptions.InitialControllers(initial));
        }
        OLD.forEach(id -> start(id, OLD));
    }

    private void add(Admin admin, int id) throws IOException {
        format(id, Stream.concat(OLD.stream(), NEW.stream()).toList(), new FormatOptions.NoInitialControllers());
        start(id, OLD);
        Path file = directory.resolve("node-" + id + ".properties");
        List<String> lines = new ArrayList<>();
        properties(id, OLD).forEach((key, value) -> lines.add(key + "=" + value));
        Files.write(file, lines);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> quorum("--command-config", file.toString(), "add-controller")
                                .exitCode()
                        == 0);
        assertThat(voters(admin)).contains(id);
    }

    private void remove(Admin admin, int id) {
        assertThat(quorum(
                                "remove-controller",
                                "--controller-id",
                                Integer.toString(id),
                                "--controller-directory-id",
                                directoryIds.get(id).toString())
                        .exitCode())
                .isZero();
        assertThat(voters(admin)).doesNotContain(id);
    }

    private KafkaCommand command(Class<?> command, String... args) {
        return KafkaCommand.run(
                command,
                Stream.concat(Stream.of("--bootstrap-server", "127.0.0.1:" + ports.get(BROKER)), Stream.of(args))
                        .toArray(String[]::new));
    }

    private static Set<Integer> voters(Admin admin) {
        try {
            return admin.describeMetadataQuorum().quorumInfo().get(20, TimeUnit.SECONDS).voters().stream()
                    .map(QuorumInfo.ReplicaState::replicaId)
                    .collect(Collectors.toCollection(java.util.TreeSet::new));
        } catch (Exception e) {
            throw new IllegalStateException("The quorum could not be described", e);
        }
    }

    private void format(int id, List<Integer> bootstrap, FormatOptions.Quorum quorum) {
        NodeConfig config = NodeConfig.of(properties(id, bootstrap));
        FormatOptions.Outcome outcome =
                Formatting.format(config, new Formatting.Request(clusterId, "", Map.of(), quorum, false));
        directoryIds.put(id, outcome.directoryIds().values().iterator().next());
    }

    private void start(int id, List<Integer> bootstrap) {
        nodes.put(id, MilenaNode.start(NodeConfig.of(properties(id, bootstrap))));
    }

    private void stop(int id) {
        MilenaNode node = nodes.remove(id);
        if (node != null) {
            node.close();
        }
    }

    private Map<String, String> properties(int id, List<Integer> bootstrap) {
        boolean controller = id != BROKER;
        Map<String, String> all = new TreeMap<>();
        all.put("node.id", Integer.toString(id));
        all.put("process.roles", controller ? "controller" : "broker");
        all.put("listeners", (controller ? "CONTROLLER" : "PLAINTEXT") + "://127.0.0.1:" + ports.get(id));
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put(
                staticVoters ? "controller.quorum.voters" : "controller.quorum.bootstrap.servers",
                bootstrap.stream()
                        .map(other -> (staticVoters ? other + "@" : "") + "127.0.0.1:" + ports.get(other))
                        .collect(Collectors.joining(",")));
        all.put("log.dirs", directory.resolve("node-" + id).toString());
        all.put("metadata.log.max.record.bytes.between.snapshots", "4096");
        return all;
    }

    private List<Path> snapshots(int id) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("node-" + id).resolve("__cluster_metadata-0"))) {
            return files.filter(file -> file.toString().endsWith(".checkpoint"))
                    .filter(file -> !file.getFileName().toString().startsWith("00000000000000000000-"))
                    .toList();
        }
    }

    /** Creates one topic after the other until stopped; keeps the first failure. */
    private static final class TopicLoad implements AutoCloseable {
        final AtomicInteger created = new AtomicInteger();
        private final AtomicBoolean running = new AtomicBoolean(true);
        private final AtomicReference<Exception> failure = new AtomicReference<>();
        private final Thread thread;

        TopicLoad(Admin admin) {
            thread = new Thread(
                    () -> {
                        while (running.get() && failure.get() == null) {
                            create(admin, "topic-" + created.get());
                        }
                    },
                    "topic-load");
            thread.start();
        }

        private void create(Admin admin, String name) {
            try {
                admin.createTopics(List.of(new NewTopic(name, 1, (short) 1)))
                        .all()
                        .get(20, TimeUnit.SECONDS);
                created.incrementAndGet();
            } catch (Exception e) {
                failure.compareAndSet(null, new IllegalStateException("Topic " + name + " was not created", e));
            }
        }

        void awaitMore(int topics) {
            int target = created.get() + topics;
            await().atMost(Duration.ofSeconds(20)).until(() -> created.get() >= target || failure.get() != null);
        }

        /** The first failure, null if there was none. */
        Exception stop() throws InterruptedException {
            running.set(false);
            thread.join();
            return failure.get();
        }

        @Override
        public void close() throws InterruptedException {
            stop();
        }
    }
}
