package io.milena.controller.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.records.VersionedRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random requests against the pure state machines. After each one: the invariants of every partition, epochs that only rise,
 * a standby that equals the active state, and Apache Kafka's own image that equals both. A failure names its seed.
 */
class RandomRequestsTest {
    private static final int STEPS = 250;
    private static final int BROKERS = 5;

    static List<Integer> seeds() {
        List<Integer> seeds = new ArrayList<>();
        for (int seed = 1; seed <= Integer.getInteger("milena.seeds", 30); seed++) {
            seeds.add(seed);
        }
        return seeds;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void invariants_hold_whatever_is_asked(int seed) {
        List<VersionedRecord> first = run(seed);
        assertThat(run(seed)).as("the same seed gives the same records").isEqualTo(first);
    }

    private static List<VersionedRecord> run(int seed) {
        Random random = new Random(seed);
        Cluster cluster = new Cluster(seed, 30, random.nextBoolean());
        for (int id = 0; id < BROKERS; id++) {
            cluster.startBroker(id);
        }
        Map<String, int[]> epochs = new HashMap<>();
        for (int step = 0; step < STEPS; step++) {
            int action = random.nextInt(14);
            try {
                act(cluster, random, action, step);
            } catch (ApiException refused) {
                assertThat(refused).isNotNull();
            }
            cluster.nowMs += random.nextInt(400);
            checkEpochs(cluster, epochs);
            cluster.checkInvariants();
        }
        return cluster.log;
    }

    private static void act(Cluster cluster, Random random, int action, int step) {
        int broker = random.nextInt(BROKERS);
        BrokerState registered = cluster.broker(broker);
        switch (action) {
            case 0, 1 -> cluster.create(Cluster.request("t" + random.nextInt(6), 1, 1 + random.nextInt(3)));
            case 2 ->
                cluster.commit(new TopicDeletion(cluster.context)
                        .decide(new DeleteTopicsRequestData().setTopicNames(List.of("t" + random.nextInt(6)))));
            case 3 -> {
                if (!registered.fenced()) {
                    cluster.fence(broker);
                }
            }
            case 4, 5, 6 -> cluster.heartbeat(broker, false, false);
            case 7 -> cluster.heartbeat(broker, false, true);
            case 8 -> {
                cluster.sessions.end(broker, registered.epoch());
                cluster.register(Cluster.registration(broker, new Uuid(step + 10, broker))
                        .setPreviousBrokerEpoch(random.nextBoolean() ? registered.epoch() : -1));
            }
            case 9, 10, 11 -> alterIsr(cluster, random);
            case 12 -> reassign(cluster, random);
            default -> elect(cluster, random);
        }
    }

    private static void alterIsr(Cluster cluster, Random random) {
        String name = "t" + random.nextInt(6);
        TopicState topic = cluster.state.topics().byName(name);
        if (topic == null || topic.existing(0).leader() < 0) {
            return;
        }
        PartitionState partition = topic.existing(0);
        List<Integer> isr = new ArrayList<>();
        for (int replica : partition.replicas()) {
            if (replica == partition.leader() || random.nextInt(3) > 0) {
                isr.add(replica);
            }
        }
        cluster.alterIsr(name, isr);
    }

    private static void reassign(Cluster cluster, Random random) {
        List<Integer> brokers = new ArrayList<>(List.of(0, 1, 2, 3, 4));
        java.util.Collections.shuffle(brokers, random);
        List<Integer> replicas = random.nextInt(4) == 0 ? null : brokers.subList(0, 1 + random.nextInt(3));
        cluster.commit(new Reassignments(cluster.context)
                .alter(new AlterPartitionReassignmentsRequestData()
                        .setTopics(List.of(new ReassignableTopic()
                                .setName("t" + random.nextInt(6))
                                .setPartitions(List.of(new ReassignablePartition()
                                        .setPartitionIndex(0)
                                        .setReplicas(replicas)))))));
    }

    private static void elect(Cluster cluster, Random random) {
        ElectLeadersRequestData request =
                new ElectLeadersRequestData().setElectionType((byte) (random.nextInt(5) == 0 ? 1 : 0));
        request.setTopicPartitions(null);
        cluster.commit(new LeaderElections(cluster.context).decide(request));
        cluster.commit(new LeaderElections(cluster.context).balance());
    }

    private static void checkEpochs(Cluster cluster, Map<String, int[]> epochs) {
        for (TopicState topic : cluster.state.topics().all()) {
            PartitionState partition = topic.existing(0);
            int[] now = {partition.leader(), partition.leaderEpoch(), partition.partitionEpoch()};
            int[] before = epochs.put(topic.id().toString(), now);
            if (before != null) {
                assertThat(now[1]).as("leader epoch of " + partition).isGreaterThanOrEqualTo(before[1]);
                assertThat(now[2]).as("partition epoch of " + partition).isGreaterThanOrEqualTo(before[2]);
                if (now[0] != before[0]) {
                    assertThat(now[1]).as("a new leader has a new epoch").isGreaterThan(before[1]);
                }
            }
        }
        for (BrokerState broker : cluster.state.brokers().all()) {
            int leaders = 0;
            for (TopicState topic : cluster.state.topics().all()) {
                leaders += topic.existing(0).leader() == broker.id() ? 1 : 0;
            }
            assertThat(cluster.state.topics().leaderCount(broker.id())).isEqualTo(leaders);
        }
    }
}
