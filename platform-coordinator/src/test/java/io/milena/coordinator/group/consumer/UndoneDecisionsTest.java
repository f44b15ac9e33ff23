package io.milena.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.TestTopics;
import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.ShardContext;
import io.milena.coordinator.runtime.TimerQueue;
import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a consumer group decides and the log refuses leaves no trace, whatever it was. */
class UndoneDecisionsTest {

    private static final int PARTITIONS = 6;
    private static final int SESSION_MS = 45_000;

    private final Uuid ordersId = Uuid.randomUuid();
    private final TestTopics topics = new TestTopics(1).with("orders", ordersId, PARTITIONS);
    private final TimerQueue timers = new TimerQueue();
    private final ConsumerGroups groups = new ConsumerGroups(
            ConsumerConfig.from(Map.of()), topics, new ShardContext(timers, new NoClassicGroups()), prefix -> "unused");
    private long nowMs;

    private Turn turn(Consumer<Turn> action) {
        Turn turn = new Turn(nowMs, 0);
        action.accept(turn);
        return turn;
    }

    private static void refuse(Turn turn) {
        for (int i = turn.writes().size() - 1; i >= 0; i--) {
            turn.writes().get(i).undo();
        }
    }

    private Turn heartbeat(String memberId, int epoch, boolean isStatic) {
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId("g")
                .setMemberId(memberId)
                .setInstanceId(isStatic ? "instance-of-" + memberId.charAt(0) : null)
                .setMemberEpoch(epoch)
                .setRebalanceTimeoutMs(epoch == 0 ? 60_000 : -1)
                .setSubscribedTopicNames(epoch == 0 ? List.of("orders") : null)
                .setTopicPartitions(epoch == 0 ? List.of() : null);
        List<ConsumerGroupHeartbeatResponseData> answers = new ArrayList<>();
        return turn(
                t -> groups.heartbeats().heartbeat(t, request, new Caller("c", "/127.0.0.1"), (short) 1, answers::add));
    }

    /** All that is known of the group, but the time-outs. */
    private String state() {
        ConsumerGroup group = groups.find("g");
        if (group == null) {
            return "none";
        }
        TreeMap<String, ConsumerMember> members = new TreeMap<>();
        group.members().forEach(m -> members.put(m.memberId(), m));
        StringBuilder held = new StringBuilder();
        for (int p = 0; p < PARTITIONS; p++) {
            held.append(group.isHeld(ordersId, p) ? 'x' : '-');
        }
        return group.epoch + " " + group.metadataHash + " " + group.targetEpoch + " " + members + " "
                + new TreeMap<>(group.targets()) + " " + held + " " + group.memberOfInstance("instance-of-a");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverWasDecidedIsUndoneCompletely(long seed) {
        Random random = new Random(seed);
        int refused = 0;
        for (int step = 0; step < 2_000; step++) {
            // given
            String before = state();

            // when
            Turn turn = somethingHappens(random);

            // then
            if (!turn.writes().isEmpty() && random.nextInt(3) == 0) {
                refuse(turn);
                assertThat(state()).as("step " + step).isEqualTo(before);
                refused++;
            }
            ConsumerGroup group = groups.find("g");
            if (group != null) {
                assertThat(group.members())
                        .as("every member has a session")
                        .allMatch(m -> group.timers.isArmed(m.memberId(), ConsumerTimers.Duty.HEARTBEAT));
            }
        }
        assertThat(refused).isGreaterThan(50);
    }

    private Turn somethingHappens(Random random) {
        String memberId = String.valueOf((char) ('a' + random.nextInt(4)));
        ConsumerGroup group = groups.find("g");
        ConsumerMember member = group == null ? null : group.member(memberId);
        boolean isStatic = memberId.equals("a");
        switch (random.nextInt(12)) {
            case 0:
                return heartbeat(memberId, isStatic ? -2 : -1, isStatic);
            case 1:
                nowMs += random.nextInt(SESSION_MS);
                return turn(timers::fire);
            case 2:
                return isStatic ? heartbeat("a" + random.nextInt(3), 0, true) : heartbeat(memberId, 0, false);
            default:
                return heartbeat(memberId, member == null || member.isAway() ? 0 : member.epoch(), isStatic);
        }
    }

    @Test
    void aMemberWhoseExpiryWasRefusedHasAnotherSession() {
        // given
        heartbeat("b", 0, false);
        nowMs += SESSION_MS;

        // when
        Turn expiry = turn(timers::fire);
        refuse(expiry);

        // then
        assertThat(groups.find("g").members()).hasSize(1);
        nowMs += SESSION_MS - 1;
        turn(timers::fire);
        assertThat(groups.find("g").members()).hasSize(1);
        nowMs += 1;
        turn(timers::fire);
        assertThat(groups.find("g").members()).isEmpty();
    }

    @Test
    void aChangeOfTopicsWhoseDecisionWasRefusedIsSeenAgain() {
        // given
        heartbeat("b", 0, false);
        topics.with("orders", ordersId, PARTITIONS + 1).with("another", Uuid.randomUuid(), 1);

        // when
        refuse(heartbeat("b", 2, false));

        // then
        heartbeat("b", 2, false);
        assertThat(groups.find("g").epoch).isEqualTo(3);
    }
}
