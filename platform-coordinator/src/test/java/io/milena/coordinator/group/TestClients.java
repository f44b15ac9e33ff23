package io.milena.coordinator.group;

import io.milena.coordinator.group.consumer.ConsumerGroups;
import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.GroupShard;
import io.milena.coordinator.runtime.CoordinatorRuntime;
import io.milena.coordinator.runtime.CoordinatorRuntime.ShardAction;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.Errors;

/** What clients ask of a coordinator, without a wire between. */
record TestClients(Supplier<GroupCoordinator> coordinator) {

    static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    /** NONE when the action was run in a turn, else why not. */
    CompletableFuture<Errors> run(String group, ShardAction<GroupShard> action) {
        CompletableFuture<Errors> error = new CompletableFuture<>();
        coordinator
                .get()
                .execute(
                        group,
                        CoordinatorRuntime.operation(
                                (shard, turn) -> {
                                    action.run(shard, turn);
                                    error.complete(Errors.NONE);
                                },
                                error::complete));
        return error;
    }

    /** Is the group's shard there? */
    Errors ping(String group) {
        return run(group, (shard, turn) -> {}).join();
    }

    /** Keeps the group's shard busy until the latch is released. */
    CountDownLatch block(String group) {
        CountDownLatch latch = new CountDownLatch(1);
        run(group, (shard, turn) -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        return latch;
    }

    CompletableFuture<Errors> commit(String group, long offset) {
        CompletableFuture<Errors> result = new CompletableFuture<>();
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId(group)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(ORDERS.topic())
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(ORDERS.partition())
                                .setCommittedOffset(offset)))));
        coordinator
                .get()
                .execute(
                        group,
                        CoordinatorRuntime.operation(
                                (shard, turn) -> shard.commitOffsets(
                                        turn,
                                        request,
                                        (short) 9,
                                        response -> result.complete(Errors.forCode(response.topics()
                                                .get(0)
                                                .partitions()
                                                .get(0)
                                                .errorCode()))),
                                result::complete));
        return result;
    }

    CompletableFuture<JoinGroupResponseData> join(String group, String instance) {
        CompletableFuture<JoinGroupResponseData> result = new CompletableFuture<>();
        JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[0]));
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setGroupInstanceId(instance)
                .setSessionTimeoutMs(6_000)
                .setRebalanceTimeoutMs(6_000)
                .setProtocolType("consumer")
                .setProtocols(protocols);
        coordinator
                .get()
                .execute(
                        group,
                        CoordinatorRuntime.operation(
                                (shard, turn) -> shard.join(
                                        turn, request, new Caller("c", "/127.0.0.1"), (short) 9, result::complete),
                                error -> result.complete(new JoinGroupResponseData().setErrorCode(error.code()))));
        return result;
    }

    /** A member of a consumer group (KIP-848) that wants {@code orders}. */
    ConsumerGroupHeartbeatResponseData heartbeat(String group, String memberId, int epoch) {
        return sendHeartbeat(group, memberId, epoch).join();
    }

    CompletableFuture<ConsumerGroupHeartbeatResponseData> sendHeartbeat(String group, String memberId, int epoch) {
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setMemberEpoch(epoch)
                .setRebalanceTimeoutMs(epoch == 0 ? 60_000 : -1)
                .setSubscribedTopicNames(epoch == 0 ? List.of(ORDERS.topic()) : null)
                .setTopicPartitions(epoch == 0 ? List.of() : null);
        CompletableFuture<ConsumerGroupHeartbeatResponseData> result = new CompletableFuture<>();
        coordinator
                .get()
                .execute(
                        group,
                        CoordinatorRuntime.operation(
                                (shard, turn) -> shard.groupsOf(ConsumerGroups.class)
                                        .heartbeats()
                                        .heartbeat(
                                                turn,
                                                request,
                                                new Caller("c", "/127.0.0.1"),
                                                (short) 1,
                                                result::complete),
                                error -> result.complete(
                                        new ConsumerGroupHeartbeatResponseData().setErrorCode(error.code()))));
        return result;
    }

    /** What readers are shown. */
    Map<TopicPartition, Long> committed(String group) {
        return coordinator.get().groups().join().stream()
                .filter(g -> g.groupId().equals(group))
                .findFirst()
                .map(GroupSnapshot::committedOffsets)
                .orElse(Map.of());
    }
}
