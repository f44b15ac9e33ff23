package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.server.policy.CreateTopicPolicy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Kafka's admin client against a node: the cluster and its quorum, log directories, records, groups, brokers and policies. */
class AdminClientTest {
    private static EmbeddedNode node;
    private static Admin admin;

    /** Lets no topic be created whose name starts with "forbidden". */
    public static final class NoForbiddenTopics implements CreateTopicPolicy {
        @Override
        public void configure(Map<String, ?> configs) {}

        @Override
        public void validate(RequestMetadata topic) {
            if (topic.topic().startsWith("forbidden")) {
                throw new org.apache.kafka.common.errors.PolicyViolationException(
                        topic.topic() + " with " + topic.numPartitions() + " partitions");
            }
        }

        @Override
        public void close() {}
    }

    @BeforeAll
    static void start() {
        node = EmbeddedNode.builder()
                .property("create.topic.policy.class.name", NoForbiddenTopics.class.getName())
                .start();
        admin = Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        node.close();
    }

    @Test
    void the_cluster_its_features_and_its_quorum_are_told() throws Exception {
        int id = node.node().config().nodeId();

        assertThat(admin.describeCluster().clusterId().get())
                .isEqualTo(node.node().clusterId());
        assertThat(admin.describeCluster().nodes().get())
                .extracting(n -> n.id())
                .containsExactly(id);
        FeatureMetadata features = admin.describeFeatures().featureMetadata().get();
        assertThat(features.finalizedFeatures()).containsKeys("metadata.version", "group.version");
        QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get();
        assertThat(quorum.leaderId()).isEqualTo(id);
        assertThat(quorum.voters())
                .extracting(QuorumInfo.ReplicaState::replicaId)
                .containsExactly(id);
    }

    @Test
    void deleted_records_move_the_start_of_the_log_and_directories_tell_their_size() throws Exception {
        admin.createTopics(Set.of(new NewTopic("trimmed", 1, (short) 1))).all().get();
        TopicPartition partition = new TopicPartition("trimmed", 0);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", node.bootstrapServers()), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 5; i++) {
                producer.send(new ProducerRecord<>("trimmed", "value " + i));
            }
        }

        long lowWatermark = admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(3)))
                .lowWatermarks()
                .get(partition)
                .get()
                .lowWatermark();

        assertThat(lowWatermark).isEqualTo(3);
        assertThat(offset(partition, OffsetSpec.earliest())).isEqualTo(3);
        assertThat(offset(partition, OffsetSpec.latest())).isEqualTo(5);
        int id = node.node().config().nodeId();
        assertThat(admin.describeLogDirs(List.of(id))
                        .allDescriptions()
                        .get()
                        .get(id)
                        .values())
                .anySatisfy(directory -> assertThat(
                                directory.replicaInfos().get(partition).size())
                        .isPositive());
    }

    private static long offset(TopicPartition partition, OffsetSpec spec) throws Exception {
        ListOffsetsResult offsets = admin.listOffsets(Map.of(partition, spec));
        return offsets.partitionResult(partition).get().offset();
    }

    @Test
    void offsets_of_a_group_are_kept_and_the_group_can_be_deleted() throws Exception {
        admin.createTopics(Set.of(new NewTopic("grouped", 1, (short) 1))).all().get();
        TopicPartition partition = new TopicPartition("grouped", 0);

        admin.alterConsumerGroupOffsets("readers", Map.of(partition, new OffsetAndMetadata(0)))
                .all()
                .get();

        assertThat(admin.listGroups().all().get())
                .anyMatch(group -> group.groupId().equals("readers"));
        assertThat(admin.listConsumerGroupOffsets("readers")
                        .partitionsToOffsetAndMetadata()
                        .get())
                .containsEntry(partition, new OffsetAndMetadata(0));
        admin.deleteConsumerGroups(List.of("readers")).all().get();
        assertThat(admin.listGroups().all().get())
                .noneMatch(group -> group.groupId().equals("readers"));
    }

    @Test
    void brokers_refuse_what_may_not_change_while_they_run_and_what_they_do_not_know() {
        String id = Integer.toString(node.node().config().nodeId());

        refused(broker(id), "log.dirs", "/elsewhere", InvalidRequestException.class, "Cannot update these configs");
        ConfigResource logger = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, id);
        refused(logger, "no.such.logger", "DEBUG", InvalidConfigurationException.class, "does not exist");
    }

    @Test
    void a_changed_default_of_the_broker_shows_in_its_topics() throws Exception {
        admin.createTopics(Set.of(new NewTopic("defaults", 1, (short) 1))).all().get();
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "defaults");

        alter(broker(Integer.toString(node.node().config().nodeId())), "log.retention.ms", "77777");

        org.awaitility.Awaitility.await().untilAsserted(() -> {
            ConfigEntry entry =
                    admin.describeConfigs(List.of(topic)).all().get().get(topic).get("retention.ms");
            assertThat(entry.value()).isEqualTo("77777");
            assertThat(entry.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG);
        });
    }

    @Test
    void the_operators_policy_decides_about_new_topics() {
        assertThatThrownBy(() -> admin.createTopics(Set.of(new NewTopic("forbidden.fruit", 2, (short) 1)))
                        .all()
                        .get())
                .hasCauseInstanceOf(org.apache.kafka.common.errors.PolicyViolationException.class)
                .hasMessageContaining("forbidden.fruit with 2 partitions");
    }

    private static ConfigResource broker(String id) {
        return new ConfigResource(ConfigResource.Type.BROKER, id);
    }

    private static void refused(
            ConfigResource resource, String key, String value, Class<? extends Throwable> error, String message) {
        assertThatThrownBy(() -> alter(resource, key, value))
                .hasCauseInstanceOf(error)
                .hasMessageContaining(message);
    }

    private static void alter(ConfigResource resource, String key, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        resource, List.of(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }
}
