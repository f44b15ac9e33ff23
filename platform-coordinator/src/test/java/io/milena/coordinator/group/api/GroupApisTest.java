package io.milena.coordinator.group.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.MemoryCoordinatorLog;
import io.milena.coordinator.group.TestTopics;
import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.runtime.CoordinatorTime;
import io.milena.wire.HandlerRegistry;
import io.milena.wire.ListenerEndpoint;
import io.milena.wire.NodeClient;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.WireEventLoops;
import io.milena.wire.WireServer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every version of every group API, through real frames. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupApisTest {

    private static final Uuid ORDERS_ID = Uuid.randomUuid();

    private final List<String> ensured = new ArrayList<>();
    private final WireEventLoops loops = WireEventLoops.create(1);
    private GroupCoordinator coordinator;
    private WireServer server;
    private NodeClient client;

    @BeforeAll
    void start() {
        TestTopics view = new TestTopics(1).with("orders", ORDERS_ID, 3);
        coordinator = new GroupCoordinator(
                GroupConfig.defaults().withInitialRebalanceDelayMs(0),
                ConsumerConfig.from(Map.of()),
                view,
                new MemoryCoordinatorLog(),
                view,
                CoordinatorTime.SYSTEM);
        coordinator.onElection(0, 1);
        server = WireServer.builder()
                .eventLoops(loops)
                .listener(
                        new ListenerEndpoint("CLIENT", "127.0.0.1", 0, SecurityProtocol.PLAINTEXT),
                        HandlerRegistry.builder()
                                .addAll(GroupApis.handlers(coordinator, view, ensured::add))
                                .build())
                .build();
        server.start();
        int port = server.boundPort("CLIENT");
        client = new NodeClient(loops, NodeClientConfig.of("test"), () -> new InetSocketAddress("127.0.0.1", port));
        await().untilAsserted(() -> assertThat(this.<ListGroupsResponseData>call(new ListGroupsRequestData(), 5)
                        .errorCode())
                .isZero());
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
        coordinator.close();
        loops.close();
    }

    @SuppressWarnings("unchecked")
    private <R extends ApiMessage> R call(ApiMessage request, int version) {
        ApiKeys api = ApiKeys.forId(request.apiKey());
        short highest = api.messageType.highestSupportedVersion(false);
        short lowest = api.messageType.lowestSupportedVersion();
        short used = (short) Math.max(lowest, Math.min(highest, version));
        return (R) client.send(request, used).orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static short version(ApiKeys api, int wanted) {
        return (short) Math.max(
                api.messageType.lowestSupportedVersion(),
                Math.min(api.messageType.highestSupportedVersion(false), wanted));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aGroupLivesItsLifeInEveryVersion(int version) {
        String group = "group-v" + version;
        JoinGroupResponseData joined = join(group, version);
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.generationId()).isEqualTo(1);
        assertThat(joined.protocolName()).isEqualTo("range");
        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(joined.members()).hasSize(1);

        SyncGroupRequestData sync = new SyncGroupRequestData()
                .setGroupId(group)
                .setMemberId(joined.memberId())
                .setGenerationId(1)
                .setAssignments(List.of(new SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId())
                        .setAssignment("mine".getBytes())));
        if (version >= 5) {
            sync.setProtocolName("range").setProtocolType("consumer");
        }
        SyncGroupResponseData synced = call(sync, version);
        assertThat(synced.errorCode()).isZero();
        assertThat(synced.assignment()).isEqualTo("mine".getBytes());

        HeartbeatResponseData beat = call(
                new HeartbeatRequestData()
                        .setGroupId(group)
                        .setMemberId(joined.memberId())
                        .setGenerationId(1),
                version);
        assertThat(beat.errorCode()).isZero();

        commitAndFetch(group, joined.memberId(), version);
        describe(group, joined.memberId(), version);
        leave(group, joined.memberId(), version);
        DeleteGroupsResponseData deleted =
                call(new DeleteGroupsRequestData().setGroupsNames(List.of(group, "nobody")), version);
        assertThat(deleted.results().find(group).errorCode()).isZero();
        assertThat(Errors.forCode(deleted.results().find("nobody").errorCode())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', yes",
        "'', classic, yes",
        "'', CLASSIC, yes",
        "'', ' classic', no",
        "'', consumer, no",
        "'', nothing, no",
        "' COMPLETINGrebalance ', '', yes",
        "completingRebalance, Classic, yes",
        "stable, '', no"
    })
    void groupsAreFilteredAsByKafka(String state, String type, String listed) {
        // given
        String group = "filtered-" + Uuid.randomUuid();
        join(group, 9);

        // when
        ListGroupsResponseData response = call(
                new ListGroupsRequestData()
                        .setStatesFilter(state.isEmpty() ? List.of() : List.of(state))
                        .setTypesFilter(type.isEmpty() ? List.of() : List.of(type)),
                5);

        // then
        List<String> types = response.groups().stream()
                .filter(g -> g.groupId().equals(group))
                .map(g -> g.groupType())
                .toList();
        assertThat(types).isEqualTo(listed.equals("yes") ? List.of("classic") : List.of());
    }

    private JoinGroupResponseData join(String group, int version) {
        JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol()
                .setName("range")
                .setMetadata(MessageUtil.toVersionPrefixedBytes(
                        (short) 0, new ConsumerProtocolSubscription().setTopics(List.of("orders")))));
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId("")
                .setSessionTimeoutMs(30_000)
                .setProtocolType("consumer")
                .setProtocols(protocols);
        JoinGroupResponseData response = call(request, version);
        if (version < 4) {
            return response;
        }
        assertThat(Errors.forCode(response.errorCode())).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        return call(request.setMemberId(response.memberId()), version);
    }

    private void commitAndFetch(String group, String memberId, int version) {
        short commitVersion = version(ApiKeys.OFFSET_COMMIT, version);
        OffsetCommitRequestTopic topic = commitVersion >= 10
                ? new OffsetCommitRequestTopic().setTopicId(ORDERS_ID)
                : new OffsetCommitRequestTopic().setName("orders");
        topic.setPartitions(List.of(commitOf(1, 100 + version), commitOf(3, 1)));
        OffsetCommitRequestTopic unknown = commitVersion >= 10
                ? new OffsetCommitRequestTopic().setTopicId(Uuid.randomUuid())
                : new OffsetCommitRequestTopic().setName("nowhere");
        unknown.setPartitions(List.of(commitOf(0, 1)));
        OffsetCommitRequestTopic nothing = topic.duplicate().setPartitions(List.of());
        OffsetCommitResponseData committed = call(
                new OffsetCommitRequestData()
                        .setGroupId(group)
                        .setMemberId(memberId)
                        .setGenerationIdOrMemberEpoch(1)
                        .setTopics(List.of(topic, nothing, unknown)),
                version);
        assertThat(committed.topics()).hasSize(2);
        assertThat(committed.topics().get(0).partitions())
                .extracting(p -> p.partitionIndex() + " " + Errors.forCode(p.errorCode()))
                .containsExactly("1 NONE", "3 UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(Errors.forCode(committed.topics().get(1).partitions().get(0).errorCode()))
                .isEqualTo(commitVersion >= 10 ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(fetch(group, version, false)).isEqualTo(100 + version);
        if (version >= 2) {
            assertThat(fetch(group, version, true)).isEqualTo(100 + version);
        }
    }

    private static OffsetCommitRequestPartition commitOf(int partition, long offset) {
        return new OffsetCommitRequestPartition()
                .setPartitionIndex(partition)
                .setCommittedOffset(offset)
                .setCommittedMetadata("x");
    }

    private long fetch(String group, int version, boolean all) {
        OffsetFetchRequestData request = new OffsetFetchRequestData();
        if (version < 8) {
            request.setGroupId(group)
                    .setTopics(
                            all
                                    ? null
                                    : List.of(new OffsetFetchRequestTopic()
                                            .setName("orders")
                                            .setPartitionIndexes(List.of(1, 2))));
            OffsetFetchResponseData response = call(request, version);
            return response.topics().get(0).partitions().get(0).committedOffset();
        }
        OffsetFetchRequestTopics topic = new OffsetFetchRequestTopics().setPartitionIndexes(List.of(1, 2));
        request.setGroups(List.of(
                new OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(
                                all
                                        ? null
                                        : List.of(
                                                version >= 10 ? topic.setTopicId(ORDERS_ID) : topic.setName("orders"))),
                new OffsetFetchRequestGroup().setGroupId("nobody").setTopics(null)));
        OffsetFetchResponseData response = call(request, version);
        assertThat(response.groups()).hasSize(2);
        assertThat(response.groups().get(1).topics()).isEmpty();
        return response.groups().get(0).topics().get(0).partitions().get(0).committedOffset();
    }

    private void describe(String group, String memberId, int version) {
        DescribeGroupsResponseData described = call(
                new DescribeGroupsRequestData()
                        .setGroups(List.of(group, "nobody"))
                        .setIncludeAuthorizedOperations(version >= 3),
                version);
        DescribedGroup answer = described.groups().get(0);
        assertThat(answer.groupState()).isEqualTo("Stable");
        assertThat(answer.protocolType()).isEqualTo("consumer");
        assertThat(answer.protocolData()).isEqualTo("range");
        assertThat(answer.members().get(0).memberId()).isEqualTo(memberId);
        assertThat(answer.members().get(0).clientHost()).isEqualTo("/127.0.0.1");
        assertThat(answer.authorizedOperations() != Integer.MIN_VALUE).isEqualTo(version >= 3);
        assertThat(described.groups().get(1).groupState()).isEqualTo("Dead");
        assertThat(Errors.forCode(described.groups().get(1).errorCode()))
                .isEqualTo(version >= 6 ? Errors.GROUP_ID_NOT_FOUND : Errors.NONE);

        ListGroupsRequestData filter = new ListGroupsRequestData();
        if (version >= 4) {
            filter.setStatesFilter(List.of("stable"));
        }
        if (version >= 5) {
            filter.setTypesFilter(List.of("classic"));
        }
        ListGroupsResponseData listed = call(filter, version);
        assertThat(listed.groups()).extracting(g -> g.groupId()).contains(group);
    }

    private void leave(String group, String memberId, int version) {
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(group);
        if (version < 3) {
            request.setMemberId(memberId);
        } else {
            request.setMembers(List.of(new MemberIdentity().setMemberId(memberId)));
        }
        LeaveGroupResponseData left = call(request, version);
        assertThat(left.errorCode()).isZero();
        if (version >= 3) {
            assertThat(left.members().get(0).errorCode()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void theCoordinatorIsTheLeaderOfTheGroupsPartition(int version) {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData();
        FindCoordinatorResponseData response;
        if (version < 4) {
            response = call(request.setKey("g"), version);
            assertThat(response.nodeId()).isEqualTo(7);
            assertThat(response.host()).isEqualTo("CLIENT.example");
        } else {
            response = call(request.setCoordinatorKeys(List.of("g", "h")), version);
            assertThat(response.coordinators())
                    .extracting(c -> c.key() + c.nodeId())
                    .containsExactly("g7", "h7");
        }
    }

    @Test
    void aMissingInternalTopicIsAskedFor() {
        FindCoordinatorResponseData response =
                call(new FindCoordinatorRequestData().setKeyType((byte) 1).setCoordinatorKeys(List.of("t")), 6);
        assertThat(Errors.forCode(response.coordinators().get(0).errorCode()))
                .isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(ensured).contains("__transaction_state");
        response = call(new FindCoordinatorRequestData().setKeyType((byte) 9).setCoordinatorKeys(List.of("t")), 6);
        assertThat(Errors.forCode(response.coordinators().get(0).errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void offsetsAreDeletedPerPartition() {
        OffsetCommitRequestData commit = new OffsetCommitRequestData()
                .setGroupId("deleting")
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName("orders")
                        .setPartitions(List.of(commitOf(0, 5), commitOf(1, 6)))));
        call(commit, 9);
        OffsetDeleteRequestData request = new OffsetDeleteRequestData().setGroupId("deleting");
        request.topics()
                .add(new OffsetDeleteRequestTopic()
                        .setName("orders")
                        .setPartitions(List.of(
                                new OffsetDeleteRequestPartition().setPartitionIndex(0),
                                new OffsetDeleteRequestPartition().setPartitionIndex(9))));
        OffsetDeleteResponseData response = call(request, 0);
        assertThat(response.errorCode()).isZero();
        assertThat(response.topics().find("orders").partitions().find(0).errorCode())
                .isZero();
        assertThat(Errors.forCode(
                        response.topics().find("orders").partitions().find(9).errorCode()))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(coordinator.groups().join().stream()
                        .filter(g -> g.groupId().equals("deleting"))
                        .findFirst()
                        .orElseThrow()
                        .committedOffsets())
                .isEqualTo(Map.of(new org.apache.kafka.common.TopicPartition("orders", 1), 6L));
    }
}
