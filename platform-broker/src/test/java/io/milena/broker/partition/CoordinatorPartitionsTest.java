package io.milena.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.milena.broker.control.ImageView;
import io.milena.broker.replication.core.FollowerFetch;
import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.consumer.TopicPatterns;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.group.core.GroupShard;
import io.milena.coordinator.runtime.CoordinatorRuntime;
import io.milena.coordinator.runtime.CoordinatorTime;
import io.milena.coordinator.runtime.ShardOperation;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataProvenance;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.PartitionRecord;
import io.milena.records.metadata.TopicRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Coordinators on partitions of this broker: who runs their turns, and in which epoch they may write. */
class CoordinatorPartitionsTest {
    private static final TopicPartition OFFSETS = new TopicPartition(GroupCoordinator.OFFSETS_TOPIC, 0);
    private static final Uuid OFFSETS_ID = new Uuid(9, 9);
    private static final int SELF = 1;
    private static final int FOLLOWER = 2;

    @TempDir
    Path root;

    private TwoDirectories node;
    private CoordinatorPartitions log;

    @BeforeEach
    void start() {
        node = new TwoDirectories(root, Map.of());
        log = new CoordinatorPartitions(node.registry());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private Partition lead(int epoch, List<Integer> replicas) {
        TestPartitions.host(node.registry(), OFFSETS.topic(), OFFSETS_ID, 0, SELF, epoch, replicas);
        Partition partition = node.registry().find(OFFSETS.topic(), 0);
        assertThat(partition).isNotNull();
        return partition;
    }

    private static MemoryRecords records() {
        return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[1], new byte[1]));
    }

    private static MetadataImage oneOffsetsPartition() {
        MetadataDelta delta = new MetadataDelta(MetadataImage.EMPTY);
        delta.replay(record(new TopicRecord().setName(OFFSETS.topic()).setTopicId(OFFSETS_ID)));
        delta.replay(record(new PartitionRecord()
                .setTopicId(OFFSETS_ID)
                .setPartitionId(0)
                .setReplicas(List.of(SELF, FOLLOWER))
                .setIsr(List.of(SELF, FOLLOWER))
                .setLeader(SELF)
                .setLeaderEpoch(0)
                .setPartitionEpoch(0)));
        return delta.apply(MetadataProvenance.EMPTY);
    }

    private static VersionedRecord record(ApiMessage message) {
        return new VersionedRecord(message, message.highestSupportedVersion());
    }

    @Test
    void theFetchOfAFollowerThatCommitsRunsNoTurn() {
        // given
        Partition partition = lead(0, List.of(SELF, FOLLOWER));
        MetadataImage image = oneOffsetsPartition();
        ImageView view = new ImageView(() -> image, new TopicPatterns(Runnable::run));
        try (GroupCoordinator groups = new GroupCoordinator(
                GroupConfig.defaults(), ConsumerConfig.from(Map.of()), view, log, view, CoordinatorTime.SYSTEM)) {
            groups.onElection(0, 0);
            await().until(() -> run(groups, new CompletableFuture<>()).join() == Errors.NONE);
            CompletableFuture<Thread> answeredOn = new CompletableFuture<>();
            groups.execute("g", commit(answeredOn));
            await().until(() -> partition.log().logEndOffset() == 1);
            assertThat(answeredOn).isNotDone();

            // when
            partition.inSyncReplicas().fetched(new FollowerFetch(FOLLOWER, 0, 1, 0, -1), System.currentTimeMillis());

            // then
            assertThat(answeredOn.join().getName()).startsWith("group-coordinator-");
            assertThat(answeredOn.join()).isNotSameAs(Thread.currentThread());
        }
    }

    private static CompletableFuture<Errors> run(GroupCoordinator groups, CompletableFuture<Errors> done) {
        groups.execute("g", CoordinatorRuntime.operation((shard, turn) -> done.complete(Errors.NONE), done::complete));
        return done;
    }

    private static ShardOperation<GroupShard> commit(CompletableFuture<Thread> answeredOn) {
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId("g")
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName("orders")
                        .setPartitions(List.of(new OffsetCommitRequestPartition().setCommittedOffset(1)))));
        return CoordinatorRuntime.operation(
                (shard, turn) -> shard.commitOffsets(
                        turn, request, (short) 9, response -> answeredOn.complete(Thread.currentThread())),
                error -> answeredOn.completeExceptionally(error.exception()));
    }

    @Test
    void whoeverCommitsHoldsTheListOfWatchersWhenItTells() {
        // given
        Partition partition = lead(0, List.of(SELF, FOLLOWER));
        CompletableFuture<Void> committed = log.append(OFFSETS, 0, records()).committed();
        CompletableFuture<Thread> toldOn = committed.thenApply(nothing -> Thread.currentThread());

        // when
        partition.inSyncReplicas().fetched(new FollowerFetch(FOLLOWER, 0, 1, 0, -1), System.currentTimeMillis());

        // then
        assertThat(toldOn.join()).as("why dependents must hand off").isSameAs(Thread.currentThread());
        assertThat(partition.watcherCount()).isZero();
    }

    @Test
    void onlyTheEpochOfTheElectionIsWrittenIn() {
        // given
        lead(3, List.of(SELF));

        // then
        assertThatThrownBy(() -> log.append(OFFSETS, 2, records())).isInstanceOf(FencedLeaderEpochException.class);
        assertThatThrownBy(() -> log.readAll(OFFSETS, 2, batch -> {})).isInstanceOf(FencedLeaderEpochException.class);
        assertThat(log.append(OFFSETS, 3, records()).lastOffset()).isZero();
        assertThat(log.whenCommitted(OFFSETS, 3, 0)).isCompleted();
    }
}
