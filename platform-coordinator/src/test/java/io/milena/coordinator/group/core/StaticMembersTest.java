package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.ShardWorld.error;
import static io.milena.coordinator.group.core.ShardWorld.joinRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.core.ShardWorld.Answer;
import java.util.Map;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** KIP-345. */
class StaticMembersTest {

    private final ShardWorld world = new ShardWorld();

    private Answer<JoinGroupResponseData> join(String memberId, String instanceId, int version) {
        return world.join(joinRequest("g", memberId, "range").setGroupInstanceId(instanceId), version);
    }

    private JoinGroupResponseData stable(String instanceId) {
        JoinGroupResponseData joined = join("", instanceId, 9).get();
        world.sync(joined, "g", Map.of(joined.memberId(), "all")).get();
        return joined;
    }

    @Test
    void aStaticMemberNeedsNoSecondRound() {
        JoinGroupResponseData joined = join("", "i", 9).get();
        assertThat(error(joined)).isEqualTo(Errors.NONE);
        assertThat(joined.memberId()).startsWith("i-");
    }

    @Test
    void comingBackChangesTheMemberIdAndNothingElse() {
        JoinGroupResponseData before = stable("i");
        JoinGroupResponseData after = join("", "i", 9).get();
        assertThat(after.memberId()).isNotEqualTo(before.memberId());
        assertThat(after.generationId()).isEqualTo(1);
        assertThat(after.leader()).isEqualTo(after.memberId());
        assertThat(after.skipAssignment()).isTrue();
        assertThat(after.members()).hasSize(1);
        assertThat(world.state("g")).isEqualTo("Stable");
        assertThat(world.sync(after, "g", Map.of()).get().assignment()).isEqualTo("all".getBytes());

        SyncGroupRequestData old = new SyncGroupRequestData()
                .setGroupId("g")
                .setMemberId(before.memberId())
                .setGroupInstanceId("i")
                .setGenerationId(1);
        assertThat(error(world.sync(old).get())).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(error(join(before.memberId(), "i", 9).get())).isEqualTo(Errors.FENCED_INSTANCE_ID);
        Errors[] beat = new Errors[1];
        world.turn(t -> beat[0] = world.shard.heartbeat(
                t,
                new HeartbeatRequestData()
                        .setGroupId("g")
                        .setMemberId(before.memberId())
                        .setGroupInstanceId("i")
                        .setGenerationId(1)));
        assertThat(beat[0]).isEqualTo(Errors.FENCED_INSTANCE_ID);
    }

    @Test
    void beforeVersion9TheReturningLeaderIsNotToldThatItLeads() {
        JoinGroupResponseData before = stable("i");
        JoinGroupResponseData after = join("", "i", 8).get();
        assertThat(after.leader()).isEqualTo(before.memberId());
        assertThat(after.skipAssignment()).isFalse();
        assertThat(after.members()).isEmpty();
    }

    @Test
    void theNewIdSurvivesACrash() {
        stable("i");
        JoinGroupResponseData after = join("", "i", 9).get();
        world.start();
        assertThat(world.heartbeat("g", after.memberId(), 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void anIdThatCannotBeWrittenIsTakenBack() {
        JoinGroupResponseData before = stable("i");
        world.holdWrites = true;
        Answer<JoinGroupResponseData> after = join("", "i", 9);
        assertThat(after.isPending()).isTrue();
        world.refuseHeld(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(error(after.get())).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(world.heartbeat("g", before.memberId(), 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void comingBackDuringTheSyncPhaseStartsOver() {
        join("", "i", 9).get();
        assertThat(join("", "i", 9).get().generationId()).isEqualTo(2);
    }

    @Test
    void theFirstRequestOfAReplacedMemberIsFenced() {
        JoinGroupResponseData before = stable("i");
        world.joinNew("g");
        world.join("g", ""); // an id that is not used yet keeps the rebalance open
        Answer<JoinGroupResponseData> joining = join(before.memberId(), "i", 9);
        Answer<JoinGroupResponseData> replacing = join("", "i", 9);
        assertThat(error(joining.get())).isEqualTo(Errors.FENCED_INSTANCE_ID);
        assertThat(replacing.isPending()).isTrue();
        world.advance(ShardWorld.SESSION_MS);
        assertThat(error(replacing.get())).isEqualTo(Errors.NONE);
    }

    @Test
    void absentStaticMembersStayUntilTheirSessionEnds() {
        JoinGroupResponseData absent = stable("i");
        Answer<JoinGroupResponseData> other =
                world.join(joinRequest("g", "", "range").setGroupInstanceId("j"), 9);
        assertThat(other.isPending()).isTrue();
        world.advance(ShardWorld.SESSION_MS);
        assertThat(other.get().members()).hasSize(1);
        assertThat(world.heartbeat("g", absent.memberId(), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void anAdministratorRemovesByInstanceId() {
        stable("i");
        assertThat(world.leave("g", new MemberIdentity().setMemberId("").setGroupInstanceId("i"))
                        .members()
                        .get(0)
                        .errorCode())
                .isZero();
        assertThat(world.state("g")).isEqualTo("Empty");
        stable("i");
        assertThat(Errors.forCode(
                        world.leave("g", new MemberIdentity().setMemberId("x").setGroupInstanceId("i"))
                                .members()
                                .get(0)
                                .errorCode()))
                .isEqualTo(Errors.FENCED_INSTANCE_ID);
    }
}
