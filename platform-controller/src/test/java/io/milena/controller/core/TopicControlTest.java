package io.milena.controller.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.records.VersionedRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class TopicControlTest {

    @Test
    void a_topic_gets_the_partitions_and_leaders_asked_for_and_the_answer_tells_its_configuration() {
        Cluster cluster = Cluster.withBrokers(3);
        CreateTopicsRequestData request = Cluster.request("orders", 6, 3);
        request.topics()
                .find("orders")
                .configs()
                .add(new CreatableTopicConfig().setName("retention.ms").setValue("1000"));

        CreatableTopicResult result = cluster.create(request).topics().find("orders");

        assertThat(result.errorCode()).isZero();
        assertThat(result.numPartitions()).isEqualTo(6);
        assertThat(result.replicationFactor()).isEqualTo((short) 3);
        assertThat(result.topicId()).isEqualTo(cluster.topic("orders").id());
        assertThat(result.configs())
                .extracting("name", "value", "configSource")
                .contains(
                        org.assertj.core.groups.Tuple.tuple("retention.ms", "1000", (byte) 1),
                        org.assertj.core.groups.Tuple.tuple("cleanup.policy", "delete", (byte) 5));
        Map<Integer, Integer> leaders = new HashMap<>();
        for (int p = 0; p < 6; p++) {
            PartitionState partition = cluster.topic("orders").existing(p);
            assertThat(partition.replicas()).hasSize(3).isEqualTo(partition.isr());
            assertThat(partition.leader()).isEqualTo(partition.replicas()[0]);
            assertThat(partition.directories()[0]).isEqualTo(Cluster.directory(partition.leader()));
            leaders.merge(partition.leader(), 1, Integer::sum);
        }
        assertThat(leaders.values()).containsOnly(2);
        cluster.checkInvariants();
    }

    @Test
    void defaults_are_used_for_minus_one() {
        Cluster cluster = Cluster.withBrokers(1);
        CreatableTopicResult result =
                cluster.create(Cluster.request("t", -1, -1)).topics().find("t");
        assertThat(result.numPartitions()).isEqualTo(1);
        assertThat(result.replicationFactor()).isEqualTo((short) 1);
    }

    @Test
    void refusals_carry_kafkas_words() {
        Cluster cluster = Cluster.withBrokers(1);
        cluster.create("there", 1, 1);
        cluster.create("a.b", 1, 1);

        refused(cluster, "there", 1, 1, Errors.TOPIC_ALREADY_EXISTS, "Topic 'there' already exists.");
        refused(cluster, "a_b", 1, 1, Errors.INVALID_TOPIC_EXCEPTION, "Topic 'a_b' collides with existing topic: a.b");
        refused(
                cluster,
                "a b",
                1,
                1,
                Errors.INVALID_TOPIC_EXCEPTION,
                "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'");
        refused(
                cluster,
                "many",
                1,
                3,
                Errors.INVALID_REPLICATION_FACTOR,
                "Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached"
                        + " because only 1 broker(s) are registered or some brokers have all their log directories"
                        + " cordoned.");
        refused(
                cluster,
                "zero",
                1,
                0,
                Errors.INVALID_REPLICATION_FACTOR,
                "Replication factor must be larger than 0, or -1 to use the default value.");
        refused(
                cluster,
                "none",
                0,
                1,
                Errors.INVALID_PARTITIONS,
                "Number of partitions was set to an invalid non-positive value.");
        refused(
                cluster,
                "__cluster_metadata",
                1,
                1,
                Errors.INVALID_REQUEST,
                "Creation of internal topic __cluster_metadata is prohibited.");
        cluster.fence(0);
        refused(
                cluster,
                "fenced",
                1,
                1,
                Errors.INVALID_REPLICATION_FACTOR,
                "Unable to replicate the partition 1 time(s): All brokers are currently fenced, or have all their log"
                        + " directories cordoned.");
    }

    private static void refused(Cluster cluster, String name, int partitions, int rf, Errors error, String text) {
        CreatableTopicResult result =
                cluster.create(Cluster.request(name, partitions, rf)).topics().find(name);
        assertThat(Errors.forCode(result.errorCode())).isEqualTo(error);
        assertThat(result.errorMessage()).isEqualTo(text);
    }

    @Test
    void bad_configs_are_refused_and_nothing_of_the_topic_is_written() {
        Cluster cluster = Cluster.withBrokers(1);
        int before = cluster.log.size();
        CreateTopicsRequestData request = Cluster.request("t", 1, 1);
        request.topics()
                .find("t")
                .configs()
                .add(new CreatableTopicConfig().setName("no.such").setValue("1"));
        assertThat(cluster.create(request).topics().find("t").errorMessage())
                .isEqualTo("Unknown topic config name: no.such");

        request.topics().find("t").configs().clear();
        request.topics()
                .find("t")
                .configs()
                .add(new CreatableTopicConfig().setName("retention.ms").setValue(null));
        CreatableTopicResult result = cluster.create(request).topics().find("t");
        assertThat(Errors.forCode(result.errorCode())).isEqualTo(Errors.INVALID_CONFIG);
        assertThat(result.errorMessage()).isEqualTo("Null value not supported for topic configs: retention.ms");
        assertThat(cluster.log).hasSize(before);
    }

    @Test
    void validate_only_answers_and_writes_nothing() {
        Cluster cluster = Cluster.withBrokers(1);
        int before = cluster.log.size();
        CreatableTopicResult result = cluster.create(Cluster.request("t", 3, 1).setValidateOnly(true))
                .topics()
                .find("t");
        assertThat(result.errorCode()).isZero();
        assertThat(result.numPartitions()).isEqualTo(3);
        assertThat(cluster.log).hasSize(before);
    }

    @Test
    void manual_assignments_are_taken_or_refused_with_kafkas_words() {
        Cluster cluster = Cluster.withBrokers(3);
        assertThat(cluster.createOn("good", List.of(2, 0)).existing(0).replicas())
                .containsExactly(2, 0);

        assertThat(manual(cluster, List.of(0, 0)).errorMessage())
                .isEqualTo("The manual partition assignment includes the broker 0 more than once.");
        assertThat(manual(cluster, List.of(9)).errorMessage())
                .isEqualTo("The manual partition assignment includes broker 9, but no such broker is registered.");
        assertThat(manual(cluster, List.of(0), List.of(1, 2)).errorMessage())
                .isEqualTo("The manual partition assignment includes a partition with 2 replica(s), but this is not"
                        + " consistent with previous partitions, which have 1 replica(s).");
    }

    @SafeVarargs
    private static CreatableTopicResult manual(Cluster cluster, List<Integer>... partitions) {
        CreatableTopic topic =
                new CreatableTopic().setName("m").setNumPartitions(-1).setReplicationFactor((short) -1);
        for (int p = 0; p < partitions.length; p++) {
            topic.assignments()
                    .add(new CreatableReplicaAssignment().setPartitionIndex(p).setBrokerIds(partitions[p]));
        }
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        request.topics().add(topic);
        return cluster.create(request).topics().find("m");
    }

    @Test
    void ten_thousand_partitions_take_a_moment_and_more_are_too_many_at_once() {
        Cluster cluster = Cluster.withBrokers(1);
        TopicCreation warm = new TopicCreation(cluster.context);
        warm.decide(Cluster.request("warm", 10_000, 1));
        long start = System.nanoTime();
        Decision<?> decision = new TopicCreation(cluster.context).decide(Cluster.request("big", 10_000, 1));
        ClusterState fresh = new ClusterState();
        List<VersionedRecord> records = new ArrayList<>();
        decision.records().forEach(records::add);
        for (int i = 0; i < records.size(); i++) {
            fresh.replay(records.get(i), i);
        }
        long ms = (System.nanoTime() - start) / 1_000_000;
        assertThat(records).hasSize(10_001);
        assertThat(ms).isLessThan(500);
        System.getLogger("test")
                .log(System.Logger.Level.INFO, "10,000 partitions decided and replayed in " + ms + " ms");

        assertThatThrownBy(() -> cluster.create(Cluster.request("toobig", 10_001, 1)))
                .isInstanceOf(PolicyViolationException.class)
                .hasMessage("Excessively large number of partitions per request.");
    }

    @Test
    void topics_are_deleted_by_name_or_id_with_their_configuration() {
        Cluster cluster = Cluster.withBrokers(1);
        cluster.create("a", 1, 1);
        Uuid b = cluster.create("b", 1, 1).id();

        DeleteTopicsResponseData byName = cluster.commit(new TopicDeletion(cluster.context)
                .decide(new DeleteTopicsRequestData().setTopicNames(List.of("a", "missing"))));
        DeleteTopicsResponseData byId = cluster.commit(new TopicDeletion(cluster.context)
                .decide(new DeleteTopicsRequestData()
                        .setTopics(List.of(
                                new DeleteTopicState().setName(null).setTopicId(b),
                                new DeleteTopicState().setName(null).setTopicId(new Uuid(9, 9)),
                                new DeleteTopicState().setName(null)))));

        assertThat(byName.responses().find("a").errorCode()).isZero();
        assertThat(byName.responses().find("missing").errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(byId.responses().find("b").topicId()).isEqualTo(b);
        assertThat(byId.responses().stream().map(each -> each.errorCode()))
                .containsExactly((short) 0, Errors.UNKNOWN_TOPIC_ID.code(), Errors.INVALID_REQUEST.code());
        assertThat(cluster.state.topics().all()).isEmpty();
        assertThat(cluster.state.topics().leaderCount(0)).isZero();
        cluster.create("a_", 1, 1);
    }

    @Test
    void partitions_grow_by_count_or_assignment_and_never_shrink() {
        Cluster cluster = Cluster.withBrokers(2);
        cluster.create("t", 2, 1);
        assertThat(grow(cluster, "t", 5, null).errorCode()).isZero();
        assertThat(cluster.topic("t").partitionCount()).isEqualTo(5);
        assertThat(grow(cluster, "t", 5, null).errorMessage()).isEqualTo("Topic already has 5 partition(s).");
        assertThat(grow(cluster, "t", 3, null).errorMessage())
                .isEqualTo("The topic t currently has 5 partition(s); 3 would not be an increase.");
        assertThat(grow(cluster, "t", 7, List.of(List.of(0))).errorMessage())
                .isEqualTo("Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.");
        assertThat(grow(cluster, "t", 6, List.of(List.of(1))).errorCode()).isZero();
        assertThat(cluster.topic("t").existing(5).replicas()).containsExactly(1);
        assertThat(Errors.forCode(grow(cluster, "missing", 6, null).errorCode()))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        cluster.checkInvariants();
    }

    private static CreatePartitionsTopicResult grow(
            Cluster cluster, String name, int count, List<List<Integer>> assignments) {
        CreatePartitionsRequestData request = new CreatePartitionsRequestData();
        CreatePartitionsTopic topic = new CreatePartitionsTopic().setName(name).setCount(count);
        topic.setAssignments(
                assignments == null
                        ? null
                        : assignments.stream()
                                .map(each -> new CreatePartitionsAssignment().setBrokerIds(each))
                                .toList());
        request.topics().add(topic);
        return cluster.commit(new PartitionGrowth(cluster.context).decide(request))
                .results()
                .get(0);
    }

    @Test
    void replicas_spread_over_racks_and_followers_over_brokers() {
        Cluster cluster = new Cluster(7, 30, false);
        for (int id = 0; id < 6; id++) {
            cluster.register(Cluster.registration(id, new Uuid(id + 1, 5)).setRack("rack" + id / 2));
            cluster.heartbeat(id, false, false);
        }
        cluster.create("t", 60, 3);
        Map<Integer, Set<Integer>> followers = new HashMap<>();
        int[] leaders = new int[6];
        for (int p = 0; p < 60; p++) {
            int[] replicas = cluster.topic("t").existing(p).replicas();
            assertThat(Arrays.stream(replicas).map(id -> id / 2).boxed().collect(java.util.stream.Collectors.toSet()))
                    .as(Arrays.toString(replicas))
                    .hasSize(3);
            leaders[replicas[0]]++;
            followers.computeIfAbsent(replicas[0], each -> new TreeSet<>()).add(replicas[1]);
        }
        assertThat(leaders).containsOnly(10);
        assertThat(new HashSet<>(followers.values()))
                .allSatisfy(each -> assertThat(each).hasSizeGreaterThan(1));
    }
}
