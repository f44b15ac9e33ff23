package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.tools.reassign.ReassignPartitionsCommand;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas move between brokers (KIP-455), as slowly as asked (KIP-73). */
@Timeout(60)
class ReassignmentTest {
    @TempDir
    static Path directory;

    private static EmbeddedCluster cluster;
    private static Admin admin;

    @BeforeAll
    static void start() {
        cluster = EmbeddedCluster.start(
                directory,
                3,
                Map.of(
                        "min.insync.replicas", "1",
                        "log.segment.delete.delay.ms", "100",
                        "replica.fetch.max.bytes", "65536"));
        admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        cluster.close();
    }

    private static ReplicatedTopic topic(String name, List<Integer> replicas) throws Exception {
        return ReplicatedTopic.create(admin, cluster.bootstrapServers(), name, replicas, Map.of());
    }

    private static void move(ReplicatedTopic topic, Integer... replicas) throws Exception {
        Optional<NewPartitionReassignment> wanted = replicas.length == 0
                ? Optional.empty()
                : Optional.of(new NewPartitionReassignment(Arrays.asList(replicas)));
        admin.alterPartitionReassignments(Map.of(new TopicPartition(topic.name, 0), wanted))
                .all()
                .get(10, TimeUnit.SECONDS);
    }

    private static Map<TopicPartition, PartitionReassignment> underWay() throws Exception {
        return admin.listPartitionReassignments().reassignments().get(10, TimeUnit.SECONDS);
    }

    private static Path log(int broker, ReplicatedTopic topic) {
        return cluster.dataOf(broker).resolve(topic.name + "-0").resolve("00000000000000000000.log");
    }

    private static void awaitEqualLogs(ReplicatedTopic topic, int one, int other) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Files.mismatch(log(one, topic), log(other, topic)))
                        .isEqualTo(-1));
    }

    private static boolean keepsNothing(int broker, ReplicatedTopic topic) throws Exception {
        try (var files = Files.list(cluster.dataOf(broker))) {
            return files.noneMatch(each -> each.getFileName().toString().startsWith(topic.name + "-0"));
        }
    }

    @Test
    void aPartitionMovesWithItsRecordsAndLeavesNothingBehind() throws Exception {
        ReplicatedTopic topic = topic("moving", List.of(1, 2));
        topic.produce(200, 1000);

        move(topic, 3, 2);

        await().until(() -> underWay().isEmpty());
        await().untilAsserted(() -> assertThat(topic.replicas()).containsExactly(3, 2));
        topic.awaitInSync(2, 3);
        topic.produce(10, 10);
        awaitEqualLogs(topic, 2, 3);
        await().until(() -> keepsNothing(1, topic));
        assertThat(topic.leader()).isIn(2, 3);
    }

    @Test
    void aReplicaIsAddedAndAnotherTakenAwayWithoutTheLeaderNoticing() throws Exception {
        ReplicatedTopic topic = topic("growing", List.of(1, 2));
        topic.produce(50, 1000);

        move(topic, 1, 2, 3);
        topic.awaitInSync(1, 2, 3);
        awaitEqualLogs(topic, 1, 3);
        move(topic, 1);
        await().until(() -> underWay().isEmpty());

        await().untilAsserted(() -> assertThat(topic.replicas()).containsExactly(1));
        assertThat(topic.leader()).isEqualTo(1);
        await().until(() -> keepsNothing(2, topic) && keepsNothing(3, topic));
    }

    @Test
    void aThrottledMoveShowsItsProgressKeepsToItsRateAndEndsWithVerify() throws Exception {
        ReplicatedTopic topic = topic("slow", List.of(1, 2));
        int bytes = 2_000_000;
        topic.produce(bytes / 10_000, 10_000);
        String plan = plan(topic, 3, 2);
        int rate = 500_000;

        long beganNs = System.nanoTime();
        String said = reassign("--reassignment-json-file", plan, "--execute", "--throttle", Integer.toString(rate));
        assertThat(said).contains("Successfully started partition reassignment");
        assertThat(config(ConfigResource.Type.TOPIC, topic.name, "leader.replication.throttled.replicas"))
                .contains("0:1");
        assertThat(config(ConfigResource.Type.BROKER, "3", "follower.replication.throttled.rate"))
                .isEqualTo(Integer.toString(rate));
        PartitionReassignment progress = underWay().get(new TopicPartition(topic.name, 0));
        assertThat(progress.addingReplicas()).containsExactly(3);
        assertThat(progress.removingReplicas()).containsExactly(1);
        assertThat(reassign("--reassignment-json-file", plan, "--verify", "--preserve-throttles"))
                .contains("still in progress");
        // Clients are not held back meanwhile.
        topic.produce(5, 10);

        await().atMost(Duration.ofSeconds(30)).until(() -> underWay().isEmpty());
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        assertThat(bytes / seconds).as("bytes per second").isLessThan(rate * 1.5);

        assertThat(reassign("--reassignment-json-file", plan, "--verify")).contains("is completed");
        assertThat(config(ConfigResource.Type.TOPIC, topic.name, "leader.replication.throttled.replicas"))
                .isEmpty();
        assertThat(config(ConfigResource.Type.BROKER, "3", "follower.replication.throttled.rate"))
                .isEmpty();
        awaitEqualLogs(topic, 2, 3);
    }

    @Test
    void aCancelledMoveGoesBackToWhereItWas() throws Exception {
        ReplicatedTopic topic = topic("staying", List.of(1, 2));
        topic.produce(200, 10_000);
        reassign("--reassignment-json-file", plan(topic, 2, 3), "--execute", "--throttle", "1000");
        await().until(() -> Files.exists(cluster.dataOf(3).resolve("staying-0")));

        move(topic);

        assertThat(underWay()).isEmpty();
        topic.awaitInSync(1, 2);
        // In the order of the cancelled target, as with Kafka, which does not remember the former one.
        await().untilAsserted(() -> assertThat(topic.replicas()).containsExactly(2, 1));
        await().until(() -> keepsNothing(3, topic));
        topic.produce(10, 10);
    }

    private static String plan(ReplicatedTopic topic, Integer... replicas) throws Exception {
        return Files.writeString(
                        directory.resolve(topic.name + ".json"),
                        "{\"version\":1,\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"replicas\":%s}]}"
                                .formatted(topic.name, Arrays.toString(replicas)))
                .toString();
    }

    private static String config(ConfigResource.Type type, String name, String key) throws Exception {
        ConfigResource resource = new ConfigResource(type, name);
        Collection<ConfigEntry> entries = admin.describeConfigs(List.of(resource))
                .all()
                .get(10, TimeUnit.SECONDS)
                .get(resource)
                .entries();
        return entries.stream()
                .filter(entry -> entry.name().equals(key) && !entry.isDefault())
                .map(ConfigEntry::value)
                .findFirst()
                .orElse("");
    }

    /** Runs kafka-reassign-partitions and returns what it printed. */
    private static String reassign(String... args) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", cluster.bootstrapServers()));
        all.addAll(List.of(args));
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        // The command ends its process when it fails; here that must fail the test and say why.
        Exit.setExitProcedure((status, message) -> {
            if (status != 0) {
                throw new AssertionError("kafka-reassign-partitions ended with " + status + ": " + said);
            }
        });
        try (PrintStream captured = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(captured);
            ReassignPartitionsCommand.main(all.toArray(String[]::new));
        } finally {
            System.setOut(out);
            Exit.resetExitProcedure();
        }
        return said.toString(StandardCharsets.UTF_8);
    }
}
