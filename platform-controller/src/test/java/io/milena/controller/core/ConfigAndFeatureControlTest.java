package io.milena.controller.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ConfigAndFeatureControlTest {
    private static final byte TOPIC = ConfigResource.Type.TOPIC.id();
    private static final byte BROKER = ConfigResource.Type.BROKER.id();

    @Test
    void values_are_set_appended_subtracted_and_deleted() {
        Cluster cluster = Cluster.withBrokers(1);
        cluster.create("t", 1, 1);

        assertThat(alter(cluster, TOPIC, "t", OpType.SET, "retention.ms", "5").errorCode())
                .isZero();
        assertThat(alter(cluster, TOPIC, "t", OpType.APPEND, "cleanup.policy", "compact")
                        .errorCode())
                .isZero();
        assertThat(cluster.state.configs().ofTopic("t"))
                .containsExactlyEntriesOf(
                        Map.of("cleanup.policy", "delete,compact", "retention.ms", "5").entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .collect(
                                        java.util.LinkedHashMap::new,
                                        (m, e) -> m.put(e.getKey(), e.getValue()),
                                        Map::putAll));
        alter(cluster, TOPIC, "t", OpType.SUBTRACT, "cleanup.policy", "delete");
        alter(cluster, TOPIC, "t", OpType.DELETE, "retention.ms", null);
        assertThat(cluster.state.configs().ofTopic("t")).isEqualTo(Map.of("cleanup.policy", "compact"));
    }

    @Test
    void aListOfBrokersBeginsWithItsDefault() {
        Cluster cluster = Cluster.withBrokers(1);

        alter(cluster, BROKER, "", OpType.APPEND, "log.cleanup.policy", "compact");

        assertThat(cluster.state.configs().ofCluster()).containsEntry("log.cleanup.policy", "delete,compact");
        alter(cluster, BROKER, "", OpType.SUBTRACT, "log.cleanup.policy", "compact");
        assertThat(cluster.state.configs().ofCluster())
                .as("empty, it would keep everybody from deleting records")
                .containsEntry("log.cleanup.policy", "delete");
    }

    @Test
    void bad_changes_are_refused_whole() {
        Cluster cluster = Cluster.withBrokers(1);
        cluster.create("t", 1, 1);

        assertThat(alter(cluster, TOPIC, "t", OpType.SET, "no.such", "5").errorMessage())
                .isEqualTo("Unknown topic config name: no.such");
        assertThat(alter(cluster, TOPIC, "t", OpType.APPEND, "retention.ms", "5")
                        .errorMessage())
                .isEqualTo("Can't APPEND to key retention.ms because its type is not LIST.");
        assertThat(Errors.forCode(alter(cluster, TOPIC, "t", OpType.SET, "retention.ms", null)
                        .errorCode()))
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(Errors.forCode(alter(cluster, TOPIC, "gone", OpType.SET, "retention.ms", "1")
                        .errorCode()))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(Errors.forCode(
                        alter(cluster, BROKER, "7", OpType.SET, "x", "1").errorCode()))
                .isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
        assertThat(alter(cluster, BROKER, "x", OpType.SET, "x", "1").errorMessage())
                .isEqualTo("Unable to parse broker name as a base 10 number.");
        assertThat(cluster.state.configs().ofTopic("t")).isEmpty();
    }

    @Test
    void the_old_alter_replaces_everything_and_the_cluster_wide_value_shows_through() {
        Cluster cluster = Cluster.withBrokers(1);
        cluster.create("t", 1, 1);
        alter(cluster, TOPIC, "t", OpType.SET, "retention.ms", "5");
        alter(cluster, BROKER, "", OpType.SET, "log.retention.ms", "77");
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(TOPIC)
                .setResourceName("t");
        resource.configs()
                .add(new AlterConfigsRequestData.AlterableConfig()
                        .setName("cleanup.policy")
                        .setValue("compact"));
        request.resources().add(resource);
        cluster.commit(new ConfigurationControl(cluster.context).alter(request));

        assertThat(cluster.state.configs().ofTopic("t")).isEqualTo(Map.of("cleanup.policy", "compact"));
        assertThat(cluster.state.configs().effective("t", "retention.ms", cluster.context.rules()))
                .isEqualTo("77");
    }

    @Test
    void with_elr_the_minimum_isr_is_no_business_of_single_brokers_and_its_change_clears_the_elr() {
        Cluster cluster = Cluster.withBrokers(2, true);
        cluster.createOn("t", List.of(0, 1));
        assertThat(alter(cluster, BROKER, "0", OpType.SET, "min.insync.replicas", "2")
                        .errorMessage())
                .isEqualTo("Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
        alter(cluster, TOPIC, "t", OpType.SET, "min.insync.replicas", "2");
        cluster.fence(1);
        assertThat(cluster.partition("t").elr()).containsExactly(1);
        alter(cluster, TOPIC, "t", OpType.SET, "min.insync.replicas", "1");
        assertThat(cluster.partition("t").elr()).isEmpty();
        cluster.checkInvariants();
    }

    private static AlterConfigsResourceResponse alter(
            Cluster cluster, byte type, String name, OpType op, String key, String value) {
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(type)
                        .setResourceName(name);
        resource.configs()
                .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                        .setName(key)
                        .setValue(value)
                        .setConfigOperation(op.id()));
        request.resources().add(resource);
        return cluster.commit(new ConfigurationControl(cluster.context).alter(request))
                .responses()
                .get(0);
    }

    @Test
    void features_go_up_and_down_within_what_all_nodes_support() {
        Cluster cluster = Cluster.withBrokers(1);
        assertThat(update(cluster, "transaction.version", 2, 1).errorCode()).isZero();
        assertThat(cluster.state.features().level("transaction.version")).isEqualTo((short) 2);
        assertThat(update(cluster, "transaction.version", 1, 1).errorMessage())
                .contains("Can't downgrade the version of this feature without setting the upgrade type");
        assertThat(update(cluster, "transaction.version", 0, 2).errorCode()).isZero();
        assertThat(cluster.state.features().levels()).doesNotContainKey("transaction.version");
        assertThat(Errors.forCode(update(cluster, "transaction.version", 9, 1).errorCode()))
                .isEqualTo(Errors.INVALID_UPDATE_VERSION);
        assertThat(update(cluster, "no.such", 1, 1).errorMessage()).contains("does not support this feature");
        assertThat(update(cluster, Features.METADATA_VERSION, 20, 2).errorMessage())
                .contains("Refusing to perform the requested downgrade because it might delete metadata information.");
    }

    private static UpdateFeaturesResponseData update(Cluster cluster, String feature, int level, int type) {
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
        request.featureUpdates()
                .add(new UpdateFeaturesRequestData.FeatureUpdateKey()
                        .setFeature(feature)
                        .setMaxVersionLevel((short) level)
                        .setUpgradeType((byte) type));
        return cluster.commit(new FeatureControl(cluster.context).update(request));
    }

    @Test
    void producer_id_blocks_are_disjoint() {
        Cluster cluster = Cluster.withBrokers(2);
        assertThat(block(cluster, 0)).isZero();
        assertThat(block(cluster, 1)).isEqualTo(1_000);
        assertThat(block(cluster, 0)).isEqualTo(2_000);
        assertThat(cluster.kafkasImage().producerIds().nextProducerId()).isEqualTo(3_000);
    }

    private static long block(Cluster cluster, int broker) {
        return cluster.commit(cluster.state
                        .producerIds()
                        .allocate(
                                new AllocateProducerIdsRequestData()
                                        .setBrokerId(broker)
                                        .setBrokerEpoch(cluster.epochOf(broker)),
                                cluster.state.brokers()))
                .producerIdStart();
    }

    @Test
    void a_reassignment_is_started_listed_completed_or_cancelled() {
        Cluster cluster = Cluster.withBrokers(4);
        cluster.createOn("t", List.of(0, 1));
        assertThat(reassign(cluster, List.of(2, 3))).isEqualTo(Errors.NONE);
        assertThat(cluster.partition("t").adding()).containsExactly(2, 3);
        var listed = cluster.commit(
                new Reassignments(cluster.context).list(new ListPartitionReassignmentsRequestData().setTopics(null)));
        assertThat(listed.topics().get(0).partitions().get(0).removingReplicas())
                .containsExactly(0, 1);

        cluster.alterIsr("t", List.of(0, 1, 2));
        assertThat(cluster.partition("t").isReassigning()).isTrue();
        assertThat(Errors.forCode(cluster.alterIsr("t", List.of(0, 1, 2, 3)).errorCode()))
                .isEqualTo(Errors.NEW_LEADER_ELECTED);
        assertThat(cluster.partition("t").replicas()).containsExactly(2, 3);
        assertThat(cluster.partition("t").leader()).isEqualTo(2);

        assertThat(reassign(cluster, List.of(0, 1))).isEqualTo(Errors.NONE);
        assertThat(reassign(cluster, null)).isEqualTo(Errors.NONE);
        assertThat(cluster.partition("t").replicas()).containsExactly(2, 3);
        assertThat(reassign(cluster, null)).isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS);
        cluster.checkInvariants();
    }

    private static Errors reassign(Cluster cluster, List<Integer> replicas) {
        var request = new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new ReassignableTopic()
                        .setName("t")
                        .setPartitions(List.of(
                                new ReassignablePartition().setPartitionIndex(0).setReplicas(replicas)))));
        return Errors.forCode(cluster.commit(new Reassignments(cluster.context).alter(request))
                .responses()
                .get(0)
                .partitions()
                .get(0)
                .errorCode());
    }

    @Test
    void elections_are_held_where_they_are_needed_and_possible() {
        Cluster cluster = Cluster.withBrokers(2);
        cluster.createOn("t", List.of(0, 1));
        assertThat(elect(cluster, 0)).isEqualTo(Errors.ELECTION_NOT_NEEDED);
        cluster.fence(0);
        assertThat(elect(cluster, 0)).isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
        cluster.fence(1);
        assertThat(elect(cluster, 1)).isEqualTo(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
        cluster.heartbeat(0, false, false);
        assertThat(cluster.partition("t").leader()).isEqualTo(-1);
        assertThat(elect(cluster, 1)).isEqualTo(Errors.NONE);
        assertThat(cluster.partition("t").leader()).isZero();
        assertThat(cluster.partition("t").recovering()).isTrue();
        cluster.checkInvariants();
    }

    private static Errors elect(Cluster cluster, int type) {
        ElectLeadersRequestData request = new ElectLeadersRequestData().setElectionType((byte) type);
        request.topicPartitions()
                .add(new ElectLeadersRequestData.TopicPartitions().setTopic("t").setPartitions(List.of(0)));
        return Errors.forCode(cluster.commit(new LeaderElections(cluster.context).decide(request))
                .replicaElectionResults()
                .get(0)
                .partitionResult()
                .get(0)
                .errorCode());
    }
}
