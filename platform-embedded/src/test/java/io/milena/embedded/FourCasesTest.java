package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The four cases that visualisations of Kafka tell, each on a real cluster of two brokers: who reads which partition, what happens
 * when a partition or a consumer comes or goes, and who leads a partition when a broker stops and returns.
 */
@Timeout(90)
class FourCasesTest {
    private static final String TOPIC = "parcels";
    private static final String GROUP = "couriers";
    private static final Map<String, String> TWO_REPLICAS = Map.of(
            "default.replication.factor", "2",
            "offsets.topic.replication.factor", "2",
            "group.consumer.min.heartbeat.interval.ms", "100",
            "group.consumer.heartbeat.interval.ms", "200",
            "broker.heartbeat.interval.ms", "200");

    @TempDir
    Path directory;

    private EmbeddedCluster cluster;
    private Admin admin;
    private KafkaProducer<String, String> producer;
    private int sent;

    private void startTwoBrokers(Map<String, String> more) {
        Map<String, String> settings = new java.util.HashMap<>(TWO_REPLICAS);
        settings.putAll(more);
        cluster = EmbeddedCluster.start(directory, 2, settings);
        admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "acks", "all", "metadata.max.age.ms", 300),
                new StringSerializer(),
                new StringSerializer());
    }

    @AfterEach
    void stopCluster() {
        producer.close(Duration.ZERO);
        admin.close();
        cluster.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void case1_oneConsumerReadsBothPartitions(String protocol) throws Exception {
        // given a topic with two partitions, and records in both
        startTwoBrokers(Map.of());
        createTopic(2);
        send(100, 2);

        // when one consumer joins
        try (GroupMember anna = join("anna", protocol)) {
            // then it owns both and reads everything once
            anna.awaitOwns(2);
            anna.awaitRead(100);
            send(50, 2);
            anna.awaitRead(150);
            assertThat(anna.read()).containsExactlyInAnyOrderElementsOf(parcels(0, 150));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void case2_twoConsumersShareThePartitionsAndThenOneIsAdded(String protocol) throws Exception {
        // given one consumer that reads two partitions
        startTwoBrokers(Map.of());
        createTopic(2);
        try (GroupMember anna = join("anna", protocol)) {
            anna.awaitOwns(2);

            // when a second consumer joins
            try (GroupMember bela = join("bela", protocol)) {
                // then each has one partition
                anna.awaitOwns(1);
                bela.awaitOwns(1);
                assertThat(union(anna, bela)).containsExactlyInAnyOrder(0, 1);
                send(100, 2);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> anna.read().size() == 50 && bela.read().size() == 50);

                // when a third partition is added
                admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(3)))
                        .all()
                        .get(10, TimeUnit.SECONDS);

                // then one of them takes it over too, and what is written to it is read
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> union(anna, bela).size() == 3);
                assertThat(anna.partitions()).doesNotContainAnyElementsOf(bela.partitions());
                send(90, 3);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> anna.read().size() + bela.read().size() >= 190);
                assertThat(Stream.concat(anna.read().stream(), bela.read().stream()))
                        .containsExactlyInAnyOrderElementsOf(parcels(0, 190));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void case3_aFourthConsumerIsIdleUntilAnotherLeaves(String protocol) throws Exception {
        // given three partitions and three consumers with one each
        startTwoBrokers(Map.of());
        createTopic(3);
        List<GroupMember> members = new ArrayList<>();
        try {
            for (String name : List.of("anna", "bela", "cyril")) {
                members.add(join(name, protocol));
            }
            members.forEach(member -> member.awaitOwns(1));

            // when a fourth joins, then one of the four has nothing to do
            members.add(join("dora", protocol));
            await().atMost(Duration.ofSeconds(20)).until(() -> describedMembers() == 4);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> members.stream()
                                            .filter(member ->
                                                    member.partitions().isEmpty())
                                            .count()
                                    == 1
                            && union(members.toArray(GroupMember[]::new)).size() == 3);
            GroupMember idle = members.stream()
                    .filter(member -> member.partitions().isEmpty())
                    .findFirst()
                    .orElseThrow();
            send(90, 3);
            await().atMost(Duration.ofSeconds(20)).until(() -> allRead(members).size() >= 90);
            assertThat(idle.read()).isEmpty();

            // when one that had a partition leaves, then the idle one takes over, where the other stopped
            GroupMember leaver = members.stream()
                    .filter(member -> member != idle)
                    .findFirst()
                    .orElseThrow();
            Set<Integer> left = leaver.partitions();
            leaver.leave();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> idle.partitions().size() == 1
                            && members.stream()
                                            .filter(member -> member != leaver)
                                            .flatMap(member -> member.partitions().stream())
                                            .distinct()
                                            .count()
                                    == 3);
            if (protocol.equals("consumer")) {
                assertThat(idle.partitions()).as("nobody else is disturbed").isEqualTo(left);
            }
            send(90, 3);
            await().atMost(Duration.ofSeconds(20)).until(() -> allRead(members).size() >= 180);
            idle.awaitRead(30);
            assertThat(allRead(members)).containsExactlyInAnyOrderElementsOf(parcels(0, 180));
        } finally {
            members.forEach(GroupMember::close);
        }
    }

    @Test
    void case4_aBrokerThatReturnsCatchesUpAsFollowerAndDoesNotTakeItsPartitionBack() throws Exception {
        // given two brokers with a replica of the partition each; the first leads, and a consumer reads
        startTwoBrokers(Map.of());
        createLedByFirst();
        send(100, 1);
        try (GroupMember anna = join("anna", "classic")) {
            anna.awaitRead(100);

            // when the first broker stops, then the second leads and nothing is lost
            cluster.stop(1);
            awaitLeader(2);
            assertThat(inSync()).containsExactly(2);
            send(100, 1);
            anna.awaitRead(200);

            // when the first returns, then it catches up as follower
            cluster.startBroker(1);
            await().atMost(Duration.ofSeconds(20)).until(() -> inSync().equals(Set.of(1, 2)));
            assertThat(leader()).isEqualTo(2);
            send(100, 1);
            anna.awaitRead(300);
            assertThat(leader()).as("being in sync again is no reason to lead").isEqualTo(2);

            // when the preferred leader is asked for, then the first leads again
            admin.electLeaders(ElectionType.PREFERRED, Set.of(new TopicPartition(TOPIC, 0)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            awaitLeader(1);
            send(100, 1);
            anna.awaitRead(400);
            assertThat(anna.read()).containsExactlyElementsOf(parcels(0, 400));
        }
    }

    @Test
    void case4_theRebalanceRuleGivesTheReturningBrokerItsPartitionBack() throws Exception {
        // given a cluster that looks for leaders in the wrong place every second
        startTwoBrokers(Map.of("leader.imbalance.check.interval.seconds", "1"));
        createLedByFirst();
        cluster.stop(1);
        awaitLeader(2);
        send(100, 1);

        // when the first broker returns and is in sync, then the rule makes it leader again
        cluster.startBroker(1);
        awaitLeader(1);
        assertThat(inSync()).containsExactlyInAnyOrder(1, 2);
        send(100, 1);
        try (GroupMember anna = join("anna", "classic")) {
            anna.awaitRead(200);
            assertThat(anna.read()).containsExactlyElementsOf(parcels(0, 200));
        }
    }

    private void createTopic(int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 2)))
                .all()
                .get(10, TimeUnit.SECONDS);
    }

    private void createLedByFirst() throws Exception {
        admin.createTopics(List.of(new NewTopic(TOPIC, Map.of(0, List.of(1, 2)))))
                .all()
                .get(10, TimeUnit.SECONDS);
        // The other broker may hear of the topic a moment later.
        await().ignoreExceptions().untilAsserted(() -> assertThat(leader()).isEqualTo(1));
    }

    private GroupMember join(String name, String protocol) {
        return GroupMember.join(name, cluster.bootstrapServers(), protocol, GROUP, TOPIC);
    }

    /** Sends numbered parcels to the partitions in turn, and waits for all acknowledgements. */
    private void send(int count, int partitions) throws Exception {
        List<Future<RecordMetadata>> sending = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sending.add(producer.send(new ProducerRecord<>(TOPIC, i % partitions, null, "parcel-" + sent++)));
        }
        for (Future<RecordMetadata> each : sending) {
            each.get(30, TimeUnit.SECONDS);
        }
    }

    private static List<String> parcels(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "parcel-" + i).toList();
    }

    private static Set<Integer> union(GroupMember... members) {
        Set<Integer> all = new HashSet<>();
        for (GroupMember member : members) {
            all.addAll(member.partitions());
        }
        return all;
    }

    private static List<String> allRead(List<GroupMember> members) {
        return members.stream().flatMap(member -> member.read().stream()).toList();
    }

    private int describedMembers() throws Exception {
        return admin.describeConsumerGroups(List.of(GROUP))
                .all()
                .get(10, TimeUnit.SECONDS)
                .get(GROUP)
                .members()
                .size();
    }

    private TopicPartitionInfo partition() throws Exception {
        return admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get(10, TimeUnit.SECONDS)
                .get(TOPIC)
                .partitions()
                .get(0);
    }

    private int leader() throws Exception {
        return partition().leader() == null ? -1 : partition().leader().id();
    }

    private Set<Integer> inSync() throws Exception {
        Set<Integer> ids = new HashSet<>();
        partition().isr().forEach(node -> ids.add(node.id()));
        return ids;
    }

    private void awaitLeader(int broker) {
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> leader() == broker);
    }
}
