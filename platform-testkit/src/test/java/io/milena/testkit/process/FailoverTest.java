package io.milena.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Failovers of six processes whose time-outs are so long that only a lost connection, followed up, explains what is seen; and
 * connections that break without anybody having died.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailoverTest {
    private static final String TOPIC = "failover";
    private static final String GROUP = "readers";
    private static final int PARTITIONS = 6;
    private static final long BOUND_MS = 4_000;
    private static final Map<String, String> LONG_TIME_OUTS = Map.of(
            "broker.session.timeout.ms", "60000",
            "controller.quorum.fetch.timeout.ms", "30000",
            "auto.leader.rebalance.enable", "false");

    private ProcessCluster cluster;
    private Admin admin;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        cluster = ProcessCluster.in(directory)
                .controllers(3)
                .brokers(3)
                .cuttable()
                .settings(LONG_TIME_OUTS)
                .create();
        cluster.start();
        admin = cluster.admin(30_000);
        admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                .all()
                .get();
        producer = new KafkaProducer<>(
                new HashMap<>(Map.of("bootstrap.servers", cluster.bootstrapServers(), "linger.ms", "0")),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            send(partition);
        }
    }

    @AfterAll
    void stop() {
        admin.close(java.time.Duration.ZERO);
        producer.close(java.time.Duration.ZERO);
        cluster.close();
    }

    @Test
    @Order(1)
    void connections_that_break_every_second_move_no_leadership() throws Exception {
        Map<Integer, Integer> leaders = leaders();
        QuorumInfo before = quorum();
        for (int second = 0; second < 6; second++) {
            cluster.nodes().forEach(node -> cluster.network().reset(node.id()));
            long nextNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            while (System.nanoTime() < nextNs) {
                send(second);
            }
        }
        assertThat(quorum().leaderEpoch()).as("epoch of the metadata quorum").isEqualTo(before.leaderEpoch());
        assertThat(leaders()).as(() -> String.join("\n-----\n", logs())).isEqualTo(leaders);
        assertThat(logs()).noneMatch(log -> log.contains("Fencing broker") || log.contains("was fenced"));
    }

    @Test
    @Order(2)
    void a_killed_leader_is_replaced_long_before_its_session_ends() throws Exception {
        int leader = leaders().get(0);
        cluster.node(leader).kill();
        long beforeNs = System.nanoTime();
        send(0);
        assertThat(elapsedMs(beforeNs)).as("next acknowledged record, ms").isLessThan(BOUND_MS);
        assertThat(leaders().get(0)).isNotEqualTo(leader);
        cluster.node(leader).start();
        cluster.awaitServing();
    }

    @Test
    @Order(3)
    void a_group_goes_on_with_its_offsets_when_its_coordinator_is_killed() throws Exception {
        Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers", cluster.bootstrapServers(), "group.id", GROUP, "enable.auto.commit", "false"));
        TopicPartition partition = new TopicPartition(TOPIC, 1);
        try (KafkaConsumer<byte[], byte[]> member =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            member.assign(List.of(partition));
            member.commitSync(Map.of(partition, new OffsetAndMetadata(1)));
            int coordinator = admin.describeConsumerGroups(List.of(GROUP))
                    .all()
                    .get(30, TimeUnit.SECONDS)
                    .get(GROUP)
                    .coordinator()
                    .id();
            cluster.node(coordinator).kill();
            long beforeNs = System.nanoTime();
            assertThat(member.committed(Set.of(partition)).get(partition).offset())
                    .isEqualTo(1);
            member.commitSync(Map.of(partition, new OffsetAndMetadata(2)));
            assertThat(elapsedMs(beforeNs)).as("next commit, ms").isLessThan(BOUND_MS);
            cluster.node(coordinator).start();
            cluster.awaitServing();
        }
    }

    @Test
    @Order(4)
    void a_killed_controller_is_replaced_long_before_the_fetch_time_out() throws Exception {
        QuorumInfo before = quorum();
        cluster.node(before.leaderId()).kill();
        long beforeNs = System.nanoTime();
        try {
            admin.createTopics(List.of(new NewTopic("next", Optional.of(1), Optional.of((short) 3))))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        } catch (ExecutionException repeated) {
            assertThat(repeated).hasCauseInstanceOf(TopicExistsException.class);
        }
        assertThat(elapsedMs(beforeNs)).as("next topic, ms").isLessThan(BOUND_MS);
        assertThat(quorum().leaderId()).isNotEqualTo(before.leaderId());
        cluster.node(before.leaderId()).start();
    }

    private void send(int partition) throws Exception {
        producer.send(new ProducerRecord<>(TOPIC, partition, null, new byte[100]))
                .get(60, TimeUnit.SECONDS);
    }

    private QuorumInfo quorum() throws Exception {
        return admin.describeMetadataQuorum().quorumInfo().get(30, TimeUnit.SECONDS);
    }

    private Map<Integer, Integer> leaders() throws Exception {
        Map<Integer, Integer> leaders = new HashMap<>();
        admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get(30, TimeUnit.SECONDS)
                .get(TOPIC)
                .partitions()
                .forEach(partition ->
                        leaders.put(partition.partition(), partition.leader().id()));
        return leaders;
    }

    private List<String> logs() {
        return cluster.nodes().stream().map(node -> node.logTail(1_000)).toList();
    }

    private static long elapsedMs(long sinceNs) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNs);
    }
}
