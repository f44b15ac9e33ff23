package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.core.GroupView;
import io.milena.coordinator.group.core.ModernGroups;
import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.TimerQueue;
import io.milena.coordinator.runtime.TimerQueue.Timer;
import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.TopicPartitions;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The consumer groups of one shard: assignment, sessions, and what others want to know of them. */
public final class ConsumerGroups implements ModernGroups {

    static final String TYPE = "consumer";
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerGroups.class);
    private static final Assignor UNIFORM = new UniformAssignor();
    private static final Map<String, Assignor> ASSIGNORS = Map.of("uniform", UNIFORM, "range", new RangeAssignor());

    private final ConsumerReplay state = new ConsumerReplay();
    private final ConsumerConfig config;
    private final TopicsView topics;
    private final TimerQueue timers;
    private final ConsumerHeartbeats heartbeats;

    /** @param memberIds makes a member id that nobody else has from a prefix */
    public ConsumerGroups(
            ConsumerConfig config, TopicsView topics, TimerQueue timers, UnaryOperator<String> memberIds) {
        this.config = config;
        this.topics = topics;
        this.timers = timers;
        this.heartbeats = new ConsumerHeartbeats(this, memberIds);
    }

    public ConsumerHeartbeats heartbeats() {
        return heartbeats;
    }

    ConsumerConfig config() {
        return config;
    }

    static boolean knowsAssignor(String name) {
        return ASSIGNORS.containsKey(name);
    }

    @Nullable
    ConsumerGroup find(String groupId) {
        return state.groups.get(groupId);
    }

    // ---- changes: decide records, apply them, hand them to the log

    /** Records of one decision about one group; what is decided later builds on them, the log gets them together. */
    final class Decision {
        private final Turn turn;
        private final String groupId;
        private final List<CoordinatorRecord> records = new ArrayList<>();
        private boolean changed;

        Decision(Turn turn, String groupId) {
            this.turn = turn;
            this.groupId = groupId;
        }

        void add(CoordinatorRecord record) {
            change(state.undoOf(record));
            records.add(record);
            state.apply(record);
        }

        void addAll(Collection<CoordinatorRecord> all) {
            all.forEach(this::add);
        }

        void addOfOthers(Collection<CoordinatorRecord> all) {
            records.addAll(all);
        }

        /** Makes the group, which is not there yet. */
        ConsumerGroup createGroup() {
            change(() -> state.groups.remove(groupId));
            return state.groups.computeIfAbsent(groupId, ConsumerGroup::new);
        }

        private void change(Runnable undo) {
            if (!changed) {
                changed = true;
                turn.changed(() -> restoreTimers(groupId, turn)); // when all is undone
            }
            turn.changed(undo);
        }

        /** Calls back at once if there was nothing to decide. */
        void write(Turn.Settlement settlement) {
            if (records.isEmpty()) {
                settlement.settled(turn, Errors.NONE);
            } else {
                turn.write(records, settlement);
            }
        }
    }

    /** Bumps the group's epoch if its subscriptions or the topics behind them changed, and assigns anew if it was bumped. */
    void refresh(ConsumerGroup group, boolean subscriptionChanged, Decision decision, long nowMs) {
        if (!subscriptionChanged && group.topicsVersion == topics.version() && group.epoch == group.targetEpoch) {
            return;
        }
        group.topicsVersion = topics.version();
        Subscribed subscribed = group.subscribed(topics);
        if (subscriptionChanged || subscribed.hash() != group.metadataHash) {
            decision.add(ConsumerRecords.group(group.groupId, group.epoch + 1, subscribed.hash()));
            LOG.info(
                    "Group {}: epoch {} with {} members",
                    group.groupId,
                    group.epoch,
                    group.members().size());
        }
        if (group.epoch > group.targetEpoch && !group.members().isEmpty()) {
            assign(group, subscribed, decision, nowMs);
        }
    }

    private void assign(ConsumerGroup group, Subscribed subscribed, Decision decision, long nowMs) {
        Map<String, Partitions> target =
                assignorOf(group).assign(subscribed.byMember, subscribed.partitionCounts, group.targets());
        target.forEach((memberId, partitions) -> {
            Partitions former = group.targets().get(memberId);
            if (former == null || !former.equals(partitions)) {
                decision.add(ConsumerRecords.target(group.groupId, memberId, partitions));
            }
        });
        decision.add(ConsumerRecords.targetEpoch(group.groupId, group.epoch, nowMs));
    }

    /** The one that most members ask for, uniform if none does. */
    static Assignor assignorOf(ConsumerGroup group) {
        Map<String, Integer> votes = new HashMap<>();
        for (ConsumerMember member : group.members()) {
            String assignor = member.subscription().assignor();
            if (assignor != null) {
                votes.merge(assignor, 1, Integer::sum);
            }
        }
        return votes.entrySet().stream()
                .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(winner -> ASSIGNORS.getOrDefault(winner.getKey(), UNIFORM))
                .orElse(UNIFORM);
    }

    /** The member is out, and what it held goes to the others. */
    void remove(ConsumerGroup group, ConsumerMember member, Decision decision) {
        decision.addAll(ConsumerRecords.memberGone(group.groupId, member.memberId()));
        Subscribed subscribed = group.subscribed(topics);
        decision.add(ConsumerRecords.group(group.groupId, group.epoch + 1, subscribed.hash()));
        cancel(group.sessionTimers.remove(member.memberId()));
        cancel(group.revocationTimers.remove(member.memberId()));
    }

    private void cancel(@Nullable Timer timer) {
        if (timer != null) {
            timers.cancel(timer);
        }
    }

    // ---- time

    void extendSession(ConsumerGroup group, String memberId, Turn turn) {
        Timer timer = group.sessionTimers.computeIfAbsent(
                memberId, id -> new Timer(late -> expire(group, id, "its session ended", late)));
        timers.arm(timer, turn.nowMs() + config.sessionTimeoutMs());
    }

    /** A member that must give up partitions has its own rebalance time-out for it. */
    void boundRevocation(ConsumerGroup group, ConsumerMember member, Turn turn) {
        if (member.state() != ConsumerMember.State.UNREVOKED_PARTITIONS) {
            cancel(group.revocationTimers.get(member.memberId()));
            return;
        }
        Timer timer = group.revocationTimers.computeIfAbsent(
                member.memberId(),
                id -> new Timer(late -> expire(group, id, "it did not give up its partitions", late)));
        if (!timer.isArmed()) {
            timers.arm(timer, turn.nowMs() + member.rebalanceTimeoutMs());
        }
    }

    /** A decision was undone: who is a member again has a session again, and who is none any more has none. */
    private void restoreTimers(String groupId, Turn turn) {
        ConsumerGroup group = find(groupId);
        if (group == null) {
            return;
        }
        group.topicsVersion = Long.MIN_VALUE; // the topics it was compared with led to what is undone
        forgetStrangers(group, group.sessionTimers);
        forgetStrangers(group, group.revocationTimers);
        for (ConsumerMember member : group.members()) {
            Timer session = group.sessionTimers.get(member.memberId());
            if (session == null || !session.isArmed()) {
                extendSession(group, member.memberId(), turn);
            }
            boundRevocation(group, member, turn);
        }
    }

    private void forgetStrangers(ConsumerGroup group, Map<String, Timer> timersByMember) {
        timersByMember.entrySet().removeIf(entry -> {
            boolean stranger = group.member(entry.getKey()) == null;
            if (stranger) {
                timers.cancel(entry.getValue());
            }
            return stranger;
        });
    }

    private void expire(ConsumerGroup group, String memberId, String why, Turn turn) {
        ConsumerMember member = group.member(memberId);
        if (find(group.groupId) != group || member == null) {
            return;
        }
        LOG.info("Group {}: member {} is out: {}", group.groupId, memberId, why);
        Decision decision = new Decision(turn, group.groupId);
        remove(group, member, decision);
        decision.write((later, error) -> {}); // if it is refused, the member is back and has another session
    }

    // ---- what the shard asks

    @Override
    public boolean has(String groupId) {
        return state.groups.containsKey(groupId);
    }

    @Override
    public boolean replay(CoordinatorRecord record) {
        if (!owns(record)) {
            return false;
        }
        state.apply(record);
        return true;
    }

    @Override
    public boolean owns(CoordinatorRecord record) {
        return ConsumerReplay.owns(record.key());
    }

    @Override
    public void loaded(Turn turn) {
        for (ConsumerGroup group : state.groups.values()) {
            for (ConsumerMember member : group.members()) {
                extendSession(group, member.memberId(), turn);
                boundRevocation(group, member, turn);
            }
        }
    }

    @Override
    public Errors validateCommit(String groupId, String memberId, int memberEpoch, boolean transactional) {
        ConsumerGroup group = find(groupId);
        if (group == null) {
            return Errors.GROUP_ID_NOT_FOUND;
        }
        boolean anonymous = memberEpoch < 0 && memberId.isEmpty();
        if (anonymous && (transactional || group.members().isEmpty())) {
            return Errors.NONE;
        }
        return validateMember(group, memberId, memberEpoch);
    }

    @Override
    public Errors validateFetch(String groupId, @Nullable String memberId, int memberEpoch) {
        ConsumerGroup group = find(groupId);
        if (group == null || memberId == null && memberEpoch < 0) {
            return Errors.NONE;
        }
        return memberId == null ? Errors.UNKNOWN_MEMBER_ID : validateMember(group, memberId, memberEpoch);
    }

    private static Errors validateMember(ConsumerGroup group, String memberId, int memberEpoch) {
        ConsumerMember member = group.member(memberId);
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        return member.epoch() == memberEpoch ? Errors.NONE : Errors.STALE_MEMBER_EPOCH;
    }

    @Override
    public boolean isSubscribedTo(String groupId, String topic) {
        ConsumerGroup group = find(groupId);
        if (group == null) {
            return false;
        }
        var id = topics.topicId(topic);
        return id != null && group.subscribed(topics).partitionCounts.containsKey(id);
    }

    @Override
    public Set<String> groupIds() {
        return Set.copyOf(state.groups.keySet());
    }

    @Override
    public boolean isEmpty(String groupId) {
        ConsumerGroup group = find(groupId);
        return group == null || group.members().isEmpty();
    }

    @Override
    public List<CoordinatorRecord> erase(Turn turn, String groupId) {
        List<CoordinatorRecord> records = ConsumerRecords.groupGone(groupId);
        for (CoordinatorRecord record : records) {
            turn.changed(state.undoOf(record));
            state.apply(record);
        }
        return records;
    }

    @Override
    public void list(Set<String> states, Set<String> types, List<ListedGroup> into) {
        for (ConsumerGroup group : state.groups.values()) {
            if (passes(states, group.stateName()) && passes(types, TYPE)) {
                into.add(new ListedGroup()
                        .setGroupId(group.groupId)
                        .setProtocolType("consumer")
                        .setGroupState(group.stateName())
                        .setGroupType(TYPE));
            }
        }
    }

    private static boolean passes(Set<String> filter, String name) {
        return filter.isEmpty() || filter.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public void look(Consumer<GroupView> each, Function<String, Map<TopicPartition, Long>> offsets) {
        for (ConsumerGroup group : state.groups.values()) {
            List<GroupView.Member> members = new ArrayList<>();
            group.members()
                    .forEach(m -> members.add(new GroupView.Member(
                            m.memberId(),
                            m.instanceId(),
                            m.profile().client().clientId(),
                            m.profile().client().clientHost())));
            each.accept(new GroupView(
                    group.groupId,
                    TYPE,
                    group.stateName(),
                    "consumer",
                    assignorOf(group).name(),
                    group.epoch,
                    members,
                    offsets.apply(group.groupId)));
        }
    }

    /** ConsumerGroupDescribe of one group. */
    public DescribedGroup describe(String groupId) {
        ConsumerGroup group = find(groupId);
        DescribedGroup answer = new DescribedGroup().setGroupId(groupId);
        if (group == null) {
            return answer.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                    .setErrorMessage("Group " + groupId + " is not a consumer group.");
        }
        List<Member> members = new ArrayList<>();
        for (ConsumerMember m : group.members()) {
            Partitions owned = new Partitions(); // what it must give up is its own until it did
            owned.addAll(m.assigned());
            owned.addAll(m.pendingRevocation());
            members.add(new Member()
                    .setMemberId(m.memberId())
                    .setInstanceId(m.instanceId())
                    .setRackId(m.profile().rackId())
                    .setMemberEpoch(m.epoch())
                    .setClientId(m.profile().client().clientId())
                    .setClientHost(m.profile().client().clientHost())
                    .setSubscribedTopicNames(new ArrayList<>(m.subscription().topicNames()))
                    .setSubscribedTopicRegex(m.subscription().topicRegex())
                    .setMemberType((byte) (m.usesClassicProtocol() ? 0 : 1))
                    .setAssignment(described(owned))
                    .setTargetAssignment(described(group.target(m.memberId()))));
        }
        return answer.setGroupState(group.stateName())
                .setGroupEpoch(group.epoch)
                .setAssignmentEpoch(group.targetEpoch)
                .setAssignorName(assignorOf(group).name())
                .setMembers(members);
    }

    private Assignment described(Partitions partitions) {
        List<TopicPartitions> described = new ArrayList<>();
        partitions.byTopic().forEach((id, indexes) -> {
            String name = topics.topicName(id);
            if (name != null) {
                described.add(new TopicPartitions()
                        .setTopicId(id)
                        .setTopicName(name)
                        .setPartitions(new ArrayList<>(indexes.keySet())));
            }
        });
        return new Assignment().setTopicPartitions(described);
    }
}
