package io.milena.coordinator.group.core;

import io.milena.coordinator.group.TestTopics;
import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.consumer.ConsumerGroups;
import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.RecordSerde;
import io.milena.coordinator.runtime.Turn;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;

/** A shard, its log in memory and a clock that stands still until it is moved. Writes commit at once unless held back. */
final class ShardWorld {

    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;

    /** A record in the log. */
    record Logged(CoordinatorRecord record, long producerId) {}

    /** What a call was answered, as soon as it is. */
    static final class Answer<R> implements Reply<R> {
        private final List<R> responses = new ArrayList<>();

        @Override
        public void answer(R response) {
            responses.add(response);
        }

        boolean isPending() {
            return responses.isEmpty();
        }

        R get() {
            if (responses.size() != 1) {
                throw new AssertionError("answered " + responses.size() + " times");
            }
            return responses.get(0);
        }
    }

    final GroupConfig config;
    private final ConsumerConfig consumers;
    private final TestTopics topics;
    MemberMemory memory = MemberMemory.unlimited();
    final List<Logged> log = new ArrayList<>();
    final Deque<Turn.Write> held = new ArrayDeque<>();
    GroupShard shard;
    long nowMs = 1_000_000;
    long wallClockMs = 1_700_000_000_000L;
    boolean holdWrites;
    private int ids;

    ShardWorld() {
        this(GroupConfig.defaults().withInitialRebalanceDelayMs(0));
    }

    ShardWorld(GroupConfig config) {
        this(config, ConsumerConfig.from(Map.of()), new TestTopics(1));
    }

    /** @param consumers limits of its consumer groups, which see these topics */
    ShardWorld(GroupConfig config, ConsumerConfig consumers, TestTopics topics) {
        this.config = config;
        this.consumers = consumers;
        this.topics = topics;
        start();
    }

    /** Another shard on the same log, as after a crash. */
    void start() {
        held.clear();
        shard = new GroupShard(
                config,
                memory,
                prefix -> prefix + "-" + ++ids,
                context -> List.of(new ConsumerGroups(consumers, topics, context, prefix -> "consumer-" + ++ids)));
        long offset = 0;
        for (Logged logged : log) {
            // Through the bytes, as they will be read.
            byte[] value = RecordSerde.value(logged.record);
            CoordinatorRecord read = GroupRecordSerde.read(
                    ByteBuffer.wrap(RecordSerde.key(logged.record)), value == null ? null : ByteBuffer.wrap(value));
            shard.replay(read, offset++, logged.producerId);
        }
        turn(shard::loaded);
    }

    void turn(Consumer<Turn> action) {
        Turn turn = new Turn(nowMs, wallClockMs);
        action.accept(turn);
        for (Turn.Write write : turn.writes()) {
            shard.decided(write.records());
            held.add(write);
        }
        if (!holdWrites) {
            commitAll();
        }
    }

    void commitAll() {
        while (!held.isEmpty()) {
            commitNext();
        }
    }

    void commitNext() {
        Turn.Write write = held.remove();
        for (CoordinatorRecord record : write.records()) {
            shard.replay(record, log.size(), write.producerId());
            log.add(new Logged(record, write.producerId()));
        }
        turn(turn -> write.settlement().settled(turn, Errors.NONE));
    }

    /** The log refuses the oldest write that is held, and with it all that was decided later. */
    void refuseHeld(Errors error) {
        List<Turn.Write> refused = new ArrayList<>(held);
        while (!held.isEmpty()) {
            Turn.Write newest = held.removeLast();
            newest.undo();
            shard.takenBack(newest.records());
        }
        refused.forEach(write -> turn(turn -> write.settlement().settled(turn, error)));
    }

    void advance(long ms) {
        long until = nowMs + ms;
        while (shard.nextDeadlineMs() <= until) {
            passTo(Math.max(nowMs, shard.nextDeadlineMs()));
            turn(shard::tick);
        }
        passTo(until);
    }

    private void passTo(long ms) {
        wallClockMs += ms - nowMs;
        nowMs = ms;
    }

    // ---- requests

    /** A heartbeat of a member of the consumer protocol (KIP-848). */
    Answer<ConsumerGroupHeartbeatResponseData> beat(ConsumerGroupHeartbeatRequestData request) {
        Answer<ConsumerGroupHeartbeatResponseData> answer = new Answer<>();
        turn(t -> shard.groupsOf(ConsumerGroups.class)
                .heartbeats()
                .heartbeat(t, request, new Caller("consumer", "/127.0.0.1"), (short) 1, answer));
        return answer;
    }

    static ConsumerGroupHeartbeatRequestData joining(String group, String memberId, String... topics) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(REBALANCE_MS)
                .setSubscribedTopicNames(List.of(topics))
                .setTopicPartitions(List.of());
    }

    static ConsumerGroupHeartbeatRequestData staying(String group, String memberId, int epoch) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setMemberEpoch(epoch);
    }

    DescribedGroup describeConsumers(String group) {
        return shard.groupsOf(ConsumerGroups.class).describe(group);
    }

    static JoinGroupRequestData joinRequest(String group, String memberId, String... protocols) {
        JoinGroupRequestProtocolCollection all = new JoinGroupRequestProtocolCollection();
        for (String protocol : protocols) {
            all.add(new JoinGroupRequestProtocol().setName(protocol).setMetadata(subscription("orders")));
        }
        return new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setSessionTimeoutMs(SESSION_MS)
                .setRebalanceTimeoutMs(REBALANCE_MS)
                .setProtocolType("consumer")
                .setProtocols(all);
    }

    static byte[] subscription(String... topics) {
        return MessageUtil.toVersionPrefixedBytes(
                (short) 1, new ConsumerProtocolSubscription().setTopics(List.of(topics)));
    }

    Answer<JoinGroupResponseData> join(JoinGroupRequestData request, int version) {
        Answer<JoinGroupResponseData> answer = new Answer<>();
        turn(t -> shard.join(t, request, new Caller("client", "/127.0.0.1"), (short) version, answer));
        return answer;
    }

    Answer<JoinGroupResponseData> join(String group, String memberId) {
        return join(joinRequest(group, memberId, "range"), 9);
    }

    /** Gets a member id (KIP-394), then joins with it. */
    Answer<JoinGroupResponseData> joinNew(String group) {
        return join(group, join(group, "").get().memberId());
    }

    Answer<SyncGroupResponseData> sync(JoinGroupResponseData joined, String group, Map<String, String> assignments) {
        return sync(new SyncGroupRequestData()
                .setGroupId(group)
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generationId())
                .setProtocolType(joined.protocolType())
                .setProtocolName(joined.protocolName())
                .setAssignments(assignments.entrySet().stream()
                        .map(e -> new SyncGroupRequestAssignment()
                                .setMemberId(e.getKey())
                                .setAssignment(e.getValue().getBytes()))
                        .toList()));
    }

    Answer<SyncGroupResponseData> sync(SyncGroupRequestData request) {
        Answer<SyncGroupResponseData> answer = new Answer<>();
        turn(t -> shard.sync(t, request, answer));
        return answer;
    }

    Errors heartbeat(String group, String memberId, int generation) {
        Errors[] error = new Errors[1];
        turn(t -> error[0] = shard.heartbeat(
                t,
                new HeartbeatRequestData()
                        .setGroupId(group)
                        .setMemberId(memberId)
                        .setGenerationId(generation)));
        return error[0];
    }

    LeaveGroupResponseData leave(String group, MemberIdentity... members) {
        Answer<LeaveGroupResponseData> answer = new Answer<>();
        turn(t -> shard.leave(t, group, List.of(members), answer));
        return answer.get();
    }

    LeaveGroupResponseData leave(String group, String memberId) {
        return leave(group, new MemberIdentity().setMemberId(memberId));
    }

    static OffsetCommitRequestData commitRequest(
            String group, String memberId, int generation, String topic, long offset) {
        return new OffsetCommitRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setGenerationIdOrMemberEpoch(generation)
                .setTopics(new ArrayList<>(List.of(new OffsetCommitRequestTopic()
                        .setName(topic)
                        .setPartitions(new ArrayList<>(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(offset)
                                .setCommittedMetadata("m")))))));
    }

    Answer<OffsetCommitResponseData> commit(OffsetCommitRequestData request, int version) {
        Answer<OffsetCommitResponseData> answer = new Answer<>();
        turn(t -> shard.commitOffsets(t, request, (short) version, answer));
        return answer;
    }

    Errors commit(String group, String memberId, int generation, String topic, long offset) {
        return error(commit(commitRequest(group, memberId, generation, topic, offset), 9)
                .get());
    }

    static Errors error(OffsetCommitResponseData response) {
        return Errors.forCode(response.topics().get(0).partitions().get(0).errorCode());
    }

    OffsetFetchResponsePartitions fetch(String group, String topic, boolean requireStable) {
        OffsetFetchRequestGroup request = new OffsetFetchRequestGroup()
                .setGroupId(group)
                .setTopics(List.of(new OffsetFetchRequestTopics()
                        .setName(topic)
                        .setTopicId(Uuid.ZERO_UUID)
                        .setPartitionIndexes(List.of(0))));
        return shard.fetchOffsets(request, requireStable)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }

    long committed(String group, String topic) {
        return fetch(group, topic, false).committedOffset();
    }

    Errors delete(String group) {
        Answer<Errors> answer = new Answer<>();
        turn(t -> shard.deleteGroup(t, group, answer));
        return answer.get();
    }

    String state(String group) {
        return shard.describe(group, (short) 5).groupState();
    }

    static Errors error(JoinGroupResponseData response) {
        return Errors.forCode(response.errorCode());
    }

    static Errors error(SyncGroupResponseData response) {
        return Errors.forCode(response.errorCode());
    }

    /** One member, joined and synced: a Stable group. */
    JoinGroupResponseData stableGroup(String group) {
        JoinGroupResponseData joined = joinNew(group).get();
        sync(joined, group, Map.of(joined.memberId(), "all")).get();
        return joined;
    }
}
