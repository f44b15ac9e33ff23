package io.milena.coordinator.group.core;

import io.milena.coordinator.group.core.Groups.ForeignType;
import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.Shard;
import io.milena.coordinator.runtime.TimerQueue;
import io.milena.coordinator.runtime.Turn;
import io.milena.records.group.ConsumerGroupMetadataKey;
import io.milena.records.group.GroupMetadataKey;
import io.milena.records.group.GroupMetadataValue;
import io.milena.records.group.LegacyOffsetCommitKey;
import io.milena.records.group.LegacyOffsetCommitValue;
import io.milena.records.group.OffsetCommitKey;
import io.milena.records.group.OffsetCommitValue;
import io.milena.records.group.ShareGroupMetadataKey;
import io.milena.records.group.StreamsGroupMetadataKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The groups and offsets of one partition of {@code __consumer_offsets}, without any I/O.
 *
 * <p>Committed offsets are what {@code replay} made of the log; offsets on their way into it are counted, lest they expire
 * before they arrive. The membership of classic groups is soft state on top: who is joining, who waits, whose session ends
 * when. It starts from the last group record and is gone with the shard, as in Apache Kafka. Groups of other protocols
 * change when they decide, and undo it if the log refuses.
 */
public final class GroupShard implements Shard {

    private final Groups groups;
    private final OffsetStore offsets = new OffsetStore();
    private final TimerQueue timers = new TimerQueue();
    private final GroupConfig config;
    private final RebalanceFlow flow;
    private final ClassicConversions conversions;
    private final GroupTypes modern;
    private final JoinGroups joins;
    private final SyncGroups syncs;
    private final MemberRequests memberRequests;
    private final OffsetCommits commits;
    private final OffsetFetches fetches;
    private final GroupDescriptions descriptions;
    private final Deletions deletions;
    private final TimerQueue.Timer expiryTimer = new TimerQueue.Timer(this::expiryIsDue);
    private boolean loading = true;

    /** While loading: the newest record of each group. Most are overtaken, so they become groups at the end only. */
    private final Map<String, GroupMetadataValue> found = new HashMap<>();

    /** @param memberIds makes a member id that nobody else has from a prefix */
    public GroupShard(GroupConfig config, UnaryOperator<String> memberIds) {
        this(config, MemberMemory.unlimited(), memberIds, context -> List.of());
    }

    /**
     * @param memory of all members on this node
     * @param otherTypes makes the groups of other protocols
     */
    public GroupShard(
            GroupConfig config,
            MemberMemory memory,
            UnaryOperator<String> memberIds,
            Function<ShardContext, List<ModernGroups>> otherTypes) {
        this.config = config;
        groups = new Groups(memory);
        flow = new RebalanceFlow(config, timers, groups);
        conversions = new ClassicConversions(groups, flow, config.maxSize());
        modern = new GroupTypes(otherTypes.apply(new ShardContext(timers, conversions)));
        joins = new JoinGroups(config, groups, flow, memberIds, modern);
        syncs = new SyncGroups(groups, flow, modern);
        memberRequests = new MemberRequests(groups, flow, modern);
        commits = new OffsetCommits(config, groups, flow, modern);
        fetches = new OffsetFetches(offsets, modern);
        descriptions = new GroupDescriptions(groups, modern);
        deletions = new Deletions(groups, offsets, new OffsetExpiry(config, offsets), flow, modern);
    }

    // ---- requests

    public void join(
            Turn turn, JoinGroupRequestData request, Caller caller, short version, Reply<JoinGroupResponseData> reply) {
        joins.join(turn, request, caller, version, reply);
    }

    public void sync(Turn turn, SyncGroupRequestData request, Reply<SyncGroupResponseData> reply) {
        syncs.sync(turn, request, reply);
    }

    public Errors heartbeat(Turn turn, HeartbeatRequestData request) {
        return memberRequests.heartbeat(turn, request);
    }

    public void leave(Turn turn, String groupId, List<MemberIdentity> members, Reply<LeaveGroupResponseData> reply) {
        memberRequests.leave(turn, groupId, members, reply);
    }

    /** Topics by name, and from version 10 on by id as well. */
    public void commitOffsets(
            Turn turn, OffsetCommitRequestData request, short version, Reply<OffsetCommitResponseData> reply) {
        commits.commit(turn, request, version, reply);
    }

    public void commitOffsetsInTransaction(
            Turn turn, TxnOffsetCommitRequestData request, short version, Reply<TxnOffsetCommitResponseData> reply) {
        commits.commitInTransaction(turn, request, version, reply);
    }

    /** Topics by name, ids optional; null topics ask for all. */
    public OffsetFetchResponseGroup fetchOffsets(OffsetFetchRequestGroup request, boolean requireStable) {
        return fetches.fetch(request, requireStable);
    }

    public void deleteOffsets(Turn turn, OffsetDeleteRequestData request, Reply<OffsetDeleteResponseData> reply) {
        deletions.deleteOffsets(turn, request, reply);
    }

    public void deleteGroup(Turn turn, String groupId, Reply<Errors> reply) {
        deletions.deleteGroup(turn, groupId, reply);
    }

    public DescribedGroup describe(String groupId, short version) {
        return descriptions.describe(groupId, version);
    }

    /** Filters in lower case; empty ones let everything through. */
    public List<ListedGroup> list(Set<String> states, Set<String> types) {
        return descriptions.list(states, types);
    }

    /** Forgets what groups have committed in these topics. */
    public void forgetTopics(Turn turn, Set<String> topics) {
        deletions.forgetTopics(turn, topics);
    }

    /** One round of offset expiry; due every {@code offsets.retention.check.interval.ms}. */
    public void expireOffsets(Turn turn) {
        deletions.expire(turn);
    }

    /** What operators see, for {@code GroupCoordinator.groups()}. */
    public void look(Consumer<GroupView> each) {
        for (ClassicGroup group : groups.all()) {
            List<GroupView.Member> members = new ArrayList<>(group.size());
            group.members()
                    .forEach(
                            m -> members.add(new GroupView.Member(m.memberId, m.instanceId, m.clientId, m.clientHost)));
            each.accept(new GroupView(
                    group.groupId(),
                    GroupDescriptions.CLASSIC_TYPE,
                    group.state().kafkaName(),
                    group.protocolType(),
                    group.protocol(),
                    group.generation(),
                    members,
                    committed(group.groupId())));
        }
        modern.look(each, this::committed);
    }

    private Map<TopicPartition, Long> committed(String groupId) {
        Map<TopicPartition, Long> committed = new HashMap<>();
        offsets.ofGroup(groupId).forEach((partition, offset) -> committed.put(partition, offset.offset()));
        return committed;
    }

    /** The groups of one other protocol. */
    public <T extends ModernGroups> T groupsOf(Class<T> type) {
        return modern.get(type);
    }

    // ---- time

    @Override
    public long nextDeadlineMs() {
        return timers.nextMs();
    }

    @Override
    public void tick(Turn turn) {
        timers.fire(turn);
    }

    // ---- the log

    @Override
    public void decided(List<CoordinatorRecord> records) {
        for (CoordinatorRecord record : records) {
            if (record.key() instanceof OffsetCommitKey key) {
                offsets.departed(key.group(), partition(key));
            } else if (loading) {
                if (!(record.key() instanceof LegacyOffsetCommitKey)) {
                    replay(record, -1L, -1L); // offsets wait for the commit, since clients are shown no others
                }
            } else if (record.key() instanceof GroupMetadataKey key && record.value() != null) {
                ClassicGroup group = groups.find(key.group());
                if (group != null) {
                    group.persisted = true; // or soon will be: its deletion needs a tombstone
                }
            }
        }
    }

    @Override
    public void takenBack(List<CoordinatorRecord> records) {
        for (CoordinatorRecord record : records) {
            if (record.key() instanceof OffsetCommitKey key) {
                offsets.arrived(key.group(), partition(key));
            }
        }
    }

    @Override
    public void replay(CoordinatorRecord record, long offset, long producerId) {
        ApiMessage key = record.key();
        if (modern.owns(record)) {
            if (loading) {
                modern.replay(record); // otherwise it was applied when it was decided
            }
        } else if (key instanceof OffsetCommitKey commit) {
            if (!loading) {
                offsets.arrived(commit.group(), partition(commit));
            }
            replayOffset(commit.group(), partition(commit), (OffsetCommitValue) record.value(), offset, producerId);
        } else if (key instanceof GroupMetadataKey group) {
            replayGroup(group.group(), (GroupMetadataValue) record.value());
        } else if (key instanceof LegacyOffsetCommitKey legacy) {
            TopicPartition partition = new TopicPartition(legacy.topic(), legacy.partition());
            replayOffset(
                    legacy.group(), partition, modern((LegacyOffsetCommitValue) record.value()), offset, producerId);
        } else if (key instanceof ConsumerGroupMetadataKey consumer) {
            replayForeign(consumer.groupId(), ForeignType.CONSUMER, record.value());
        } else if (key instanceof ShareGroupMetadataKey share) {
            replayForeign(share.groupId(), ForeignType.SHARE, record.value());
        } else if (key instanceof StreamsGroupMetadataKey streams) {
            replayForeign(streams.groupId(), ForeignType.STREAMS, record.value());
        }
        // The other records of those groups mean nothing to the classic protocol.
    }

    @Override
    public void replayEndOfTransaction(long producerId, boolean commit) {
        Set<String> groupIds = offsets.complete(producerId, commit);
        if (commit) {
            groupIds.forEach(this::ensureGroupOf);
        }
    }

    private void replayOffset(
            String groupId, TopicPartition partition, @Nullable OffsetCommitValue value, long offset, long producerId) {
        if (value == null) {
            offsets.remove(groupId, partition);
        } else if (producerId >= 0) {
            offsets.putPending(producerId, groupId, partition, CommittedOffset.of(value, offset));
        } else {
            offsets.put(groupId, partition, CommittedOffset.of(value, offset));
            ensureGroupOf(groupId);
        }
    }

    /** Whoever has offsets is a group, if only an empty one. */
    private void ensureGroupOf(String groupId) {
        if (!loading && groups.foreignType(groupId) == null && !modern.has(groupId)) {
            groups.findOrCreate(groupId);
        }
    }

    private void replayGroup(String groupId, @Nullable GroupMetadataValue value) {
        if (loading) {
            if (value == null) {
                found.remove(groupId);
            } else {
                found.put(groupId, value);
            }
        }
        // Otherwise the live group is ahead of its record, and a tombstone's settlement removes it.
    }

    private void replayForeign(String groupId, ForeignType type, @Nullable ApiMessage value) {
        if (value == null) {
            groups.forgetForeign(groupId);
        } else {
            groups.rememberForeign(groupId, type);
        }
    }

    private static @Nullable OffsetCommitValue modern(@Nullable LegacyOffsetCommitValue value) {
        return value == null
                ? null
                : new OffsetCommitValue()
                        .setOffset(value.offset())
                        .setMetadata(value.metadata())
                        .setCommitTimestamp(value.commitTimestamp());
    }

    private static TopicPartition partition(OffsetCommitKey key) {
        return new TopicPartition(key.topic(), key.partition());
    }

    /** Sessions of the members found in the log begin anew. */
    @Override
    public void loaded(Turn turn) {
        loading = false;
        offsets.groupIds().forEach(this::ensureGroupOf);
        found.entrySet().removeIf(entry -> {
            String groupId = entry.getKey();
            if (groups.foreignType(groupId) == null && !modern.has(groupId)) {
                conversions.restore(groups.findOrCreate(groupId), entry.getValue());
            }
            return true; // one by one, so that no group is held twice
        });
        modern.loaded(turn);
        for (ClassicGroup group : List.copyOf(groups.all())) {
            group.members().forEach(member -> flow.extendSession(member, turn));
            if (group.size() > config.maxSize()) {
                flow.prepare(group, "group.max.size is smaller than the group that was loaded", turn);
            }
        }
        expireLater(turn);
    }

    private void expireLater(Turn turn) {
        timers.arm(expiryTimer, turn.nowMs() + config.offsetsRetentionCheckIntervalMs());
    }

    private void expiryIsDue(Turn turn) {
        expireLater(turn);
        expireOffsets(turn);
    }

    @Override
    public void unloaded(Turn turn, Errors answer) {
        List.copyOf(groups.all()).forEach(group -> flow.end(group, answer, turn));
    }

    /** Number of classic groups, empty ones included. */
    int groupCount() {
        return groups.all().size();
    }
}
