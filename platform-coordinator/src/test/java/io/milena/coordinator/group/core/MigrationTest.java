package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.ShardWorld.error;
import static io.milena.coordinator.group.core.ShardWorld.joinRequest;
import static io.milena.coordinator.group.core.ShardWorld.joining;
import static io.milena.coordinator.group.core.ShardWorld.staying;
import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.TestTopics;
import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.consumer.ConsumerGroups;
import io.milena.coordinator.group.core.ShardWorld.Answer;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups whose members change from the classic to the consumer protocol and back, one by one. */
class MigrationTest {

    private static final int PARTITIONS = 4;

    private final Uuid ordersId = Uuid.randomUuid();
    private ShardWorld world = world(Map.of());

    private ShardWorld world(Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(properties);
        all.putIfAbsent("group.initial.rebalance.delay.ms", "0");
        all.putIfAbsent("group.consumer.assignment.interval.ms", "0");
        return new ShardWorld(
                GroupConfig.from(all),
                ConsumerConfig.from(all),
                new TestTopics(1).with("orders", ordersId, PARTITIONS));
    }

    private static byte[] assignment(int... partitions) {
        return MessageUtil.toVersionPrefixedBytes(
                (short) 1,
                new ConsumerProtocolAssignment()
                        .setAssignedPartitions(new ConsumerProtocolAssignment.TopicPartitionCollection(
                                List.of(new ConsumerProtocolAssignment.TopicPartition()
                                                .setTopic("orders")
                                                .setPartitions(java.util.Arrays.stream(partitions)
                                                        .boxed()
                                                        .toList()))
                                        .iterator())));
    }

    /** One member with all partitions. */
    private JoinGroupResponseData classicGroup() {
        JoinGroupResponseData joined = world.joinNew("g").get();
        byte[] all = assignment(0, 1, 2, 3);
        SyncGroupRequestData request = syncRequest(joined);
        request.setAssignments(List.of(new SyncGroupRequestData.SyncGroupRequestAssignment()
                .setMemberId(joined.memberId())
                .setAssignment(all)));
        assertThat(world.sync(request).get().assignment()).isEqualTo(all);
        return joined;
    }

    private static SyncGroupRequestData syncRequest(JoinGroupResponseData joined) {
        return new SyncGroupRequestData()
                .setGroupId("g")
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generationId())
                .setProtocolType(joined.protocolType())
                .setProtocolName(joined.protocolName());
    }

    private static List<Integer> partitions(SyncGroupResponseData synced) {
        assertThat(error(synced)).isEqualTo(Errors.NONE);
        return ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(synced.assignment())).partitions().stream()
                .map(TopicPartition::partition)
                .sorted()
                .toList();
    }

    private static List<Integer> partitions(ConsumerGroupHeartbeatResponseData answer) {
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
        return answer.assignment().topicPartitions().stream()
                .flatMap(t -> t.partitions().stream())
                .sorted()
                .toList();
    }

    private ConsumerGroupHeartbeatRequestData owning(String memberId, int epoch, List<Integer> partitions) {
        return staying("g", memberId, epoch)
                .setTopicPartitions(
                        List.of(new TopicPartitions().setTopicId(ordersId).setPartitions(partitions)));
    }

    /** A classic member joins again and says what it has. */
    private Answer<JoinGroupResponseData> rejoin(String memberId, Integer... owned) {
        JoinGroupRequestData request = joinRequest("g", memberId);
        ConsumerProtocolSubscription.TopicPartitionCollection partitions =
                new ConsumerProtocolSubscription.TopicPartitionCollection();
        partitions.add(new ConsumerProtocolSubscription.TopicPartition()
                .setTopic("orders")
                .setPartitions(List.of(owned)));
        request.protocols()
                .add(new JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(MessageUtil.toVersionPrefixedBytes(
                                (short) 1,
                                new ConsumerProtocolSubscription()
                                        .setTopics(List.of("orders"))
                                        .setOwnedPartitions(partitions))));
        return world.join(request, 9);
    }

    /** The classic member with two partitions and a consumer "c" with the others. */
    private JoinGroupResponseData mixedGroup() {
        String classic = classicGroup().memberId();
        world.beat(joining("g", "c", "orders")).get();
        JoinGroupResponseData revoking = rejoin(classic).get();
        world.sync(syncRequest(revoking)).get();
        JoinGroupResponseData joined = rejoin(classic).get();
        world.sync(syncRequest(joined)).get();
        world.beat(owning("c", joined.generationId(), List.of())).get();
        return joined;
    }

    @Test
    void aConsumerJoinsAClassicGroupWhoseMemberGivesUpHalfOfItsPartitions() {
        // given
        JoinGroupResponseData classic = classicGroup();
        String old = classic.memberId();

        // when
        ConsumerGroupHeartbeatResponseData joined =
                world.beat(joining("g", "c", "orders")).get();

        // then
        assertThat(partitions(joined)).as("all are held yet").isEmpty();
        assertThat(world.heartbeat("g", old, classic.generationId())).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        JoinGroupResponseData revoking = rejoin(old, 0, 1, 2, 3).get();
        assertThat(error(revoking)).isEqualTo(Errors.NONE);
        assertThat(revoking.generationId()).isEqualTo(classic.generationId());
        assertThat(partitions(world.sync(syncRequest(revoking)).get())).hasSize(2);
        assertThat(world.heartbeat("g", old, revoking.generationId())).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        JoinGroupResponseData rejoined = rejoin(old).get();
        assertThat(rejoined.generationId()).isEqualTo(classic.generationId() + 1);
        List<Integer> kept = partitions(world.sync(syncRequest(rejoined)).get());
        assertThat(kept).hasSize(2);
        List<Integer> taken = partitions(
                world.beat(owning("c", joined.memberEpoch(), List.of())).get());
        assertThat(taken).hasSize(2).doesNotContainAnyElementsOf(kept);
        assertThat(world.heartbeat("g", old, rejoined.generationId())).isEqualTo(Errors.NONE);
        DescribedGroup described = world.describeConsumers("g");
        assertThat(described.groupState()).isEqualTo("Stable");
        assertThat(described.members()).extracting(m -> (int) m.memberType()).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void membersThatWaitForTheOthersAreToldToJoinAgain() {
        // given
        classicGroup();
        Answer<JoinGroupResponseData> waiting = world.joinNew("g");
        assertThat(waiting.isPending()).isTrue();

        // when
        world.beat(joining("g", "c", "orders")).get();

        // then
        assertThat(error(waiting.get())).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        assertThat(error(rejoin(waiting.get().memberId()).get())).isEqualTo(Errors.NONE);
        assertThat(world.describeConsumers("g").members()).hasSize(3);
    }

    @Test
    void whenTheLastConsumerLeavesTheOthersAreAClassicGroupAgain() {
        // given
        JoinGroupResponseData classic = mixedGroup();

        // when
        ConsumerGroupHeartbeatResponseData left =
                world.beat(staying("g", "c", -1)).get();

        // then
        assertThat(left.errorCode()).isZero();
        assertThat(world.shard.groupsOf(ConsumerGroups.class).has("g")).isFalse();
        assertThat(world.state("g")).isEqualTo("PreparingRebalance");
        assertThat(world.heartbeat("g", classic.memberId(), classic.generationId()))
                .isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        JoinGroupResponseData again = rejoin(classic.memberId()).get();
        assertThat(error(again)).isEqualTo(Errors.NONE);
        assertThat(again.leader()).isEqualTo(classic.memberId());
        assertThat(again.generationId()).isGreaterThan(classic.generationId());
    }

    @Test
    void aConsumerWhoseSessionEndsLeavesAClassicGroupToo() {
        // given
        JoinGroupResponseData classic = mixedGroup();

        // when
        for (int i = 0; i < 10; i++) {
            world.advance(ShardWorld.SESSION_MS / 2);
            world.heartbeat("g", classic.memberId(), classic.generationId());
        }

        // then
        assertThat(world.shard.groupsOf(ConsumerGroups.class).has("g")).isFalse();
        assertThat(world.state("g")).isNotEqualTo("Dead");
    }

    @Test
    void aClassicMemberThatIsSilentIsOutOfAMixedGroup() {
        // given
        mixedGroup();

        // when
        world.advance(ShardWorld.SESSION_MS);

        // then
        assertThat(world.describeConsumers("g").members())
                .extracting(m -> m.memberId())
                .containsExactly("c");
    }

    @Test
    void aClassicMemberThatDoesNotJoinAgainInTimeIsOutOfAMixedGroup() {
        // given
        JoinGroupResponseData classic = classicGroup();
        world.beat(joining("g", "c", "orders")).get();

        // when
        for (int i = 0; i < 2 * ShardWorld.REBALANCE_MS / ShardWorld.SESSION_MS; i++) {
            world.heartbeat("g", classic.memberId(), classic.generationId());
            world.beat(staying("g", "c", 2)).get();
            world.advance(ShardWorld.SESSION_MS / 2);
        }

        // then
        assertThat(world.describeConsumers("g").members())
                .extracting(m -> m.memberId())
                .containsExactly("c");
    }

    @Test
    void aMixedGroupIsTheSameAfterARestart() {
        // given
        JoinGroupResponseData classic = mixedGroup();
        DescribedGroup before = world.describeConsumers("g");

        // when
        world.start();

        // then
        assertThat(world.describeConsumers("g").members()).containsExactlyInAnyOrderElementsOf(before.members());
        assertThat(world.heartbeat("g", classic.memberId(), classic.generationId()))
                .isEqualTo(Errors.NONE);
    }

    @Test
    void aClassicGroupThatWasAConsumerGroupIsTheSameAfterARestart() {
        // given
        JoinGroupResponseData classic = mixedGroup();
        world.beat(staying("g", "c", -1)).get();

        // when
        world.start();

        // then
        assertThat(world.shard.groupsOf(ConsumerGroups.class).has("g")).isFalse();
        assertThat(world.shard.describe("g", (short) 5).members())
                .extracting(m -> m.memberId())
                .containsExactly(classic.memberId());
    }

    @Test
    void aConversionThatCannotBeWrittenIsTakenBack() {
        // given
        JoinGroupResponseData classic = classicGroup();
        world.holdWrites = true;

        // when
        Answer<ConsumerGroupHeartbeatResponseData> joining = world.beat(joining("g", "c", "orders"));
        world.refuseHeld(Errors.NOT_ENOUGH_REPLICAS);
        world.holdWrites = false;

        // then
        assertThat(Errors.forCode(joining.get().errorCode())).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(world.state("g")).isEqualTo("Stable");
        assertThat(world.heartbeat("g", classic.memberId(), classic.generationId()))
                .isEqualTo(Errors.NONE);
        world.advance(ShardWorld.SESSION_MS);
        assertThat(world.state("g")).as("its session runs").isEqualTo("Empty");
    }

    @Test
    void aConversionBackThatCannotBeWrittenIsTakenBack() {
        // given
        JoinGroupResponseData classic = mixedGroup();
        world.holdWrites = true;

        // when
        Answer<ConsumerGroupHeartbeatResponseData> leaving = world.beat(staying("g", "c", -1));
        world.refuseHeld(Errors.NOT_ENOUGH_REPLICAS);
        world.holdWrites = false;

        // then
        assertThat(Errors.forCode(leaving.get().errorCode())).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(world.state("g")).as("no classic group").isEqualTo("Dead");
        assertThat(world.heartbeat("g", classic.memberId(), classic.generationId()))
                .isEqualTo(Errors.NONE);
        assertThat(partitions(world.sync(syncRequest(classic)).get())).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "bidirectional, NONE, true",
        "UpGrade, NONE, false",
        "downgrade, GROUP_ID_NOT_FOUND, true",
        "DISABLED, GROUP_ID_NOT_FOUND, false"
    })
    void thePolicySaysWhichWayAGroupMayChange(String policy, Errors upgrade, boolean downgrades) {
        // given
        world = world(Map.of("group.consumer.migration.policy", policy));
        classicGroup();
        ShardWorld other = world(Map.of("group.consumer.migration.policy", policy));
        other.beat(joining("h", "c", "orders")).get();

        // when
        Errors joined =
                Errors.forCode(world.beat(joining("g", "c", "orders")).get().errorCode());
        JoinGroupResponseData classic =
                other.join(joinRequest("h", "", "range"), 3).get();
        other.beat(staying("h", "c", -1)).get();

        // then
        assertThat(joined).isEqualTo(upgrade);
        if (policy.equals("DISABLED")) {
            assertThat(error(classic)).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        } else {
            assertThat(other.shard.groupsOf(ConsumerGroups.class).has("h")).isEqualTo(!downgrades);
        }
    }

    @Test
    void onlyGroupsOfConsumersCanBeTakenOver() {
        // given
        world.join(joinRequest("connect", "", "compatible").setProtocolType("connect"), 3)
                .get();

        // when
        ConsumerGroupHeartbeatResponseData joined =
                world.beat(joining("connect", "c", "orders")).get();

        // then
        assertThat(Errors.forCode(joined.errorCode())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(world.state("connect")).isEqualTo("CompletingRebalance");
    }

    @Test
    void emptyGroupsChangeEitherWay() {
        // given
        world = world(Map.of("group.consumer.migration.policy", "disabled"));
        world.leave("g", classicGroup().memberId());
        assertThat(world.state("g")).isEqualTo("Empty");

        // when
        world.beat(joining("g", "c", "orders")).get();
        world.beat(staying("g", "c", -1)).get();
        JoinGroupResponseData classic = world.joinNew("g").get();

        // then
        assertThat(error(classic)).isEqualTo(Errors.NONE);
        assertThat(world.shard.groupsOf(ConsumerGroups.class).has("g")).isFalse();
        world.start();
        assertThat(world.shard.groupsOf(ConsumerGroups.class).has("g")).isFalse();
    }

    @Test
    void aStaticConsumerThatComesBackWithTheClassicProtocolMakesTheGroupClassicAtOnce() {
        // given
        world.beat(joining("g", "c", "orders").setInstanceId("i")).get();
        world.beat(staying("g", "c", -2).setInstanceId("i")).get();

        // when
        JoinGroupResponseData back = world.join(joinRequest("g", "", "range").setGroupInstanceId("i"), 9)
                .get();

        // then
        assertThat(error(back)).isEqualTo(Errors.NONE);
        assertThat(world.shard.groupsOf(ConsumerGroups.class).has("g")).isFalse();
        assertThat(partitions(
                        world.sync(syncRequest(back).setGroupInstanceId("i")).get()))
                .hasSize(PARTITIONS);
    }

    @Test
    void membersOfEitherProtocolLeaveAConsumerGroupByLeaveGroup() {
        // given
        String classic = mixedGroup().memberId();
        world.beat(joining("g", "static", "orders").setInstanceId("i")).get();

        // when
        var left = world.leave(
                "g",
                new MemberIdentity().setMemberId(classic),
                new MemberIdentity().setMemberId("").setGroupInstanceId("i"),
                new MemberIdentity().setMemberId("another").setGroupInstanceId("i"),
                new MemberIdentity().setMemberId("nobody"));

        // then
        assertThat(left.errorCode()).isZero();
        assertThat(left.members())
                .extracting(m -> Errors.forCode(m.errorCode()))
                .containsExactly(Errors.NONE, Errors.NONE, Errors.FENCED_INSTANCE_ID, Errors.UNKNOWN_MEMBER_ID);
        assertThat(world.describeConsumers("g").members())
                .extracting(m -> m.memberId())
                .containsExactly("c");
        assertThat(world.leave("no such group", "m").members())
                .extracting(m -> Errors.forCode(m.errorCode()))
                .containsExactly(Errors.UNKNOWN_MEMBER_ID);
    }
}
