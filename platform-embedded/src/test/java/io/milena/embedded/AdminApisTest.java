package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Kafka's admin client against a node: what a broker forwards to the controller, and what it tells from its image. */
class AdminApisTest {
    private static EmbeddedNode node;
    private static Admin admin;

    @BeforeAll
    static void start() {
        node = EmbeddedNode.start();
        admin = Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        node.close();
    }

    private static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private static String value(ConfigResource resource, String key) throws Exception {
        return admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get(key)
                .value();
    }

    @Test
    void topics_live_from_creation_to_deletion() throws Exception {
        var created = admin.createTopics(List.of(
                new NewTopic("life", Optional.of(2), Optional.<Short>empty()).configs(Map.of("retention.ms", "1000"))));
        created.all().get();
        assertThat(created.config("life").get().get("retention.ms").value()).isEqualTo("1000");
        assertThat(created.config("life").get().get("retention.ms").source())
                .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("life", 1, (short) 1)))
                        .all()
                        .get())
                .hasCauseInstanceOf(TopicExistsException.class)
                .hasMessageContaining("Topic 'life' already exists.");
        assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("wide", 1, (short) 3)))
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidReplicationFactorException.class);
        admin.createPartitions(Map.of("life", NewPartitions.increaseTo(5)))
                .all()
                .get();
        await().until(() -> admin.describeTopics(List.of("life"))
                        .allTopicNames()
                        .get()
                        .get("life")
                        .partitions()
                        .size()
                == 5);
        admin.deleteTopics(List.of("life")).all().get();
        await().until(() -> !admin.listTopics().names().get().contains("life"));
    }

    @Test
    void configurations_are_altered_and_described() throws Exception {
        admin.createTopics(List.of(new NewTopic("conf", 1, (short) 1))).all().get();
        ConfigResource conf = topic("conf");
        admin.incrementalAlterConfigs(Map.of(
                        conf,
                        List.of(
                                new AlterConfigOp(new ConfigEntry("retention.ms", "77"), AlterConfigOp.OpType.SET),
                                new AlterConfigOp(
                                        new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.APPEND))))
                .all()
                .get();
        await().until(() -> "77".equals(value(conf, "retention.ms")));
        assertThat(value(conf, "cleanup.policy")).isEqualTo("delete,compact");
        var described = admin.describeConfigs(
                        List.of(conf),
                        new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true))
                .all()
                .get()
                .get(conf)
                .get("retention.ms");
        assertThat(described.synonyms()).isNotEmpty();
        assertThat(described.documentation()).isNotBlank();

        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "g");
        admin.incrementalAlterConfigs(Map.of(
                        group,
                        List.of(new AlterConfigOp(
                                new ConfigEntry("consumer.session.timeout.ms", "50000"), AlterConfigOp.OpType.SET))))
                .all()
                .get();
        await().until(() -> "50000".equals(value(group, "consumer.session.timeout.ms")));
        assertThat(admin.listConfigResources(
                                Set.of(ConfigResource.Type.GROUP),
                                new org.apache.kafka.clients.admin.ListConfigResourcesOptions())
                        .all()
                        .get())
                .contains(group);
        assertThat(value(new ConfigResource(ConfigResource.Type.BROKER, brokerId()), "log.retention.ms"))
                .isNull();
    }

    private static String brokerId() throws Exception {
        return admin.describeCluster().nodes().get().iterator().next().idString();
    }

    @Test
    void quotas_and_scram_credentials_are_kept_and_told() throws Exception {
        ClientQuotaEntity entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "alice"));
        admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                        entity, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 10_000.0)))))
                .all()
                .get();
        await().untilAsserted(() -> assertThat(admin.describeClientQuotas(ClientQuotaFilter.all())
                        .entities()
                        .get())
                .containsEntry(entity, Map.of("producer_byte_rate", 10_000.0)));
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                        "bob", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4_096), "secret")))
                .all()
                .get();
        await().until(() -> admin.describeUserScramCredentials().all().get().containsKey("bob"));
    }

    @Test
    void what_is_not_there_is_refused_as_kafka_does() throws Exception {
        assertThatThrownBy(
                        () -> admin.describeAcls(AclBindingFilter.ANY).values().get())
                .hasCauseInstanceOf(SecurityDisabledException.class);
        admin.createTopics(List.of(new NewTopic("one", 1, (short) 1))).all().get();
        TopicPartition partition = new TopicPartition("one", 0);
        assertThat(admin.listPartitionReassignments().reassignments().get()).isEmpty();
        assertThatThrownBy(() -> admin.alterPartitionReassignments(
                                Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(99)))))
                        .all()
                        .get())
                .hasMessageContaining("no such broker is registered");
        assertThat(admin.electLeaders(ElectionType.PREFERRED, Set.of(partition))
                        .partitions()
                        .get()
                        .get(partition))
                .hasValueSatisfying(error -> assertThat(error.getMessage()).containsIgnoringCase("not needed"));
        assertThat(admin.describeFeatures().featureMetadata().get().finalizedFeatures())
                .containsKey("metadata.version");
        assertThat(admin.describeMetadataQuorum().quorumInfo().get().voters()).hasSize(1);
    }
}
