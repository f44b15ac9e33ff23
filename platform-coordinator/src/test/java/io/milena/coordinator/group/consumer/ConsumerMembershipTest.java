package io.milena.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.TestTopics;
import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.ShardContext;
import io.milena.coordinator.runtime.TimerQueue;
import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Who may be a member of a consumer group, and what its first answers say. */
class ConsumerMembershipTest {

    private final TestTopics topics = new TestTopics(1).with("orders", Uuid.randomUuid(), 6);

    private static ConsumerGroupHeartbeatRequestData joining(String memberId) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId("g")
                .setMemberId(memberId)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(60_000)
                .setSubscribedTopicNames(List.of("orders"))
                .setTopicPartitions(List.of());
    }

    private ConsumerGroups groups(Map<String, String> properties) {
        return new ConsumerGroups(
                ConsumerConfig.from(properties),
                topics,
                new ShardContext(new TimerQueue(), new NoClassicGroups()),
                prefix -> "made");
    }

    private static ConsumerGroupHeartbeatResponseData beat(
            ConsumerGroups groups, ConsumerGroupHeartbeatRequestData request) {
        List<ConsumerGroupHeartbeatResponseData> answers = new ArrayList<>();
        Turn turn = new Turn(0, 0);
        groups.heartbeats().heartbeat(turn, request, new Caller("c", "/127.0.0.1"), (short) 1, answers::add);
        turn.writes().forEach(write -> write.settlement().settled(new Turn(0, 0), Errors.NONE));
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    private static Errors error(ConsumerGroupHeartbeatResponseData answer) {
        return Errors.forCode(answer.errorCode());
    }

    @Test
    void aStaticMemberUnderANewIdFindsNoRoomInAFullGroup() {
        // given
        ConsumerGroups groups = groups(Map.of("group.consumer.max.size", "1"));
        beat(groups, joining("a").setInstanceId("i"));
        beat(groups, joining("a").setInstanceId("i").setMemberEpoch(-2));

        // when
        ConsumerGroupHeartbeatResponseData another = beat(groups, joining("b").setInstanceId("i"));
        ConsumerGroupHeartbeatResponseData same = beat(groups, joining("a").setInstanceId("i"));

        // then
        assertThat(error(another)).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(error(same)).isEqualTo(Errors.NONE);
    }

    @Test
    void whoSaysAnEpochOrAMemberIsCheckedWhenItFetchesOffsets() {
        // given
        ConsumerGroups groups = groups(Map.of());
        int epoch = beat(groups, joining("a")).memberEpoch();

        // then
        assertThat(groups.validateFetch("g", null, -1)).isEqualTo(Errors.NONE);
        assertThat(groups.validateFetch("g", "a", epoch)).isEqualTo(Errors.NONE);
        assertThat(groups.validateFetch("g", "a", -1)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
        assertThat(groups.validateFetch("g", null, epoch)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(groups.validateFetch("g", "", -1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoIsNoMemberOfAFullGroupIsToldSoInAnyEpoch() {
        // given
        ConsumerGroups groups = groups(Map.of("group.consumer.max.size", "1"));
        beat(groups, joining("a"));

        // when
        ConsumerGroupHeartbeatResponseData stranger = beat(groups, joining("b").setMemberEpoch(1));

        // then
        assertThat(error(stranger)).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
    }
}
