package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Brokers 1 and 2 stay, broker 3 comes and goes: who leads, who may write, and what a broker finds when it returns. */
@Timeout(60)
class LeadershipTest {
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
                        "broker.heartbeat.interval.ms", "100",
                        "broker.session.timeout.ms", "1500",
                        "replica.lag.time.max.ms", "3000",
                        "log.segment.delete.delay.ms", "100",
                        "leader.imbalance.check.interval.seconds", "3"));
        admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        cluster.close();
    }

    private static ReplicatedTopic topic(String name, List<Integer> replicas, Map<String, String> configs)
            throws Exception {
        return ReplicatedTopic.create(admin, cluster.bootstrapServers(), name, replicas, configs);
    }

    private static void startThird() {
        cluster.startBroker(3);
    }

    private static void elect(ElectionType type, ReplicatedTopic topic) throws Exception {
        admin.electLeaders(type, Set.of(new TopicPartition(topic.name, 0)))
                .all()
                .get(10, TimeUnit.SECONDS);
    }

    @Test
    void tooFewReplicasRefuseAcksAllBeforeTheAppendAndAcksOneGoesOn() throws Exception {
        ReplicatedTopic topic = topic("careful", List.of(1, 3), Map.of("min.insync.replicas", "2"));
        topic.produce(10, 10);
        cluster.stop(3);
        topic.awaitInSync(1);

        assertThat(topic.refusal("all", Map.of())).isInstanceOf(NotEnoughReplicasException.class);
        topic.produce("1", 3, 10, Map.of());
        topic.produce("0", 3, 10, Map.of());

        topic.set("min.insync.replicas", "1");
        await().ignoreExceptions().until(() -> {
            topic.produce(1, 10);
            return true;
        });

        topic.set("min.insync.replicas", "2");
        startThird();
        topic.awaitInSync(1, 3);
        topic.produce(3, 10);
    }

    @Test
    void leadershipGoesBackToThePreferredReplicaByItself() throws Exception {
        ReplicatedTopic topic = topic("preferred", List.of(3, 1, 2), Map.of());
        topic.produce(100, 1000);
        cluster.stop(3);
        topic.awaitLeader(1);
        topic.produce(100, 1000);

        startThird();
        topic.awaitLeader(3);
        topic.produce(10, 10);
    }

    @Test
    void aReplicaThatMissesRecordsLeadsOnlyIfAnElectionIsUncleanOnPurpose() throws Exception {
        ReplicatedTopic topic = topic("unclean", List.of(2, 3), Map.of());
        topic.produce(10, 10);
        cluster.stop(3);
        topic.awaitInSync(2);
        topic.produce(5, 10);
        cluster.stop(2);
        topic.awaitLeader(-1);
        startThird();
        assertThat(topic.leader())
                .as("the one that misses records does not lead by itself")
                .isEqualTo(-1);

        elect(ElectionType.UNCLEAN, topic);
        topic.awaitLeader(3);
        cluster.startBroker(2);
        topic.awaitInSync(2, 3);
        topic.produce(10, 10);
        awaitEqualLogs(topic.name, 2, 3);
    }

    @Test
    void aTopicThatAllowsItElectsUncleanlyByItself() throws Exception {
        ReplicatedTopic topic = topic("available", List.of(2, 3), Map.of("unclean.leader.election.enable", "true"));
        topic.produce(10, 10);
        cluster.stop(3);
        topic.awaitInSync(2);
        topic.produce(5, 10);
        cluster.stop(2);
        startThird();
        topic.awaitLeader(3);
        cluster.startBroker(2);
        topic.awaitInSync(2, 3);
        awaitEqualLogs(topic.name, 2, 3);
    }

    @Test
    void aTopicDeletedOrCreatedAnewWhileABrokerWasAwayIsNotMistaken() throws Exception {
        ReplicatedTopic gone = topic("gone", List.of(1, 3), Map.of());
        ReplicatedTopic before = topic("again", List.of(1, 3), Map.of());
        gone.produce(10, 100);
        before.produce(10, 100);
        cluster.stop(3);
        admin.deleteTopics(List.of("gone", "again")).all().get(10, TimeUnit.SECONDS);
        await().until(() -> !admin.listTopics().names().get().contains("again"));
        ReplicatedTopic again = topic("again", List.of(1, 3), Map.of());
        again.produce(3, 7);

        startThird();
        again.awaitInSync(1, 3);
        again.produce(3, 7);
        awaitEqualLogs("again", 1, 3);
        await().until(() -> Files.notExists(cluster.dataOf(3).resolve("gone-0")));
    }

    private static void awaitEqualLogs(String topic, int one, int other) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Files.mismatch(log(one, topic), log(other, topic)))
                        .isEqualTo(-1));
    }

    private static Path log(int broker, String topic) {
        return cluster.dataOf(broker).resolve(topic + "-0").resolve("00000000000000000000.log");
    }
}
