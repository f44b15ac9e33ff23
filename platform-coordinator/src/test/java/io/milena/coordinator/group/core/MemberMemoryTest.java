package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.ShardWorld.error;
import static io.milena.coordinator.group.core.ShardWorld.joinRequest;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What members of classic groups hold in memory is bounded over all groups, and given back. */
class MemberMemoryTest {

    private static final int MEGABYTE = 1 << 20;

    private final ShardWorld world = new ShardWorld();

    @BeforeEach
    void boundMemory() {
        world.memory = new MemberMemory(3 * MEGABYTE);
        world.start();
    }

    private static JoinGroupRequestData large(String group, String memberId) {
        JoinGroupRequestData request = joinRequest(group, memberId);
        request.protocols().add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[MEGABYTE]));
        return request;
    }

    @Test
    void largeMetadataAreRefusedForNowWhenTheyFillTheMemoryAndSmallOnesAreNot() {
        // given
        for (int i = 0; i < 2; i++) {
            assertThat(error(world.join(large("g" + i, ""), 3).get())).isEqualTo(Errors.NONE);
        }

        // when
        JoinGroupResponseData refused = world.join(large("another", ""), 3).get();
        JoinGroupResponseData small =
                world.join(joinRequest("small", "", "range"), 3).get();

        // then
        assertThat(error(refused)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(error(small)).isEqualTo(Errors.NONE);
    }

    @Test
    void whatAMemberHeldIsGivenBackHoweverItGoes() {
        // given
        JoinGroupResponseData leaving = world.join(large("a", ""), 3).get();
        world.join(large("b", ""), 3).get();
        assertThat(world.memory.used()).isGreaterThan(2 * MEGABYTE);

        // when
        world.join(joinRequest("a", leaving.memberId(), "range"), 3).get();
        assertThat(world.memory.used()).as("it says less now").isLessThan(2 * MEGABYTE);
        world.leave("a", leaving.memberId());
        world.advance(ShardWorld.SESSION_MS + ShardWorld.REBALANCE_MS);

        // then
        assertThat(world.memory.used()).isZero();
    }

    @Test
    void aShardThatEndsGivesBackWhatItsMembersHeld() {
        // given
        world.join(large("a", ""), 3).get();

        // when
        world.turn(turn -> world.shard.unloaded(turn, Errors.NOT_COORDINATOR));

        // then
        assertThat(world.memory.used()).isZero();
        assertThat(List.of(world.state("a"))).containsExactly("Dead");
    }
}
