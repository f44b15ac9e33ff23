package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.ShardWorld.commitRequest;
import static io.milena.coordinator.group.core.ShardWorld.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.core.ShardWorld.Answer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class OffsetsTest {

    private static final long WEEK_MS = 7L * 24 * 60 * 60 * 1000;

    private final ShardWorld world = new ShardWorld();

    // ---- commit and fetch

    @Test
    void aConsumerThatAssignsItselfCommitsWithoutAGeneration() {
        assertThat(world.commit("g", "", -1, "orders", 42)).isEqualTo(Errors.NONE);
        assertThat(world.committed("g", "orders")).isEqualTo(42);
        assertThat(world.fetch("g", "orders", false).metadata()).isEqualTo("m");
        assertThat(world.state("g")).isEqualTo("Empty");
    }

    @Test
    void nothingIsShownBeforeItIsCommitted() {
        world.holdWrites = true;
        Answer<OffsetCommitResponseData> commit = world.commit(commitRequest("g", "", -1, "orders", 42), 9);
        assertThat(commit.isPending()).isTrue();
        assertThat(world.committed("g", "orders")).isEqualTo(-1);
        world.refuseHeld(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(error(commit.get())).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(world.committed("g", "orders")).isEqualTo(-1);
    }

    @Test
    void membersCommitInTheirGenerationOnly() {
        JoinGroupResponseData member = world.stableGroup("g");
        String id = member.memberId();
        assertThat(world.commit("g", id, 1, "orders", 1)).isEqualTo(Errors.NONE);
        assertThat(world.commit("g", id, 0, "orders", 2)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(world.commit("g", "x", 1, "orders", 2)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(world.commit("g", "", -1, "orders", 2)).as("administrator").isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(world.commit("other", id, 1, "orders", 2)).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(error(world.commit(commitRequest("other", id, 1, "orders", 2), 8)
                        .get()))
                .isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(world.committed("g", "orders")).isEqualTo(1);
    }

    @Test
    void duringTheSyncPhaseACommitMustWait() {
        JoinGroupResponseData member = world.joinNew("g").get();
        assertThat(world.commit("g", member.memberId(), 1, "orders", 1)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void whileARebalanceIsPreparedTheOldGenerationMayStillCommit() {
        JoinGroupResponseData member = world.stableGroup("g");
        world.joinNew("g");
        assertThat(world.commit("g", member.memberId(), 1, "orders", 9)).isEqualTo(Errors.NONE);
    }

    @Test
    void aCommitIsASignOfLife() {
        JoinGroupResponseData member = world.stableGroup("g");
        for (int i = 0; i < 5; i++) {
            world.advance(ShardWorld.SESSION_MS - 1);
            assertThat(world.commit("g", member.memberId(), 1, "orders", i)).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void metadataMayNotBeLongerThanAllowed() {
        OffsetCommitRequestData request = commitRequest("g", "", -1, "orders", 1);
        request.topics().get(0).partitions().get(0).setCommittedMetadata("x".repeat(4097));
        assertThat(error(world.commit(request, 9).get())).isEqualTo(Errors.OFFSET_METADATA_TOO_LARGE);
        request.topics().get(0).partitions().get(0).setCommittedMetadata(null);
        assertThat(error(world.commit(request, 9).get())).isEqualTo(Errors.NONE);
        assertThat(world.fetch("g", "orders", false).metadata()).isEmpty();
    }

    @Test
    void allOffsetsOfAGroupAreFetchedWithoutNamingThem() {
        world.commit("g", "", -1, "b", 2);
        world.commit("g", "", -1, "a", 1);
        assertThat(world.shard
                        .fetchOffsets(
                                new OffsetFetchRequestGroup().setGroupId("g").setTopics(null), false)
                        .topics())
                .extracting(t -> t.name() + "=" + t.partitions().get(0).committedOffset())
                .containsExactly("a=1", "b=2");
    }

    @Test
    void aTopicCreatedAgainHasNoOffsets() {
        Uuid first = Uuid.randomUuid();
        OffsetCommitRequestData request = commitRequest("g", "", -1, "orders", 5);
        request.topics().get(0).setTopicId(first);
        world.commit(request, 10);
        assertThat(fetchById(first)).isEqualTo(5);
        assertThat(fetchById(Uuid.randomUuid())).isEqualTo(-1);
        world.start();
        assertThat(fetchById(first)).isEqualTo(5);
    }

    private long fetchById(Uuid id) {
        return world.shard
                .fetchOffsets(
                        new OffsetFetchRequestGroup()
                                .setGroupId("g")
                                .setTopics(List.of(new OffsetFetchRequestTopics()
                                        .setName("orders")
                                        .setTopicId(id)
                                        .setPartitionIndexes(List.of(0)))),
                        false)
                .topics()
                .get(0)
                .partitions()
                .get(0)
                .committedOffset();
    }

    // ---- after a crash

    @Test
    void groupsAndOffsetsSurviveACrash() {
        JoinGroupResponseData member = world.stableGroup("g");
        world.commit("g", member.memberId(), 1, "orders", 7);
        world.commit("simple", "", -1, "orders", 8);
        world.start();
        assertThat(world.state("g")).isEqualTo("Stable");
        assertThat(world.heartbeat("g", member.memberId(), 1)).isEqualTo(Errors.NONE);
        assertThat(world.sync(member, "g", Map.of()).get().assignment()).isEqualTo("all".getBytes());
        assertThat(world.committed("g", "orders")).isEqualTo(7);
        assertThat(world.committed("simple", "orders")).isEqualTo(8);
        assertThat(world.shard.list(Set.of(), Set.of()))
                .extracting(g -> g.groupId())
                .containsExactlyInAnyOrder("g", "simple");
        world.advance(ShardWorld.SESSION_MS);
        assertThat(world.state("g")).as("sessions begin anew and end").isEqualTo("Empty");
    }

    // ---- deletion

    @Test
    void onlyEmptyGroupsAreDeleted() {
        assertThat(world.delete("g")).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        JoinGroupResponseData member = world.stableGroup("g");
        world.commit("g", member.memberId(), 1, "orders", 7);
        assertThat(world.delete("g")).isEqualTo(Errors.NON_EMPTY_GROUP);
        world.leave("g", member.memberId());
        assertThat(world.delete("g")).isEqualTo(Errors.NONE);
        assertThat(world.delete("g")).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(world.committed("g", "orders")).isEqualTo(-1);
        world.start();
        assertThat(world.state("g")).isEqualTo("Dead");
        assertThat(world.shard.groupCount()).isZero();
    }

    @Test
    void aGroupWhoseDeletionFailsLivesOn() {
        JoinGroupResponseData member = world.stableGroup("g");
        world.commit("g", member.memberId(), 1, "orders", 7);
        world.leave("g", member.memberId());
        world.holdWrites = true;
        Answer<Errors> answer = new Answer<>();
        world.turn(t -> world.shard.deleteGroup(t, "g", answer));
        assertThat(error(world.join("g", "").get())).as("while deleting").isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        world.refuseHeld(Errors.NOT_ENOUGH_REPLICAS);
        world.holdWrites = false;
        assertThat(answer.get()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        assertThat(world.committed("g", "orders")).isEqualTo(7);
        assertThat(world.state("g")).isEqualTo("Empty");
        assertThat(world.joinNew("g").get().generationId()).isEqualTo(3);
    }

    @Test
    void deletingTakesAlongWhatIsStillOnItsWay() {
        world.holdWrites = true;
        world.commit(commitRequest("g", "", -1, "orders", 1), 9);
        world.commitAll();
        world.commit(commitRequest("g", "", -1, "payments", 1), 9);
        world.turn(t -> world.shard.deleteGroup(t, "g", e -> {}));
        world.commitAll();
        world.start();
        assertThat(world.shard.groupCount()).isZero();
        assertThat(world.committed("g", "payments")).isEqualTo(-1);
    }

    @Test
    void offsetsOfSubscribedTopicsAreNotDeleted() {
        JoinGroupResponseData member = world.stableGroup("g");
        world.commit("g", member.memberId(), 1, "orders", 7);
        world.commit("g", member.memberId(), 1, "old", 7);
        OffsetDeleteResponseData response = deleteOffsets("g", "orders", "old");
        assertThat(response.topics().find("orders").partitions().find(0).errorCode())
                .isEqualTo(Errors.GROUP_SUBSCRIBED_TO_TOPIC.code());
        assertThat(response.topics().find("old").partitions().find(0).errorCode())
                .isZero();
        assertThat(world.committed("g", "orders")).isEqualTo(7);
        assertThat(world.committed("g", "old")).isEqualTo(-1);
        assertThat(Errors.forCode(deleteOffsets("none", "orders").errorCode())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    private OffsetDeleteResponseData deleteOffsets(String group, String... topics) {
        OffsetDeleteRequestData request = new OffsetDeleteRequestData().setGroupId(group);
        for (String topic : topics) {
            request.topics()
                    .add(new OffsetDeleteRequestTopic()
                            .setName(topic)
                            .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0))));
        }
        Answer<OffsetDeleteResponseData> answer = new Answer<>();
        world.turn(t -> world.shard.deleteOffsets(t, request, answer));
        return answer.get();
    }

    @Test
    void deletedTopicsTakeTheirOffsetsAlong() {
        world.commit("g", "", -1, "orders", 7);
        world.commit("g", "", -1, "kept", 7);
        world.turn(t -> world.shard.forgetTopics(t, Set.of("orders")));
        assertThat(world.committed("g", "orders")).isEqualTo(-1);
        assertThat(world.committed("g", "kept")).isEqualTo(7);
    }

    // ---- expiry (KIP-211)

    private void expire() {
        world.turn(world.shard::expireOffsets);
    }

    @Test
    void offsetsOfSelfAssigningConsumersExpireAfterTheirCommit() {
        world.commit("g", "", -1, "orders", 7);
        world.advance(WEEK_MS / 2);
        world.commit("g", "", -1, "payments", 7);
        world.advance(WEEK_MS / 2);
        expire();
        assertThat(world.committed("g", "orders")).isEqualTo(-1);
        assertThat(world.committed("g", "payments")).isEqualTo(7);
        world.advance(WEEK_MS / 2);
        expire();
        assertThat(world.shard.groupCount())
                .as("the last offset takes the group along")
                .isZero();
        world.start();
        assertThat(world.shard.groupCount()).isZero();
    }

    @Test
    void offsetsOfAnEmptyGroupExpireAfterItBecameEmpty() {
        JoinGroupResponseData member = world.stableGroup("g");
        world.commit("g", member.memberId(), 1, "orders", 7);
        for (long t = 0; t < WEEK_MS; t += 9_000) {
            world.advance(9_000);
            world.heartbeat("g", member.memberId(), 1);
        }
        expire();
        assertThat(world.committed("g", "orders")).as("subscribed").isEqualTo(7);
        world.leave("g", member.memberId());
        world.advance(WEEK_MS - 1);
        world.start();
        expire();
        assertThat(world.committed("g", "orders")).isEqualTo(7);
        world.advance(1);
        expire();
        assertThat(world.committed("g", "orders")).isEqualTo(-1);
        assertThat(world.state("g")).isEqualTo("Dead");
    }

    @Test
    void aStableGroupLosesOldOffsetsOfTopicsItNoLongerReads() {
        ShardWorld quick = new ShardWorld(
                GroupConfig.from(Map.of("offsets.retention.minutes", "1", "group.initial.rebalance.delay.ms", "0")));
        JoinGroupResponseData member = quick.stableGroup("g");
        quick.commit("g", member.memberId(), 1, "orders", 7);
        quick.commit("g", member.memberId(), 1, "former", 7);
        for (int i = 0; i < 10; i++) {
            quick.advance(9_000);
            quick.heartbeat("g", member.memberId(), 1);
        }
        quick.turn(quick.shard::expireOffsets);
        assertThat(quick.committed("g", "orders")).isEqualTo(7);
        assertThat(quick.committed("g", "former")).isEqualTo(-1);
    }

    /** KAFKA-13636. */
    @Test
    void nothingExpiresDuringARebalance() {
        ShardWorld quick = new ShardWorld(
                GroupConfig.from(Map.of("offsets.retention.minutes", "1", "group.initial.rebalance.delay.ms", "0")));
        JoinGroupResponseData member = quick.stableGroup("g");
        quick.commit("g", member.memberId(), 1, "former", 7);
        for (int i = 0; i < 10; i++) {
            quick.advance(9_000);
            quick.heartbeat("g", member.memberId(), 1);
        }
        quick.joinNew("g");
        quick.turn(quick.shard::expireOffsets);
        assertThat(quick.committed("g", "former")).isEqualTo(7);
    }

    @Test
    void anOffsetWithItsOwnRetentionGoesByThat() {
        OffsetCommitRequestData request =
                commitRequest("g", "", -1, "orders", 7).setRetentionTimeMs(1_000);
        world.commit(request, 4);
        world.start();
        world.advance(999);
        expire();
        assertThat(world.committed("g", "orders")).isEqualTo(7);
        world.advance(1);
        expire();
        assertThat(world.committed("g", "orders")).isEqualTo(-1);
    }

    @Test
    void whatIsBeingCommittedDoesNotExpire() {
        world.commit("g", "", -1, "orders", 7);
        world.advance(WEEK_MS);
        world.holdWrites = true;
        world.commit(commitRequest("g", "", -1, "orders", 8), 9);
        world.turn(world.shard::expireOffsets);
        world.commitAll();
        assertThat(world.committed("g", "orders")).isEqualTo(8);
    }

    // ---- transactions (KIP-447)

    private Errors commitInTransaction(long producerId, String topic, long offset) {
        TxnOffsetCommitRequestData request = new TxnOffsetCommitRequestData()
                .setGroupId("g")
                .setProducerId(producerId)
                .setProducerEpoch((short) 0)
                .setGenerationId(-1)
                .setTopics(List.of(new TxnOffsetCommitRequestTopic()
                        .setName(topic)
                        .setPartitions(List.of(new TxnOffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(offset)))));
        Answer<TxnOffsetCommitResponseData> answer = new Answer<>();
        world.turn(t -> world.shard.commitOffsetsInTransaction(t, request, (short) 3, answer));
        return Errors.forCode(answer.get().topics().get(0).partitions().get(0).errorCode());
    }

    @Test
    void offsetsOfATransactionCountWhenItCommits() {
        world.commit("g", "", -1, "orders", 1);
        assertThat(commitInTransaction(100, "orders", 5)).isEqualTo(Errors.NONE);
        assertThat(world.committed("g", "orders")).isEqualTo(1);
        assertThat(Errors.forCode(world.fetch("g", "orders", true).errorCode()))
                .isEqualTo(Errors.UNSTABLE_OFFSET_COMMIT);
        world.start();
        assertThat(world.committed("g", "orders")).as("after a crash").isEqualTo(1);
        world.shard.replayEndOfTransaction(100, true);
        assertThat(world.fetch("g", "orders", true).committedOffset()).isEqualTo(5);
    }

    @Test
    void offsetsOfAnAbortedTransactionVanish() {
        commitInTransaction(100, "orders", 5);
        world.shard.replayEndOfTransaction(100, false);
        assertThat(world.fetch("g", "orders", true).committedOffset()).isEqualTo(-1);
    }

    @Test
    void aPlainCommitBehindATransactionalOneWins() {
        commitInTransaction(100, "orders", 5);
        world.commit("g", "", -1, "orders", 9);
        world.shard.replayEndOfTransaction(100, true);
        assertThat(world.committed("g", "orders")).isEqualTo(9);
    }
}
