package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.Reconciliation.Goal;
import io.milena.coordinator.group.core.ClassicMembers;
import io.milena.coordinator.group.core.Committer;
import io.milena.coordinator.group.core.GroupView;
import io.milena.coordinator.group.core.ModernGroups;
import io.milena.coordinator.group.core.ShardContext;
import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The consumer groups of one shard: assignment, sessions, and what others want to know of them. */
public final class ConsumerGroups implements ModernGroups {

    static final String TYPE = "consumer";
    private static final int COMMIT_WITH_MEMBER_EPOCH_FROM = 9;
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerGroups.class);

    private final ConsumerReplay state = new ConsumerReplay();
    private final ConsumerConfig config;
    private final TopicsView topics;
    private final ConsumerTimers timers;
    private final ConsumerDescriptions descriptions;
    private final Migration migration;
    private final ConsumerHeartbeats heartbeats;
    private final MixedGroupRequests classicMembers;

    /** @param memberIds makes a member id that nobody else has from a prefix */
    public ConsumerGroups(
            ConsumerConfig config, TopicsView topics, ShardContext context, UnaryOperator<String> memberIds) {
        this.config = config;
        this.topics = topics;
        this.timers = new ConsumerTimers(context.timers(), config.timings(), this::expire);
        this.descriptions = new ConsumerDescriptions(topics);
        this.migration = new Migration(config, topics, context.classicGroups());
        Memberships memberships = new Memberships(config.maxSize());
        this.heartbeats = new ConsumerHeartbeats(this, memberships, memberIds);
        this.classicMembers = new MixedGroupRequests(this, memberships, memberIds);
    }

    public ConsumerHeartbeats heartbeats() {
        return heartbeats;
    }

    @Override
    public @Nullable ClassicMembers classicMembers(String groupId) {
        return has(groupId) ? classicMembers : null;
    }

    ConsumerConfig config() {
        return config;
    }

    TopicsView topics() {
        return topics;
    }

    ConsumerTimers timers() {
        return timers;
    }

    Migration migration() {
        return migration;
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

        Turn turn() {
            return turn;
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

        /** If there is nothing to decide, it is settled with what was decided before. */
        void write(Turn.Settlement settlement) {
            turn.write(records, settlement);
        }
    }

    /** Bumps the group's epoch if its subscriptions or the topics behind them changed. */
    void refresh(ConsumerGroup group, boolean subscriptionChanged, Decision decision) {
        if (!subscriptionChanged && group.topicsVersion == topics.version()) {
            return;
        }
        group.topicsVersion = topics.version();
        Subscribed subscribed = group.subscribed(topics);
        if (subscriptionChanged || subscribed.hash() != group.metadataHash) {
            bump(group, decision);
        }
    }

    private void bump(ConsumerGroup group, Decision decision) {
        long hash = group.subscribed(topics).hash();
        decision.add(ConsumerRecords.group(group.groupId, group.epoch + 1, hash));
        int members = group.members().size();
        LOG.info("Group {}: epoch {} with {} members", group.groupId, group.epoch, members);
    }

    /** Assigns for the group's epoch, unless the last assignment was a moment ago (KIP-1263): then a later heartbeat does. */
    void assign(ConsumerGroup group, Decision decision) {
        long nowMs = decision.turn.wallClockMs();
        if (group.epoch <= group.targetEpoch || !mayAssign(group, nowMs)) {
            return;
        }
        Subscribed subscribed = group.subscribed(topics);
        Map<String, Partitions> target = assign(group, subscribed);
        target.forEach((memberId, partitions) -> {
            Partitions former = group.targets().get(memberId);
            if (former == null || !former.equals(partitions)) {
                decision.add(ConsumerRecords.target(group.groupId, memberId, partitions));
            }
        });
        decision.add(ConsumerRecords.targetEpoch(group.groupId, group.epoch, nowMs));
    }

    private Map<String, Partitions> assign(ConsumerGroup group, Subscribed subscribed) {
        Map<String, ConsumerMember> members = new HashMap<>();
        group.members().forEach(member -> members.put(member.memberId(), member));
        try {
            return assignorOf(group)
                    .assign(new AssignmentInput(
                            subscribed.byMember, subscribed.partitionCounts, group.targets(), members, topics));
        } catch (RuntimeException e) {
            LOG.error("Group {}: no assignment for epoch {}", group.groupId, group.epoch, e);
            throw new Refused(
                    Errors.UNKNOWN_SERVER_ERROR,
                    "Failed to compute a new target assignment for epoch " + group.epoch + ": " + e.getMessage());
        }
    }

    private boolean mayAssign(ConsumerGroup group, long nowMs) {
        int intervalMs = config.timings().of(group.groupId).assignmentIntervalMs();
        long sinceMs = nowMs - group.targetTimestampMs;
        return group.targetTimestampMs == 0 || sinceMs < 0 || sinceMs >= intervalMs;
    }

    /** What the member is to hold, as far as is decided. */
    Goal goalOf(ConsumerGroup group, String memberId, boolean subscriptionChanged) {
        Set<Uuid> subscribed = group.subscribed(topics).byMember.get(memberId);
        return new Goal(
                group.targetEpoch,
                group.target(memberId),
                subscribed == null ? Set.of() : subscribed,
                subscriptionChanged);
    }

    /** The one that most members ask for, the default if none does. */
    Assignor assignorOf(ConsumerGroup group) {
        Map<String, Integer> votes = new HashMap<>();
        for (ConsumerMember member : group.members()) {
            String assignor = member.subscription().assignor();
            if (assignor != null) {
                votes.merge(assignor, 1, Integer::sum);
            }
        }
        return votes.entrySet().stream()
                .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(winner -> config.assignors().get(winner.getKey()))
                .orElseGet(() -> config.assignors().get(null));
    }

    /** The members are out, and what they held goes to the others, which may become a classic group again. */
    void fence(ConsumerGroup group, Collection<ConsumerMember> gone, Decision decision) {
        if (migration.downgradesWithout(group, gone)) {
            migration.toClassicGroup(group, gone, "the last member of the consumer protocol is gone", decision);
            timers.end(group);
            return;
        }
        for (ConsumerMember member : gone) {
            decision.addAll(ConsumerRecords.memberGone(group.groupId, member.memberId()));
            timers.forget(group, member.memberId());
        }
        if (!gone.isEmpty()) {
            bump(group, decision);
        }
    }

    /** The group's members speak the classic protocol from now on, all of them. */
    void downgrade(ConsumerGroup group, @Nullable String rebalanceReason, Decision decision) {
        migration.toClassicGroup(group, List.of(), rebalanceReason, decision);
        timers.end(group);
    }

    /** Makes the group of an id that has none, perhaps of the members of a classic group. */
    ConsumerGroup newGroup(String groupId, Decision decision) {
        ConsumerGroup group = migration.newGroup(groupId, decision);
        group.members().forEach(member -> timers.extendSession(group, member, decision.turn()));
        return group;
    }

    private void expire(ConsumerGroup group, String memberId, String why, Turn turn) {
        ConsumerMember member = group.member(memberId);
        if (find(group.groupId) != group || member == null) {
            return;
        }
        LOG.info("Group {}: member {} is out: {}", group.groupId, memberId, why);
        Decision decision = new Decision(turn, group.groupId);
        fence(group, List.of(member), decision);
        decision.write((later, error) -> {}); // if it is refused, the member is back and has another session
    }

    /** A decision was undone. */
    private void restoreTimers(String groupId, Turn turn) {
        ConsumerGroup group = find(groupId);
        if (group != null) {
            group.topicsVersion = Long.MIN_VALUE; // the topics it was compared with led to what is undone
            timers.restore(group, turn);
        }
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
        state.groups.values().forEach(group -> timers.start(group, turn));
    }

    @Override
    public Errors validateCommit(String groupId, Committer committer) {
        ConsumerGroup group = find(groupId);
        if (group == null) {
            return Errors.GROUP_ID_NOT_FOUND;
        }
        if (committer.epoch() < 0 && group.members().isEmpty()
                || committer.transactional() && !committer.namesAMember()) {
            return Errors.NONE;
        }
        ConsumerMember member = group.member(committer.memberId());
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (!committer.transactional()
                && !member.usesClassicProtocol()
                && committer.version() < COMMIT_WITH_MEMBER_EPOCH_FROM) {
            return Errors.UNSUPPORTED_VERSION;
        }
        boolean good = committer.epoch() == member.epoch() || mayStillCommit(member, committer);
        return good ? Errors.NONE : staleFor(member);
    }

    /** In an earlier epoch a member commits for what it has had since then and has not given up (KIP-1251). */
    private boolean mayStillCommit(ConsumerMember member, Committer committer) {
        if (committer.epoch() > member.epoch()) {
            return false;
        }
        for (TopicPartition partition : committer.partitions()) {
            Uuid id = topics.topicId(partition.topic());
            Integer since = id == null ? null : member.assigned().epochOf(id, partition.partition());
            if (id != null && since == null) {
                since = member.pendingRevocation().epochOf(id, partition.partition());
            }
            if (since == null || committer.epoch() < since) {
                return false;
            }
        }
        return true;
    }

    private static Errors staleFor(ConsumerMember member) {
        return member.usesClassicProtocol() ? Errors.ILLEGAL_GENERATION : Errors.STALE_MEMBER_EPOCH;
    }

    @Override
    public Errors validateFetch(String groupId, @Nullable String memberId, int memberEpoch) {
        ConsumerGroup group = find(groupId);
        if (group == null || memberId == null && memberEpoch < 0) {
            return Errors.NONE;
        }
        ConsumerMember member = memberId == null ? null : group.member(memberId);
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        return member.epoch() == memberEpoch ? Errors.NONE : staleFor(member);
    }

    @Override
    public boolean isSubscribedTo(String groupId, String topic) {
        ConsumerGroup group = find(groupId);
        if (group == null) {
            return false;
        }
        Uuid id = topics.topicId(topic);
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
        ConsumerGroup group = find(groupId);
        List<CoordinatorRecord> records = group == null ? List.of() : ConsumerRecords.groupGone(group);
        for (CoordinatorRecord record : records) {
            turn.changed(state.undoOf(record));
            state.apply(record);
        }
        return records;
    }

    @Override
    public void list(Set<String> states, Set<String> types, List<ListedGroup> into) {
        for (ConsumerGroup group : state.groups.values()) {
            ListedGroup listed = ConsumerDescriptions.listed(group, states, types);
            if (listed != null) {
                into.add(listed);
            }
        }
    }

    @Override
    public void look(Consumer<GroupView> each, Function<String, Map<TopicPartition, Long>> offsets) {
        for (ConsumerGroup group : state.groups.values()) {
            each.accept(ConsumerDescriptions.view(group, assignorOf(group).name(), offsets.apply(group.groupId)));
        }
    }

    /** ConsumerGroupDescribe of one group. */
    public DescribedGroup describe(String groupId) {
        ConsumerGroup group = find(groupId);
        if (group == null) {
            return new DescribedGroup()
                    .setGroupId(groupId)
                    .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                    .setErrorMessage("Group " + groupId + " is not a consumer group.");
        }
        return descriptions.describe(group, assignorOf(group).name());
    }
}
