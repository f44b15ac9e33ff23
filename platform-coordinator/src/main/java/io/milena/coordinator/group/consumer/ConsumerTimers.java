package io.milena.coordinator.group.consumer;

import io.milena.coordinator.group.consumer.ConsumerMember.ClassicMetadata;
import io.milena.coordinator.runtime.TimerQueue;
import io.milena.coordinator.runtime.TimerQueue.Timer;
import io.milena.coordinator.runtime.Turn;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long members of consumer groups may take: without a sign of life, to give up partitions, and, for members of the classic
 * protocol, to join again and to ask for their assignment. Who takes longer is out of the group.
 */
final class ConsumerTimers {

    /** What a member must do in time. */
    enum Duty {
        HEARTBEAT("its session ended"),
        REVOKE("it did not give up its partitions in time"),
        JOIN("it did not join again in time"),
        SYNC("it did not ask for its assignment in time");

        final String failure;

        Duty(String failure) {
            this.failure = failure;
        }
    }

    /** Takes a member out of its group. */
    @FunctionalInterface
    interface Expiry {
        void expire(ConsumerGroup group, String memberId, String why, Turn turn);
    }

    private final TimerQueue timers;
    private final ConsumerConfig.Timings timings;
    private final Expiry expiry;

    ConsumerTimers(TimerQueue timers, ConsumerConfig.Timings timings, Expiry expiry) {
        this.timers = timers;
        this.timings = timings;
        this.expiry = expiry;
    }

    /** The timers of one group. */
    static final class OfGroup {
        private final Map<String, EnumMap<Duty, Timer>> byMember = new HashMap<>();

        private @Nullable Timer find(String memberId, Duty duty) {
            Map<Duty, Timer> ofMember = byMember.get(memberId);
            return ofMember == null ? null : ofMember.get(duty);
        }

        boolean isArmed(String memberId, Duty duty) {
            Timer timer = find(memberId, duty);
            return timer != null && timer.isArmed();
        }
    }

    private Timer timer(ConsumerGroup group, String memberId, Duty duty) {
        return group.timers
                .byMember
                .computeIfAbsent(memberId, id -> new EnumMap<>(Duty.class))
                .computeIfAbsent(duty, d -> new Timer(late -> expiry.expire(group, memberId, d.failure, late)));
    }

    void arm(ConsumerGroup group, String memberId, Duty duty, long withinMs, Turn turn) {
        timers.arm(timer(group, memberId, duty), turn.nowMs() + withinMs);
    }

    void armUnlessArmed(ConsumerGroup group, String memberId, Duty duty, long withinMs, Turn turn) {
        if (!group.timers.isArmed(memberId, duty)) {
            arm(group, memberId, duty, withinMs, turn);
        }
    }

    void cancel(ConsumerGroup group, String memberId, Duty duty) {
        Timer timer = group.timers.find(memberId, duty);
        if (timer != null) {
            timers.cancel(timer);
        }
    }

    /** The member gave a sign of life. One of the classic protocol has the session that it asked for. */
    void extendSession(ConsumerGroup group, ConsumerMember member, Turn turn) {
        ClassicMetadata classic = member.profile().classic();
        int sessionMs = classic == null ? timings.of(group.groupId).sessionTimeoutMs() : classic.sessionTimeoutMs();
        arm(group, member.memberId(), Duty.HEARTBEAT, sessionMs, turn);
    }

    /** A member that must give up partitions has its own rebalance time-out for it; one of the classic protocol has it to join again. */
    void boundRevocation(ConsumerGroup group, ConsumerMember member, Turn turn) {
        if (member.usesClassicProtocol() || member.state() != ConsumerMember.State.UNREVOKED_PARTITIONS) {
            cancel(group, member.memberId(), Duty.REVOKE);
        } else {
            armUnlessArmed(group, member.memberId(), Duty.REVOKE, member.rebalanceTimeoutMs(), turn);
        }
    }

    void forget(ConsumerGroup group, String memberId) {
        EnumMap<Duty, Timer> ofMember = group.timers.byMember.remove(memberId);
        if (ofMember != null) {
            ofMember.values().forEach(timers::cancel);
        }
    }

    /** A decision was undone: who is a member again has a session again, and who is none any more has none. */
    void restore(ConsumerGroup group, Turn turn) {
        group.timers.byMember.entrySet().removeIf(entry -> {
            boolean stranger = group.member(entry.getKey()) == null;
            if (stranger) {
                entry.getValue().values().forEach(timers::cancel);
            }
            return stranger;
        });
        for (ConsumerMember member : group.members()) {
            if (!group.timers.isArmed(member.memberId(), Duty.HEARTBEAT)) {
                extendSession(group, member, turn);
            }
            boundRevocation(group, member, turn);
        }
    }

    /** The group was loaded: sessions begin anew. */
    void start(ConsumerGroup group, Turn turn) {
        for (ConsumerMember member : group.members()) {
            arm(
                    group,
                    member.memberId(),
                    Duty.HEARTBEAT,
                    timings.of(group.groupId).sessionTimeoutMs(),
                    turn);
            boundRevocation(group, member, turn);
        }
    }

    /** The group has ended. */
    void end(ConsumerGroup group) {
        group.timers.byMember.values().forEach(ofMember -> ofMember.values().forEach(timers::cancel));
        group.timers.byMember.clear();
    }
}
