package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.ShardWorld.commitRequest;
import static io.milena.coordinator.group.core.ShardWorld.error;
import static io.milena.coordinator.group.core.ShardWorld.joining;
import static io.milena.coordinator.group.core.ShardWorld.staying;
import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.TestTopics;
import io.milena.coordinator.group.consumer.ConsumerConfig;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Epochs of consumer groups (KIP-848), and what members may do in which. */
class ConsumerEpochsTest {

    private final Uuid ordersId = Uuid.randomUuid();
    private final TestTopics topics =
            new TestTopics(1).with("orders", ordersId, 4).with("payments", Uuid.randomUuid(), 1);
    private final ShardWorld world = new ShardWorld(GroupConfig.defaults(), ConsumerConfig.from(Map.of()), topics);

    private static String epochs(DescribedGroup group) {
        return group.groupState() + " " + group.groupEpoch() + " " + group.assignmentEpoch() + " "
                + group.members().stream().map(m -> m.memberEpoch()).toList();
    }

    @Test
    void theFirstMemberMakesTheSecondEpoch() {
        // when
        ConsumerGroupHeartbeatResponseData joined =
                world.beat(joining("g", "a", "orders")).get();

        // then
        assertThat(joined.memberEpoch()).isEqualTo(2);
        assertThat(epochs(world.describeConsumers("g"))).isEqualTo("Stable 2 2 [2]");
    }

    @Test
    void aFirstMemberThatWantsNothingIsInTheFirstEpoch() {
        // when
        world.beat(joining("g", "a")).get();

        // then
        assertThat(epochs(world.describeConsumers("g"))).isEqualTo("Stable 1 1 [1]");
    }

    @Test
    void theNextAssignmentWaitsForItsInterval() {
        // given
        world.beat(joining("g", "a", "orders")).get();

        // when
        ConsumerGroupHeartbeatResponseData second =
                world.beat(joining("g", "b", "orders")).get();

        // then
        assertThat(second.memberEpoch()).isEqualTo(2);
        assertThat(epochs(world.describeConsumers("g"))).isEqualTo("Assigning 3 2 [2, 2]");
        world.advance(999);
        world.beat(staying("g", "b", 2)).get();
        assertThat(world.describeConsumers("g").groupState()).isEqualTo("Assigning");
        world.advance(1);
        world.beat(staying("g", "b", 2)).get();
        assertThat(epochs(world.describeConsumers("g"))).isEqualTo("Reconciling 3 3 [2, 3]");
    }

    @Test
    void theIntervalIsKnownAfterARestart() {
        // given
        world.beat(joining("g", "a", "orders")).get();

        // when
        world.start();
        world.beat(joining("g", "b", "orders")).get();

        // then
        assertThat(world.describeConsumers("g").groupState()).isEqualTo("Assigning");
    }

    private Errors commit(int version, String memberId, int epoch) {
        return error(world.commit(commitRequest("g", memberId, epoch, "orders", 5), version)
                .get());
    }

    @Test
    void membersOfTheConsumerProtocolCommitWithVersionsThatKnowTheirEpochs() {
        // given
        int epoch = world.beat(joining("g", "a", "orders")).get().memberEpoch();

        // then
        assertThat(commit(8, "a", epoch)).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(commit(8, "nobody", epoch)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(commit(9, "a", epoch)).isEqualTo(Errors.NONE);
        assertThat(commit(9, "a", epoch + 1)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
        assertThat(commit(9, "a", -1)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
    }

    @Test
    void inAnEarlierEpochAMemberCommitsForWhatItHasHadSinceThen() {
        // given
        world.beat(joining("g", "a", "orders")).get();
        world.advance(1_000);
        world.beat(joining("g", "b", "payments")).get();
        int epoch = world.beat(staying("g", "a", 2)
                        .setTopicPartitions(List.of(
                                new TopicPartitions().setTopicId(ordersId).setPartitions(List.of(0, 1, 2, 3)))))
                .get()
                .memberEpoch();
        assertThat(epoch).isEqualTo(3);

        // then
        assertThat(commit(9, "a", 2)).isEqualTo(Errors.NONE);
        assertThat(commit(9, "a", 1)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
        assertThat(error(world.commit(commitRequest("g", "a", 2, "payments", 5), 9)
                        .get()))
                .isEqualTo(Errors.STALE_MEMBER_EPOCH);
    }
}
