package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.ConsumerGroups.Decision;
import io.milena.coordinator.group.consumer.ConsumerMember.ClassicMetadata;
import io.milena.coordinator.group.consumer.ConsumerMember.Profile;
import io.milena.coordinator.group.consumer.ConsumerMember.Progress;
import io.milena.coordinator.group.consumer.ConsumerMember.State;
import io.milena.coordinator.group.consumer.ConsumerMember.Subscription;
import io.milena.coordinator.group.core.ClassicGroups;
import io.milena.coordinator.group.core.ClassicSnapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups that change between the classic and the consumer protocol, with their members ({@code group.consumer.migration.policy}).
 *
 * <pre>
 * a member of the consumer protocol joins a classic group        → consumer group, in which the others keep what they had;
 *                                                                  they join again when they hear of a rebalance
 * the last member of the consumer protocol leaves                → classic group of the others, which rebalance
 * a static member comes back with the classic protocol, as last  → classic group
 * </pre>
 *
 * Groups without members change whatever the policy.
 */
final class Migration {

    private static final Logger LOG = LoggerFactory.getLogger(Migration.class);

    private final ConsumerConfig config;
    private final TopicsView topics;
    private final ClassicGroups classicGroups;

    Migration(ConsumerConfig config, TopicsView topics, ClassicGroups classicGroups) {
        this.config = config;
        this.topics = topics;
        this.classicGroups = classicGroups;
    }

    boolean isDisabled() {
        return config.migration() == MigrationPolicy.DISABLED;
    }

    // ---- to the consumer protocol

    /** Makes the consumer group of an id that has none; of a classic group it takes the members over. */
    ConsumerGroup newGroup(String groupId, Decision decision) {
        switch (classicGroups.kindOf(groupId)) {
            case NONE:
                return decision.createGroup();
            case EMPTY:
                decision.addOfOthers(classicGroups.giveUp(decision.turn(), groupId));
                return decision.createGroup();
            case LIVING:
                return upgrade(Objects.requireNonNull(classicGroups.find(groupId)), decision);
            case DELETED:
                throw new Refused(Errors.COORDINATOR_NOT_AVAILABLE, "Group " + groupId + " is being deleted.");
            default:
                throw new Refused(Errors.GROUP_ID_NOT_FOUND, "Group " + groupId + " is not a consumer group.");
        }
    }

    private ConsumerGroup upgrade(ClassicSnapshot classic, Decision decision) {
        if (!config.migration().allowsUpgrade) {
            throw cannotUpgrade(classic, "online upgrade is disabled");
        } else if (!classic.usesConsumerProtocol()) {
            throw cannotUpgrade(classic, "the group does not use the consumer embedded protocol");
        } else if (classic.members().size() > config.maxSize()) {
            throw cannotUpgrade(classic, "the group size exceeds the consumer group maximum size");
        }
        List<ConsumerMember> members = members(classic);
        String groupId = classic.groupId();
        decision.addOfOthers(classicGroups.giveUp(decision.turn(), groupId));
        ConsumerGroup group = decision.createGroup();
        members.forEach(member -> decision.add(ConsumerRecords.member(groupId, member)));
        long hash = group.subscribed(topics).hash();
        decision.add(ConsumerRecords.group(groupId, classic.generation(), hash));
        members.forEach(member -> decision.add(ConsumerRecords.target(
                groupId, member.memberId(), member.assigned().withEpochs(0))));
        decision.add(ConsumerRecords.targetEpoch(groupId, classic.generation(), 0));
        members.forEach(member -> decision.add(ConsumerRecords.place(groupId, member)));
        LOG.info("Group {}: classic group of {} members becomes a consumer group", groupId, members.size());
        return group;
    }

    private static Refused cannotUpgrade(ClassicSnapshot classic, String why) {
        return new Refused(
                Errors.GROUP_ID_NOT_FOUND,
                "Cannot upgrade classic group " + classic.groupId() + " to consumer group because " + why + ".");
    }

    private List<ConsumerMember> members(ClassicSnapshot classic) {
        List<ConsumerMember> members = new ArrayList<>(classic.members().size());
        for (ClassicSnapshot.Member member : classic.members()) {
            try {
                members.add(member(classic, member));
            } catch (IllegalArgumentException e) {
                throw cannotUpgrade(classic, "the embedded consumer protocol is malformed");
            }
        }
        return members;
    }

    private ConsumerMember member(ClassicSnapshot classic, ClassicSnapshot.Member member) {
        ConsumerProtocolSubscription subscription = EmbeddedProtocol.subscription(member.metadata(classic.protocol()));
        Profile profile = new Profile(
                member.instanceId(),
                subscription.rackId() == null || subscription.rackId().isEmpty() ? null : subscription.rackId(),
                member.client(),
                member.timeOuts().rebalanceMs(),
                new Subscription(new LinkedHashSet<>(subscription.topics()), "", null),
                new ClassicMetadata(member.timeOuts().sessionMs(), member.protocols()));
        int epoch = classic.generation();
        Partitions assigned = assigned(classic, member).withEpochs(epoch);
        return new ConsumerMember(
                member.memberId(), profile, new Progress(epoch, epoch, State.STABLE, assigned, Partitions.NONE));
    }

    /** What the group's leader gave to the member; nothing before its first assignment. */
    private Partitions assigned(ClassicSnapshot classic, ClassicSnapshot.Member member) {
        if (member.assignment().length == 0) {
            return Partitions.NONE;
        }
        ConsumerProtocolAssignment assignment = EmbeddedProtocol.assignment(member.assignment());
        if (assignment.userData() != null && assignment.userData().hasRemaining()) {
            throw cannotUpgrade(
                    classic,
                    "an unsupported custom assignor is in use. Please refer to the documentation or switch to a default"
                            + " assignor before re-attempting the upgrade");
        }
        return EmbeddedProtocol.assigned(assignment, topics);
    }

    // ---- to the classic protocol

    /** Whether those who stay all speak the classic protocol and may be a classic group. */
    boolean downgradesWithout(ConsumerGroup group, Collection<ConsumerMember> gone) {
        int staying = group.members().size() - gone.size();
        boolean onlyClassic = group.members().stream()
                .filter(member -> !gone.contains(member))
                .allMatch(ConsumerMember::usesClassicProtocol);
        return !gone.isEmpty() && onlyClassic && staying > 0 && mayDowngrade(group, staying);
    }

    /** Whether all but this static member speak the classic protocol, and the group may be a classic one if it does so too. */
    boolean downgradesIfReplaced(ConsumerGroup group, ConsumerMember replaced) {
        boolean onlyOther = !replaced.usesClassicProtocol()
                && group.members().stream().allMatch(m -> m.equals(replaced) || m.usesClassicProtocol());
        return onlyOther && mayDowngrade(group, group.members().size());
    }

    private boolean mayDowngrade(ConsumerGroup group, int size) {
        if (!config.migration().allowsDowngrade) {
            LOG.info("Group {}: stays a consumer group, online downgrade is disabled", group.groupId);
            return false;
        }
        if (size > classicGroups.maxSize()) {
            LOG.info("Group {}: stays a consumer group, it is larger than group.max.size", group.groupId);
            return false;
        }
        return true;
    }

    /** Ends the consumer group; its members but those who are gone, all of the classic protocol, are a classic group from now on. */
    void toClassicGroup(
            ConsumerGroup group, Collection<ConsumerMember> gone, @Nullable String rebalanceReason, Decision decision) {
        List<ClassicSnapshot.Member> members = new ArrayList<>();
        for (ConsumerMember member : group.members()) {
            if (!gone.contains(member)) {
                members.add(classicMember(member, group.target(member.memberId())));
            }
        }
        ClassicSnapshot classic = new ClassicSnapshot(group.groupId, group.epoch, EmbeddedProtocol.TYPE, null, members);
        for (ConsumerMember member : List.copyOf(group.members())) {
            decision.addAll(ConsumerRecords.memberGone(group.groupId, member.memberId()));
        }
        decision.addAll(ConsumerRecords.groupGone(group));
        decision.addOfOthers(classicGroups.takeOver(decision.turn(), classic, rebalanceReason));
        LOG.info("Group {}: consumer group becomes a classic group of {} members", group.groupId, members.size());
    }

    private ClassicSnapshot.Member classicMember(ConsumerMember member, Partitions target) {
        ClassicMetadata classic = Objects.requireNonNull(member.profile().classic());
        return new ClassicSnapshot.Member(
                member.memberId(),
                member.instanceId(),
                member.profile().client(),
                new ClassicSnapshot.TimeOuts(member.rebalanceTimeoutMs(), classic.sessionTimeoutMs()),
                classic.protocols(),
                EmbeddedProtocol.write(target, classic.protocols().get(0).metadata(), topics));
    }
}
