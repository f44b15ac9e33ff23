package io.milena.testkit.coordinator.group;

import io.milena.testkit.sim.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A member of a consumer group (KIP-848): one heartbeat at a time, and the reconciliation of what it has with what it is told. */
final class ConsumerMember extends GroupMember {
    private static final int LEAVE = -1;
    private static final int LEAVE_STATIC = -2;

    private String memberId = "";
    private int epoch;
    private boolean gone = true;
    /** The next heartbeat says everything: it is the first, or what became of the last one is not known. */
    private boolean sayAll;

    private boolean waitsForAnswer;
    private boolean reconciling;
    private @Nullable Set<Integer> said;
    private Set<Integer> target = Set.of();

    ConsumerMember(Workload workload, Host host, String group, @Nullable String instanceId) {
        super(workload, host, group, instanceId);
        workload.ledger().holds(this);
    }

    @Override
    boolean isSettled() {
        return !gone && epoch > 0 && !reconciling && target.equals(owned());
    }

    @Override
    int epoch() {
        return epoch;
    }

    @Override
    String memberId() {
        return memberId;
    }

    @Override
    boolean mayCommit() {
        return !gone && epoch > 0;
    }

    @Override
    @Nullable
    String readsAs() {
        return memberId;
    }

    @Override
    int readEpoch() {
        return epoch;
    }

    @Override
    void enter() {
        memberId = new Uuid(dice.nextLong() >>> 2, dice.nextLong()).toString();
        waitsForAnswer = false;
        gone = false;
        joinAnew();
        beatLater();
    }

    private void joinAnew() {
        if (epoch > 0) {
            rebalanced();
        }
        own(Set.of());
        target = Set.of();
        epoch = 0;
        reconciling = false;
        sayAll = true;
        beatSoon();
    }

    // ---- heartbeats

    private void beatLater() {
        inThisLife(GroupLimits.CONSUMER_HEARTBEAT_MS, () -> {
            beat();
            beatLater();
        });
    }

    private void beatSoon() {
        inThisLife(dice.between(1, 30), this::beat);
    }

    private void beat() {
        if (gone || waitsForAnswer) {
            return;
        }
        Set<Integer> have = new TreeSet<>(owned());
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group())
                .setMemberId(memberId)
                .setInstanceId(instanceId)
                .setMemberEpoch(epoch);
        if (sayAll) {
            request.setRebalanceTimeoutMs(GroupLimits.REBALANCE_MS).setSubscribedTopicNames(List.of(GroupLimits.TOPIC));
        }
        if (sayAll || !have.equals(said)) {
            request.setTopicPartitions(
                    have.isEmpty()
                            ? List.of()
                            : List.of(new TopicPartitions()
                                    .setTopicId(GroupLimits.TOPIC_ID)
                                    .setPartitions(new ArrayList<>(have))));
        }
        said = have;
        waitsForAnswer = true;
        String asker = memberId;
        askSoon(request, (short) 1, heard -> {
            if (!asker.equals(memberId)) {
                return; // it left meanwhile, and came back as somebody else
            }
            waitsForAnswer = false;
            if (gone) {
                return;
            }
            if (heard.response() instanceof ConsumerGroupHeartbeatResponseData response) {
                answered(response);
            } else {
                sayAll = true;
            }
        });
    }

    private void answered(ConsumerGroupHeartbeatResponseData response) {
        Errors error = Errors.forCode(response.errorCode());
        if (error != Errors.NONE) {
            sayAll = true;
            if (!isPassing(error)) {
                refused(error);
            }
            return;
        }
        sayAll = false;
        ledger().toldEpoch(group(), memberId, response.memberEpoch());
        if (epoch > 0 && epoch != response.memberEpoch()) {
            rebalanced();
        }
        epoch = response.memberEpoch();
        if (response.assignment() != null) {
            Set<Integer> told = new TreeSet<>();
            response.assignment().topicPartitions().forEach(each -> told.addAll(each.partitions()));
            target = told;
            reconcile();
        }
    }

    @Override
    void refused(Errors error) {
        switch (error) {
            case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID, GROUP_ID_NOT_FOUND -> joinAnew();
            case FENCED_INSTANCE_ID -> inThisLife(dice.between(100, 1_000), this::startOver);
            case STALE_MEMBER_EPOCH, UNRELEASED_INSTANCE_ID -> sayAll |= epoch == 0;
            default -> unexpected("A request", error);
        }
    }

    private void startOver() {
        if (!gone) {
            memberId = new Uuid(dice.nextLong() >>> 2, dice.nextLong()).toString();
            waitsForAnswer = false;
            joinAnew();
        }
    }

    // ---- reconciliation

    /** Gives up first, which takes time, and says so; then takes. */
    private void reconcile() {
        if (reconciling || target.equals(owned())) {
            return;
        }
        if (target.containsAll(owned())) {
            take();
            beatSoon();
            return;
        }
        reconciling = true;
        inThisLife(dice.between(1, 300), () -> {
            if (!reconciling) {
                return;
            }
            reconciling = false;
            Set<Integer> kept = new TreeSet<>(owned());
            kept.retainAll(target);
            own(kept);
            take();
            beatSoon();
        });
    }

    private void take() {
        for (int partition : target) {
            if (!holds(partition)) {
                ledger().takes(this, partition);
            }
        }
        own(new TreeSet<>(target));
    }

    @Override
    void leave() {
        if (epoch <= 0 || gone) {
            return;
        }
        gone = true;
        own(Set.of());
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group())
                .setMemberId(memberId)
                .setInstanceId(instanceId)
                .setMemberEpoch(instanceId != null && dice.nextBoolean() ? LEAVE_STATIC : LEAVE);
        epoch = 0;
        target = Set.of();
        ask(group(), request, (short) 1, TIMEOUT_MS, heard -> inThisLife(dice.between(100, 3_000), this::back));
    }

    private void back() {
        memberId = new Uuid(dice.nextLong() >>> 2, dice.nextLong()).toString();
        gone = false;
        waitsForAnswer = false;
        joinAnew();
    }
}
