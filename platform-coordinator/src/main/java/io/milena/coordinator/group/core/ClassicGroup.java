package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.TimerQueue.Timer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A classic group: who is in it and how far its rebalance is. It keeps its own books right (leader, votes, counters) and
 * refuses illegal transitions; what happens when is decided by {@link RebalanceFlow}.
 *
 * <p>Members hold no offsets: those live in {@link OffsetStore}, also for group ids that nobody ever joined.
 */
final class ClassicGroup {

    static final long NO_TIMESTAMP = -1L;

    private final String groupId;
    private final Map<String, GroupMember> members = new LinkedHashMap<>();
    private final Map<String, String> memberIdByInstance = new HashMap<>();

    /** Ids handed out by MEMBER_ID_REQUIRED (KIP-394) that have not joined yet, with the time they have for it. */
    private final Map<String, Timer> pendingJoin = new LinkedHashMap<>();

    private final Set<String> pendingSync = new LinkedHashSet<>();

    final Timer joinTimer;
    final Timer syncTimer;

    private GroupState state = GroupState.EMPTY;
    private GroupState previousState = GroupState.EMPTY;
    private long stateTimestampMs = NO_TIMESTAMP;
    private @Nullable String protocolType;
    private @Nullable String protocol;
    private int generation;
    private @Nullable String leaderId;
    private @Nullable Set<String> subscribedTopics;

    /** A member joined an empty group while its initial delay ran: the delay is extended (KIP-134). */
    boolean newMemberAdded;

    /** The initial delay runs: even if all are there, more may come. */
    boolean inInitialDelay;

    /** How much longer the initial delay may be extended. */
    int initialDelayLeftMs;

    /** The generation whose assignment was last sent to the log. */
    int assigningGeneration = -1;

    /** The log holds a record of this group, so deleting it needs a tombstone. */
    boolean persisted;

    private final MemberMemory memory;
    private boolean countsMemory = true;

    ClassicGroup(String groupId, MemberMemory memory, Timer joinTimer, Timer syncTimer) {
        this.groupId = groupId;
        this.memory = memory;
        this.joinTimer = joinTimer;
        this.syncTimer = syncTimer;
    }

    String groupId() {
        return groupId;
    }

    GroupState state() {
        return state;
    }

    boolean is(GroupState expected) {
        return state == expected;
    }

    GroupState previousState() {
        return previousState;
    }

    long stateTimestampMs() {
        return stateTimestampMs;
    }

    int generation() {
        return generation;
    }

    @Nullable
    String protocolType() {
        return protocolType;
    }

    @Nullable
    String protocol() {
        return protocol;
    }

    @Nullable
    String leaderId() {
        return leaderId;
    }

    boolean isLeader(String memberId) {
        return memberId.equals(leaderId);
    }

    Collection<GroupMember> members() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    boolean hasMember(String memberId) {
        return members.containsKey(memberId);
    }

    @Nullable
    GroupMember member(String memberId) {
        return members.get(memberId);
    }

    @Nullable
    String memberIdOf(String instanceId) {
        return memberIdByInstance.get(instanceId);
    }

    void transitionTo(GroupState next, long nowMs) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("Group " + groupId + " cannot go from " + state + " to " + next);
        }
        previousState = state;
        state = next;
        stateTimestampMs = nowMs;
    }

    // ---- membership

    /** @param type the protocol type that the member came with; a group without members takes it over */
    void add(GroupMember member, String type) {
        if (members.isEmpty()) {
            protocolType = type;
        }
        if (leaderId == null) {
            leaderId = member.memberId;
        }
        members.put(member.memberId, member);
        count(MemberMemory.bytesOf(member.protocols));
        if (member.instanceId != null) {
            memberIdByInstance.put(member.instanceId, member.memberId);
        }
    }

    private void count(long bytes) {
        if (countsMemory) {
            memory.add(bytes);
        }
    }

    /** The group is gone, whoever still holds it: its members take no memory any more. */
    void releaseMemory() {
        members.values().forEach(member -> count(-MemberMemory.bytesOf(member.protocols)));
        countsMemory = false;
    }

    void setProtocols(GroupMember member, List<Protocol> protocols) {
        count(MemberMemory.bytesOf(protocols) - MemberMemory.bytesOf(member.protocols));
        member.protocols = protocols;
    }

    void remove(GroupMember member) {
        if (members.remove(member.memberId) != null) {
            count(-MemberMemory.bytesOf(member.protocols));
        }
        if (member.instanceId != null) {
            memberIdByInstance.remove(member.instanceId, member.memberId);
        }
        pendingSync.remove(member.memberId);
        if (isLeader(member.memberId)) {
            leaderId = members.isEmpty() ? null : members.keySet().iterator().next();
        }
    }

    /** A static member came back under a new member id (KIP-345); it keeps everything but the id. */
    void replace(GroupMember old, GroupMember replacement) {
        members.remove(old.memberId);
        members.put(replacement.memberId, replacement);
        count(MemberMemory.bytesOf(replacement.protocols) - MemberMemory.bytesOf(old.protocols));
        if (replacement.instanceId != null) {
            memberIdByInstance.put(replacement.instanceId, replacement.memberId);
        }
        if (isLeader(old.memberId)) {
            leaderId = replacement.memberId;
        }
    }

    /** NONE, or what is wrong with who says it is this member: FENCED_INSTANCE_ID or UNKNOWN_MEMBER_ID. */
    Errors validateMember(String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            String owner = memberIdByInstance.get(instanceId);
            if (owner == null) {
                return Errors.UNKNOWN_MEMBER_ID;
            }
            if (!owner.equals(memberId)) {
                return Errors.FENCED_INSTANCE_ID;
            }
        }
        return hasMember(memberId) ? Errors.NONE : Errors.UNKNOWN_MEMBER_ID;
    }

    void addPendingJoin(String memberId, Timer timer) {
        pendingJoin.put(memberId, timer);
    }

    boolean isPendingJoin(String memberId) {
        return pendingJoin.containsKey(memberId);
    }

    /** The timer that bounded the wait, to be cancelled, or null if the id was not pending. */
    @Nullable
    Timer forgetPendingJoin(String memberId) {
        return pendingJoin.remove(memberId);
    }

    boolean hasPendingJoins() {
        return !pendingJoin.isEmpty();
    }

    int awaitingJoinCount() {
        int count = 0;
        for (GroupMember member : members.values()) {
            if (member.isAwaitingJoin()) {
                count++;
            }
        }
        return count;
    }

    boolean allMembersJoined() {
        return pendingJoin.isEmpty() && awaitingJoinCount() == members.size();
    }

    List<GroupMember> notYetRejoined() {
        return members.values().stream().filter(m -> !m.isAwaitingJoin()).toList();
    }

    void addPendingSync(String memberId) {
        pendingSync.add(memberId);
    }

    void removePendingSync(String memberId) {
        pendingSync.remove(memberId);
    }

    Set<String> pendingSync() {
        return pendingSync;
    }

    // ---- protocols

    /** Whether somebody with these protocols may come in: everybody in the group must support one of them. */
    boolean supports(String type, List<Protocol> protocols) {
        if (state == GroupState.EMPTY) {
            return !type.isEmpty() && !protocols.isEmpty();
        }
        if (!type.equals(protocolType)) {
            return false;
        }
        return protocols.stream().anyMatch(p -> supportedByAll(p.name()));
    }

    private boolean supportedByAll(String protocolName) {
        return members.values().stream().allMatch(m -> m.supports(protocolName));
    }

    /** Each member votes for its first choice among what all support; most votes win, the earlier on a tie. */
    String selectProtocol() {
        if (members.isEmpty()) {
            throw new IllegalStateException("Group " + groupId + " has no members to vote for a protocol");
        }
        List<String> candidates = new ArrayList<>();
        for (Protocol p : members.values().iterator().next().protocols) {
            if (supportedByAll(p.name())) {
                candidates.add(p.name());
            }
        }
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (GroupMember member : members.values()) {
            votes.merge(member.vote(candidates), 1, Integer::sum);
        }
        String winner = candidates.get(0);
        for (Map.Entry<String, Integer> vote : votes.entrySet()) {
            if (vote.getValue() > votes.getOrDefault(winner, 0)) {
                winner = vote.getKey();
            }
        }
        return winner;
    }

    boolean usesConsumerProtocol() {
        return Subscriptions.CONSUMER_PROTOCOL_TYPE.equals(protocolType);
    }

    /** Topics that the members consume, as far as known; null when this is no consumer group or they cannot be read. */
    @Nullable
    Set<String> subscribedTopics() {
        return subscribedTopics;
    }

    /** Whether offsets of the topic must stay because members may consume it. */
    boolean isSubscribedTo(String topic) {
        Set<String> topics = subscribedTopics;
        return topics == null ? usesConsumerProtocol() : topics.contains(topic);
    }

    // ---- generations

    /** The join phase is over: next generation with the members there are. */
    void startNextGeneration(long nowMs) {
        generation++;
        pendingSync.clear();
        protocol = members.isEmpty() ? null : selectProtocol();
        recomputeSubscriptions();
        transitionTo(members.isEmpty() ? GroupState.EMPTY : GroupState.COMPLETING_REBALANCE, nowMs);
    }

    private void recomputeSubscriptions() {
        if (!usesConsumerProtocol()) {
            subscribedTopics = null;
        } else if (members.isEmpty()) {
            subscribedTopics = Set.of();
        } else {
            subscribedTopics = Subscriptions.topics(members.values(), protocol);
        }
    }

    /** Makes sure that the leader is somebody who joined; false if nobody did. */
    boolean electJoinedLeader() {
        GroupMember leader = leaderId == null ? null : members.get(leaderId);
        if (leader != null && leader.isAwaitingJoin()) {
            return true;
        }
        for (GroupMember member : members.values()) {
            if (member.isAwaitingJoin()) {
                leaderId = member.memberId;
                return true;
            }
        }
        return false;
    }

    int rebalanceTimeoutMs() {
        return members.values().stream()
                .mapToInt(m -> m.rebalanceTimeoutMs)
                .max()
                .orElse(0);
    }

    /** What a member gets when its generation begins; only the leader sees the others. */
    JoinGroupResponseData joinAnswer(String memberId, boolean withMembers) {
        return new JoinGroupResponseData()
                .setMemberId(memberId)
                .setGenerationId(generation)
                .setProtocolType(protocolType)
                .setProtocolName(protocol)
                .setLeader(leaderId == null ? "" : leaderId)
                .setMembers(withMembers ? membersForLeader() : List.of())
                .setErrorCode(Errors.NONE.code());
    }

    private List<JoinGroupResponseMember> membersForLeader() {
        List<JoinGroupResponseMember> all = new ArrayList<>(members.size());
        for (GroupMember member : members.values()) {
            all.add(new JoinGroupResponseMember()
                    .setMemberId(member.memberId)
                    .setGroupInstanceId(member.instanceId)
                    .setMetadata(member.metadata(protocol)));
        }
        return all;
    }

    /** Selects a protocol for the members that were restored without one. */
    void restoreProtocol() {
        protocol = selectProtocol();
        recomputeSubscriptions();
    }

    /** Takes over what the log says, or what a group of another type was. */
    void restore(
            @Nullable String type,
            @Nullable String selected,
            @Nullable String leader,
            int atGeneration,
            long sinceMs,
            Collection<GroupMember> restored) {
        members.values().forEach(m -> count(-MemberMemory.bytesOf(m.protocols)));
        members.clear();
        memberIdByInstance.clear();
        restored.forEach(m -> {
            members.put(m.memberId, m);
            count(MemberMemory.bytesOf(m.protocols));
            if (m.instanceId != null) {
                memberIdByInstance.put(m.instanceId, m.memberId);
            }
        });
        protocolType = type;
        protocol = selected;
        leaderId = leader;
        generation = atGeneration;
        stateTimestampMs = sinceMs;
        state = restored.isEmpty() ? GroupState.EMPTY : GroupState.STABLE;
        previousState = state;
        persisted = true;
        recomputeSubscriptions();
    }
}
