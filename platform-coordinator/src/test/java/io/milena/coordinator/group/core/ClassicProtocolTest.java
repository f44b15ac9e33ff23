package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.ShardWorld.error;
import static io.milena.coordinator.group.core.ShardWorld.joinRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.core.ShardWorld.Answer;
import io.milena.records.group.OffsetCommitValue;
import java.util.Map;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ClassicProtocolTest {

    private final ShardWorld world = new ShardWorld();

    // ---- joining

    @Test
    void aClientFirstLearnsItsMemberId() {
        JoinGroupResponseData first = world.join("g", "").get();
        assertThat(error(first)).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        assertThat(first.memberId()).isEqualTo("client-1");

        JoinGroupResponseData second = world.join("g", first.memberId()).get();
        assertThat(error(second)).isEqualTo(Errors.NONE);
        assertThat(second.generationId()).isEqualTo(1);
        assertThat(second.leader()).isEqualTo("client-1");
        assertThat(second.protocolName()).isEqualTo("range");
        assertThat(second.members())
                .extracting(JoinGroupResponseMember::memberId)
                .containsExactly("client-1");
        assertThat(world.state("g")).isEqualTo("CompletingRebalance");
    }

    @Test
    void upToVersion3AMemberIsTakenAtOnce() {
        JoinGroupResponseData joined =
                world.join(joinRequest("g", "", "range"), 3).get();
        assertThat(error(joined)).isEqualTo(Errors.NONE);
        assertThat(joined.memberId()).isEqualTo("client-1");
    }

    @Test
    void requestsThatCannotBeAreRefused() {
        assertThat(error(world.join("", "").get())).isEqualTo(Errors.INVALID_GROUP_ID);
        assertThat(error(world.join(joinRequest("g", "", "range").setSessionTimeoutMs(5_999), 9)
                        .get()))
                .isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
        assertThat(error(world.join(joinRequest("g", "", "range").setSessionTimeoutMs(1_800_001), 9)
                        .get()))
                .isEqualTo(Errors.INVALID_SESSION_TIMEOUT);
        assertThat(error(world.join("g", "who").get())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(error(world.join(joinRequest("g", ""), 9).get())).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(world.join(joinRequest("g", "", "range").setProtocolType(""), 9)
                        .get()))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void whoSharesNoProtocolOrTypeWithTheOthersIsRefused() {
        world.stableGroup("g");
        assertThat(error(world.join(joinRequest("g", "", "roundrobin"), 9).get()))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(world.join(joinRequest("g", "", "range").setProtocolType("connect"), 9)
                        .get()))
                .isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void theProtocolWithMostVotesAmongThoseAllSupportIsChosen() {
        JoinGroupResponseData first =
                world.join(joinRequest("g", "", "a", "b", "c"), 3).get();
        Answer<JoinGroupResponseData> second = world.join(joinRequest("g", "", "b", "c"), 3);
        Answer<JoinGroupResponseData> third = world.join(joinRequest("g", "", "c", "b"), 3);
        Answer<JoinGroupResponseData> again = world.join(joinRequest("g", first.memberId(), "a", "b", "c"), 3);
        assertThat(again.get().protocolName()).isEqualTo("b");
        assertThat(second.get().protocolName()).isEqualTo("b");
        assertThat(third.get().generationId()).isEqualTo(2);
    }

    @Test
    void onlyTheLeaderSeesTheMembers() {
        JoinGroupResponseData first = world.stableGroup("g");
        Answer<JoinGroupResponseData> second = world.joinNew("g");
        assertThat(second.isPending()).isTrue();
        assertThat(world.heartbeat("g", first.memberId(), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        JoinGroupResponseData leader = world.join("g", first.memberId()).get();
        assertThat(leader.members()).hasSize(2);
        assertThat(second.get().members()).isEmpty();
        assertThat(second.get().leader()).isEqualTo(leader.memberId());
        assertThat(second.get().generationId()).isEqualTo(leader.generationId()).isEqualTo(2);
    }

    @Test
    void aGroupTakesNoMoreMembersThanItMay() {
        ShardWorld small = new ShardWorld(
                GroupConfig.from(Map.of("group.max.size", "1", "group.initial.rebalance.delay.ms", "0")));
        JoinGroupResponseData only = small.stableGroup("g");
        assertThat(error(small.join("g", "").get())).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
        assertThat(small.heartbeat("g", only.memberId(), 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void theFirstRebalanceWaitsForOthers() {
        ShardWorld patient = new ShardWorld(GroupConfig.defaults());
        Answer<JoinGroupResponseData> first = patient.joinNew("g");
        patient.advance(2_900);
        Answer<JoinGroupResponseData> second = patient.joinNew("g");
        patient.advance(2_900);
        assertThat(first.isPending()).as("the delay is extended by who came").isTrue();
        patient.advance(200);
        assertThat(first.get().members()).hasSize(2);
        assertThat(second.get().generationId()).isEqualTo(1);
    }

    @Test
    void theFirstRebalanceWaitsNoLongerThanTheRebalanceTimeout() {
        ShardWorld patient = new ShardWorld(GroupConfig.defaults());
        Answer<JoinGroupResponseData> first =
                patient.join(joinRequest("g", "", "range").setRebalanceTimeoutMs(7_000), 3);
        for (int i = 0; i < 6; i++) {
            patient.advance(1_000);
            patient.join(joinRequest("g", "", "range").setRebalanceTimeoutMs(7_000), 3);
        }
        patient.advance(1_000);
        assertThat(first.get().members()).hasSize(7);
    }

    @Test
    void anIdThatIsHandedOutAndNotUsedIsForgotten() {
        JoinGroupResponseData first = world.stableGroup("g");
        String unused = world.join("g", "").get().memberId();
        Answer<JoinGroupResponseData> rejoin = world.join("g", first.memberId());
        assertThat(rejoin.isPending()).as("the rebalance waits for the id").isTrue();
        world.advance(ShardWorld.SESSION_MS);
        assertThat(error(rejoin.get())).isEqualTo(Errors.NONE);
        assertThat(error(world.join("g", unused).get())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    // ---- rejoining

    @Test
    void whoRepeatsItsJoinDuringTheSyncPhaseHearsTheSameAgain() {
        JoinGroupResponseData joined = world.joinNew("g").get();
        JoinGroupResponseData again = world.join("g", joined.memberId()).get();
        assertThat(again).isEqualTo(joined);
    }

    @Test
    void whoChangesItsMetadataStartsARebalance() {
        JoinGroupResponseData leader = world.stableGroup("g");
        Answer<JoinGroupResponseData> second = world.joinNew("g");
        JoinGroupResponseData lead = world.join("g", leader.memberId()).get();
        String follower = second.get().memberId();
        world.sync(lead, "g", Map.of());

        JoinGroupResponseData unchanged = world.join("g", follower).get();
        assertThat(unchanged.generationId()).isEqualTo(2);
        assertThat(unchanged.members()).isEmpty();
        assertThat(world.state("g")).isEqualTo("Stable");

        Answer<JoinGroupResponseData> changed = world.join(joinRequest("g", follower, "range", "other"), 9);
        assertThat(changed.isPending()).isTrue();
        assertThat(world.state("g")).isEqualTo("PreparingRebalance");
    }

    @Test
    void theLeaderMayForceARebalance() {
        JoinGroupResponseData leader = world.stableGroup("g");
        assertThat(world.join("g", leader.memberId()).get().generationId()).isEqualTo(2);
    }

    @Test
    void whoDoesNotRejoinInTimeIsOut() {
        JoinGroupResponseData gone = world.stableGroup("g");
        Answer<JoinGroupResponseData> second = world.joinNew("g");
        for (int i = 0; i < ShardWorld.REBALANCE_MS / 5_000; i++) {
            assertThat(world.heartbeat("g", gone.memberId(), 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
            world.advance(5_000);
        }
        assertThat(second.get().members())
                .extracting(JoinGroupResponseMember::memberId)
                .hasSize(1);
        assertThat(second.get().leader()).isEqualTo(second.get().memberId());
        assertThat(world.heartbeat("g", gone.memberId(), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    // ---- syncing

    @Test
    void everybodyGetsTheLeadersAssignmentWhenItIsCommitted() {
        JoinGroupResponseData first = world.stableGroup("g");
        Answer<JoinGroupResponseData> secondJoin = world.joinNew("g");
        JoinGroupResponseData leader = world.join("g", first.memberId()).get();
        JoinGroupResponseData follower = secondJoin.get();

        Answer<SyncGroupResponseData> followerSync = world.sync(follower, "g", Map.of());
        assertThat(followerSync.isPending()).isTrue();
        world.holdWrites = true;
        Answer<SyncGroupResponseData> leaderSync =
                world.sync(leader, "g", Map.of(leader.memberId(), "L", follower.memberId(), "F"));
        assertThat(leaderSync.isPending()).as("not before it is committed").isTrue();
        assertThat(world.state("g")).isEqualTo("CompletingRebalance");
        world.commitNext();
        assertThat(leaderSync.get().assignment()).isEqualTo("L".getBytes());
        assertThat(followerSync.get().assignment()).isEqualTo("F".getBytes());
        assertThat(world.state("g")).isEqualTo("Stable");
        assertThat(world.sync(follower, "g", Map.of()).get().assignment()).isEqualTo("F".getBytes());
    }

    @Test
    void anAssignmentThatCannotBeWrittenStartsAnotherRebalance() {
        JoinGroupResponseData joined = world.joinNew("g").get();
        world.holdWrites = true;
        Answer<SyncGroupResponseData> sync = world.sync(joined, "g", Map.of());
        world.refuseHeld(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(error(sync.get())).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(world.state("g")).isEqualTo("PreparingRebalance");
    }

    @Test
    void anAssignmentIsForgottenWhenARebalanceBeganBeforeItsCommit() {
        JoinGroupResponseData joined = world.joinNew("g").get();
        world.holdWrites = true;
        Answer<SyncGroupResponseData> sync = world.sync(joined, "g", Map.of(joined.memberId(), "old"));
        Answer<JoinGroupResponseData> other = world.joinNew("g");
        assertThat(error(sync.get())).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        world.holdWrites = false;
        world.commitAll();
        assertThat(world.state("g")).isEqualTo("PreparingRebalance");
        assertThat(world.join("g", joined.memberId()).get().generationId()).isEqualTo(2);
        assertThat(other.get().generationId()).isEqualTo(2);
    }

    @Test
    void syncsThatDoNotFitAreRefused() {
        SyncGroupRequestData request =
                new SyncGroupRequestData().setGroupId("g").setMemberId("x").setGenerationId(1);
        assertThat(error(world.sync(request).get())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        JoinGroupResponseData joined = world.joinNew("g").get();
        assertThat(error(world.sync(request).get())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        request.setMemberId(joined.memberId()).setGenerationId(7);
        assertThat(error(world.sync(request).get())).isEqualTo(Errors.ILLEGAL_GENERATION);
        request.setGenerationId(1).setProtocolName("sticky");
        assertThat(error(world.sync(request).get())).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        request.setProtocolName(null).setProtocolType("connect");
        assertThat(error(world.sync(request).get())).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
        world.joinNew("g");
        request.setProtocolType(null);
        assertThat(error(world.sync(request).get())).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void whoDoesNotSyncInTimeIsOut() {
        JoinGroupResponseData first = world.stableGroup("g");
        Answer<JoinGroupResponseData> second = world.joinNew("g");
        JoinGroupResponseData leader = world.join("g", first.memberId()).get();
        world.sync(leader, "g", Map.of());
        for (int i = 0; i < ShardWorld.REBALANCE_MS / 5_000; i++) {
            world.advance(5_000);
            world.heartbeat("g", leader.memberId(), 2);
            world.heartbeat("g", second.get().memberId(), 2);
        }
        assertThat(world.state("g")).isEqualTo("PreparingRebalance");
        assertThat(world.heartbeat("g", second.get().memberId(), 2)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(world.heartbeat("g", leader.memberId(), 2)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    // ---- staying and leaving

    @Test
    void heartbeatsKeepASessionAndSilenceEndsIt() {
        JoinGroupResponseData joined = world.stableGroup("g");
        for (int i = 0; i < 10; i++) {
            world.advance(ShardWorld.SESSION_MS - 1);
            assertThat(world.heartbeat("g", joined.memberId(), 1)).isEqualTo(Errors.NONE);
        }
        world.advance(ShardWorld.SESSION_MS);
        assertThat(world.heartbeat("g", joined.memberId(), 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(world.state("g")).isEqualTo("Empty");
    }

    @Test
    void heartbeatsThatDoNotFitAreRefused() {
        assertThat(world.heartbeat("", "x", 1)).isEqualTo(Errors.INVALID_GROUP_ID);
        assertThat(world.heartbeat("g", "x", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        JoinGroupResponseData joined = world.joinNew("g").get();
        assertThat(world.heartbeat("g", joined.memberId(), 1)).as("sync phase").isEqualTo(Errors.NONE);
        assertThat(world.heartbeat("g", joined.memberId(), 0)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(world.heartbeat("g", "x", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void whoWaitsForTheOthersNeedNotHeartbeat() {
        JoinGroupResponseData first = world.stableGroup("g");
        Answer<JoinGroupResponseData> second = world.joinNew("g");
        for (int i = 0; i < 5; i++) {
            world.advance(ShardWorld.SESSION_MS - 1);
            world.heartbeat("g", first.memberId(), 1);
        }
        assertThat(second.isPending()).isTrue();
        world.join("g", first.memberId());
        assertThat(error(second.get())).isEqualTo(Errors.NONE);
    }

    @Test
    void theLastToLeaveMakesTheGroupEmptyInANewGeneration() {
        JoinGroupResponseData joined = world.stableGroup("g");
        LeaveGroupResponseData left = world.leave("g", joined.memberId());
        assertThat(left.members().get(0).errorCode()).isZero();
        assertThat(world.state("g")).isEqualTo("Empty");
        assertThat(world.joinNew("g").get().generationId()).isEqualTo(3);
    }

    @Test
    void leavingStartsARebalanceOfTheOthers() {
        JoinGroupResponseData first = world.stableGroup("g");
        Answer<JoinGroupResponseData> second = world.joinNew("g");
        JoinGroupResponseData leader = world.join("g", first.memberId()).get();
        world.sync(leader, "g", Map.of());
        world.sync(second.get(), "g", Map.of());
        world.leave("g", leader.memberId());
        assertThat(world.heartbeat("g", second.get().memberId(), 2)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
        JoinGroupResponseData alone = world.join("g", second.get().memberId()).get();
        assertThat(alone.generationId()).isEqualTo(3);
        assertThat(alone.leader()).isEqualTo(alone.memberId());
    }

    @Test
    void leavingAnswersWhoNeverWas() {
        assertThat(world.leave("g", "x").members())
                .extracting(m -> Errors.forCode(m.errorCode()))
                .containsExactly(Errors.UNKNOWN_MEMBER_ID);
        JoinGroupResponseData joined = world.stableGroup("g");
        String pending = world.join("g", "").get().memberId();
        LeaveGroupResponseData answer = world.leave(
                "g",
                new MemberIdentity().setMemberId("x"),
                new MemberIdentity().setMemberId(pending),
                new MemberIdentity().setMemberId("").setGroupInstanceId("nobody"));
        assertThat(answer.members())
                .extracting(m -> Errors.forCode(m.errorCode()))
                .containsExactly(Errors.UNKNOWN_MEMBER_ID, Errors.NONE, Errors.UNKNOWN_MEMBER_ID);
        assertThat(world.heartbeat("g", joined.memberId(), 1))
                .as("nobody was disturbed")
                .isEqualTo(Errors.NONE);
    }

    @Test
    void aMovedPartitionSendsEverybodyAway() {
        JoinGroupResponseData first = world.stableGroup("g");
        Answer<JoinGroupResponseData> waiting = world.joinNew("g");
        world.turn(t -> world.shard.unloaded(t, Errors.NOT_COORDINATOR));
        assertThat(error(waiting.get())).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(world.heartbeat("g", first.memberId(), 1)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
    }

    @Test
    void aWallClockThatJumpsAheadEndsNoSession() {
        // given
        JoinGroupResponseData member = world.stableGroup("g");

        // when
        world.wallClockMs += 86_400_000;
        world.advance(1_000);

        // then
        assertThat(world.heartbeat("g", member.memberId(), 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void aWallClockThatIsSetBackKeepsNoDeadMember() {
        // given
        JoinGroupResponseData member = world.stableGroup("g");

        // when
        world.wallClockMs -= 86_400_000;
        world.advance(ShardWorld.SESSION_MS + 1_000);

        // then
        assertThat(world.state("g")).isEqualTo("Empty");
        assertThat(world.heartbeat("g", member.memberId(), 1)).isNotEqualTo(Errors.NONE);
    }

    @Test
    void whatIsWrittenBearsTheTimeOfTheWallClock() {
        // given
        JoinGroupResponseData member = world.stableGroup("g");
        world.wallClockMs = 1_800_000_000_000L;

        // when
        world.commit("g", member.memberId(), 1, "orders", 7);

        // then
        var written =
                (OffsetCommitValue) world.log.get(world.log.size() - 1).record().value();
        assertThat(written.commitTimestamp()).isEqualTo(1_800_000_000_000L);
    }
}
