package io.milena.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.controller.core.Cluster;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntryData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the controller's APIs answer at their edges, as Apache Kafka does. */
class AdminApisTest {
    private final ControllerHarness harness = new ControllerHarness();

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void aTimeOutThatHasPassedRefusesTheRequestAndNothingIsDone(int timeoutMs) {
        // given
        harness.start(1);
        long end = harness.log().end();
        Map<ApiKeys, ApiMessage> requests = Map.of(
                ApiKeys.CREATE_TOPICS, Cluster.request("payments", 1, 1).setTimeoutMs(timeoutMs),
                ApiKeys.DELETE_TOPICS, deletion(timeoutMs, named("orders")),
                ApiKeys.CREATE_PARTITIONS, growth("orders", 5).setTimeoutMs(timeoutMs),
                ApiKeys.ELECT_LEADERS,
                        new ElectLeadersRequestData().setTopicPartitions(null).setTimeoutMs(timeoutMs),
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                        new AlterPartitionReassignmentsRequestData().setTimeoutMs(timeoutMs));

        // when
        Map<ApiKeys, Errors> answers = new TreeMap<>();
        requests.forEach((api, request) -> answers.put(api, failure(harness.ask(api, api.latestVersion(), request))));

        // then
        assertThat(answers)
                .hasSize(5)
                .allSatisfy((api, error) -> assertThat(error).isEqualTo(Errors.REQUEST_TIMED_OUT));
        assertThat(harness.log().end()).isEqualTo(end);
    }

    @Test
    void aTopicThatIsToBeDeletedByIdAndByNameStays() {
        // given
        harness.start(1);
        Uuid id = harness.state().topics().byName("orders").id();
        DeleteTopicState byId = new DeleteTopicState().setName(null).setTopicId(id);

        // when
        List<List<DeleteTopicState>> orders = List.of(List.of(named("orders"), byId), List.of(byId, named("orders")));
        for (List<DeleteTopicState> each : orders) {
            DeleteTopicsResponseData answer = (DeleteTopicsResponseData) harness.ask(
                    ApiKeys.DELETE_TOPICS, (short) 6, deletion(1_000, each.toArray(DeleteTopicState[]::new)));

            // then
            assertThat(answer.responses()).singleElement().satisfies(result -> {
                assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
                assertThat(result.name()).isEqualTo("orders");
                assertThat(result.topicId()).isEqualTo(id);
                assertThat(result.errorMessage())
                        .isEqualTo("The provided topic name maps to an ID that was already supplied.");
            });
            assertThat(harness.state().topics().byName("orders")).isNotNull();
        }
    }

    @Test
    void topicsStayWhereDeletionIsDisabled() {
        // given
        harness.start(1, Map.of("delete.topic.enable", "false"));

        // when
        Errors old = failure(harness.ask(ApiKeys.DELETE_TOPICS, (short) 2, deletion(1_000, named("orders"))));
        Errors now = failure(harness.ask(ApiKeys.DELETE_TOPICS, (short) 6, deletion(1_000, named("orders"))));

        // then
        assertThat(old).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(now).isEqualTo(Errors.TOPIC_DELETION_DISABLED);
        assertThat(harness.state().topics().byName("orders")).isNotNull();
    }

    @Test
    void theNumberOfAssignmentsIsLookedAtBeforeTheNumberOfPartitions() {
        // given
        harness.start(1);
        CreatePartitionsRequestData request = growth("orders", Integer.MAX_VALUE);
        request.topics()
                .find("orders")
                .setAssignments(List.of(new CreatePartitionsAssignment().setBrokerIds(List.of(1, 2))));

        // when
        CreatePartitionsResponseData answer =
                (CreatePartitionsResponseData) harness.ask(ApiKeys.CREATE_PARTITIONS, (short) 3, request);

        // then
        assertThat(answer.results())
                .singleElement()
                .satisfies(
                        result -> assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT.code()));
    }

    @Test
    void aBrokerWithAListenerThatIsNoneIsRefusedForItsRegistration() {
        // given
        harness.start(1);
        BrokerRegistrationRequestData port = Cluster.registration(4, new Uuid(4, 1));
        port.listeners().forEach(each -> each.setPort(0));
        BrokerRegistrationRequestData protocol = Cluster.registration(4, new Uuid(4, 1));
        protocol.listeners().forEach(each -> each.setSecurityProtocol((short) 99));

        // when / then
        for (BrokerRegistrationRequestData each : List.of(port, protocol)) {
            assertThat(failure(harness.ask(ApiKeys.BROKER_REGISTRATION, (short) 4, each)))
                    .isEqualTo(Errors.INVALID_REGISTRATION);
        }
    }

    @Test
    void aResourceThatIsNamedTwiceIsRefusedAsOftenAsItIsNamed() {
        // given
        harness.start(1);
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(setting(ConfigResource.Type.TOPIC, "orders", OpType.SET, "retention.ms", "1000"));
        request.resources().add(setting(ConfigResource.Type.TOPIC, "orders", OpType.SET, "retention.ms", "2000"));

        // when / then
        assertThat(errors(request)).containsExactly(Errors.INVALID_REQUEST, Errors.INVALID_REQUEST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TOPIC | .. | SET | retention.ms | 1 | INVALID_TOPIC_EXCEPTION",
                "TOPIC | a b | SET | retention.ms | 1 | INVALID_TOPIC_EXCEPTION",
                "TOPIC | nowhere | SET | retention.ms | 1 | UNKNOWN_TOPIC_OR_PARTITION",
                "TOPIC | nowhere | SET | no.such.setting | 1 | INVALID_CONFIG",
                "CLIENT_METRICS | m | APPEND | metrics | x | INVALID_CONFIG",
                "BROKER | '' | DELETE | min.insync.replicas | | INVALID_CONFIG",
                "BROKER | 1 | DELETE | min.insync.replicas | | INVALID_CONFIG",
            })
    void aChangeOfConfigurationsIsRefusedForWhatApacheKafkaLooksAtFirst(
            ConfigResource.Type type, String name, OpType operation, String key, String value, Errors expected) {
        // given
        harness.start(1);
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(setting(type, name, operation, key, value));

        // when / then
        assertThat(errors(request)).containsExactly(expected);
    }

    @Test
    void aSettingThatIsNotDynamicIsRefusedBeforeWhatTheOlderRequestWouldRemove() {
        // given
        harness.start(1);
        IncrementalAlterConfigsRequestData before = new IncrementalAlterConfigsRequestData();
        before.resources().add(setting(ConfigResource.Type.BROKER, "", OpType.SET, "min.insync.replicas", "1"));
        assertThat(errors(before)).containsExactly(Errors.NONE);
        AlterConfigsRequestData.AlterConfigsResource whole = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(ConfigResource.Type.BROKER.id())
                .setResourceName("");
        whole.configs()
                .add(new AlterConfigsRequestData.AlterableConfig()
                        .setName("num.partitions")
                        .setValue("7"));
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources().add(whole);

        // when
        AlterConfigsResponseData answer =
                (AlterConfigsResponseData) harness.ask(ApiKeys.ALTER_CONFIGS, (short) 2, request);

        // then
        assertThat(answer.responses())
                .singleElement()
                .satisfies(each -> assertThat(each.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code()));
    }

    @Test
    void aListBeginsWithItsDefaultAlsoForBrokers() {
        // given
        harness.start(1);
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources()
                .add(setting(ConfigResource.Type.BROKER, "", OpType.APPEND, "log.cleanup.policy", "compact"));

        // when
        assertThat(errors(request)).containsExactly(Errors.NONE);

        // then
        assertThat(harness.state().configs().ofCluster()).containsEntry("log.cleanup.policy", "delete,compact");
    }

    @Test
    void aQuotaOfNoAddressAndAnEntityThatIsNamedTwiceAreRefused() {
        // given
        harness.start(1);
        long end = harness.log().end();

        // when / then
        assertThat(quotas(quota("ip", "not an address", "connection_creation_rate")))
                .containsExactly(Errors.INVALID_REQUEST);
        assertThat(quotas(quota("user", "a", "producer_byte_rate"), quota("user", "a", "consumer_byte_rate")))
                .containsExactly(Errors.INVALID_REQUEST);
        assertThat(harness.log().end()).isEqualTo(end);
        assertThat(quotas(
                        quota("ip", "::1", "connection_creation_rate"), quota("ip", null, "connection_creation_rate")))
                .containsExactly(Errors.NONE, Errors.NONE);
    }

    @Test
    void ofAnEntityThatNamesATypeTwiceTheLastCounts() {
        // given
        harness.start(1);
        EntryData entry = quota("user", "ana", "producer_byte_rate");
        entry.setEntity(List.of(
                entry.entity().get(0), new EntityData().setEntityType("user").setEntityName("ben")));

        // when
        AlterClientQuotasResponseData answer = (AlterClientQuotasResponseData) harness.ask(
                ApiKeys.ALTER_CLIENT_QUOTAS, (short) 1, new AlterClientQuotasRequestData().setEntries(List.of(entry)));

        // then
        assertThat(answer.entries()).singleElement().satisfies(each -> {
            assertThat(each.errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(each.entity())
                    .singleElement()
                    .satisfies(named -> assertThat(named.entityName()).isEqualTo("ben"));
        });
    }

    @Test
    void aSettingThatIsNamedTwiceIsRefusedInWholeConfigurationsToo() {
        // given
        harness.start(1);
        AlterConfigsRequestData.AlterConfigsResource twice = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(ConfigResource.Type.TOPIC.id())
                .setResourceName("orders");
        for (String value : List.of("5000", "6000")) {
            twice.configs()
                    .add(new AlterConfigsRequestData.AlterableConfig()
                            .setName("retention.ms")
                            .setValue(value));
        }
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources().add(twice);

        // when
        AlterConfigsResponseData answer =
                (AlterConfigsResponseData) harness.ask(ApiKeys.ALTER_CONFIGS, (short) 2, request);

        // then
        assertThat(answer.responses()).singleElement().satisfies(each -> {
            assertThat(each.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
            assertThat(each.errorMessage()).isEqualTo("Error due to duplicate config keys");
        });
    }

    @Test
    void resultsOfSingleFeaturesAreOfUpdatesThatHappened() {
        // given
        harness.start(1);

        // when
        UpdateFeaturesResponseData refused = features((short) 999);
        UpdateFeaturesResponseData done = features((short) 30);

        // then
        assertThat(refused.errorCode()).isEqualTo(Errors.INVALID_UPDATE_VERSION.code());
        assertThat(refused.results()).isEmpty();
        assertThat(done.results())
                .singleElement()
                .satisfies(each -> assertThat(each.errorMessage()).isEqualTo("NONE"));
    }

    @Test
    void anElectionAnswersEachTopicAsOftenAsItIsNamed() {
        // given
        harness.start(1);
        ElectLeadersRequestData request = new ElectLeadersRequestData();
        for (List<Integer> partitions : List.of(List.of(0), List.<Integer>of(), List.of(0))) {
            request.topicPartitions()
                    .add(new ElectLeadersRequestData.TopicPartitions()
                            .setTopic("orders")
                            .setPartitions(partitions));
        }

        // when
        ElectLeadersResponseData answer =
                (ElectLeadersResponseData) harness.ask(ApiKeys.ELECT_LEADERS, (short) 2, request);

        // then
        assertThat(answer.replicaElectionResults())
                .extracting(each -> each.partitionResult().size())
                .containsExactly(1, 0, 1);
    }

    @Test
    void anElectionOfAllNamesEveryTopic() {
        // given
        harness.start(1);

        // when
        ElectLeadersResponseData answer = (ElectLeadersResponseData)
                harness.ask(ApiKeys.ELECT_LEADERS, (short) 2, new ElectLeadersRequestData().setTopicPartitions(null));

        // then
        assertThat(answer.replicaElectionResults()).singleElement().satisfies(each -> {
            assertThat(each.topic()).isEqualTo("orders");
            assertThat(each.partitionResult()).isEmpty();
        });
    }

    private UpdateFeaturesResponseData features(short level) {
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
        request.featureUpdates()
                .add(new FeatureUpdateKey().setFeature("metadata.version").setMaxVersionLevel(level));
        return (UpdateFeaturesResponseData) harness.ask(ApiKeys.UPDATE_FEATURES, (short) 1, request);
    }

    private List<Errors> quotas(EntryData... entries) {
        AlterClientQuotasResponseData answer = (AlterClientQuotasResponseData) harness.ask(
                ApiKeys.ALTER_CLIENT_QUOTAS,
                (short) 1,
                new AlterClientQuotasRequestData().setEntries(List.of(entries)));
        return answer.entries().stream()
                .map(each -> Errors.forCode(each.errorCode()))
                .toList();
    }

    private static EntryData quota(String type, String name, String key) {
        return new EntryData()
                .setEntity(List.of(new EntityData().setEntityType(type).setEntityName(name)))
                .setOps(List.of(new OpData().setKey(key).setValue(10)));
    }

    private List<Errors> errors(IncrementalAlterConfigsRequestData request) {
        IncrementalAlterConfigsResponseData answer = (IncrementalAlterConfigsResponseData)
                harness.ask(ApiKeys.INCREMENTAL_ALTER_CONFIGS, (short) 1, request);
        return answer.responses().stream()
                .map(each -> Errors.forCode(each.errorCode()))
                .toList();
    }

    private static AlterConfigsResource setting(
            ConfigResource.Type type, String name, OpType operation, String key, String value) {
        AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(type.id()).setResourceName(name);
        resource.configs()
                .add(new AlterableConfig()
                        .setName(key)
                        .setConfigOperation(operation.id())
                        .setValue(value));
        return resource;
    }

    private static Errors failure(Object answer) {
        assertThat(answer).isInstanceOf(Throwable.class);
        return Errors.forException((Throwable) answer);
    }

    private static DeleteTopicState named(String name) {
        return new DeleteTopicState().setName(name);
    }

    private static DeleteTopicsRequestData deletion(int timeoutMs, DeleteTopicState... topics) {
        return new DeleteTopicsRequestData().setTopics(List.of(topics)).setTimeoutMs(timeoutMs);
    }

    private static CreatePartitionsRequestData growth(String topic, int count) {
        CreatePartitionsTopicCollection topics = new CreatePartitionsTopicCollection();
        topics.add(new CreatePartitionsTopic().setName(topic).setCount(count).setAssignments(null));
        return new CreatePartitionsRequestData().setTopics(topics).setTimeoutMs(1_000);
    }
}
