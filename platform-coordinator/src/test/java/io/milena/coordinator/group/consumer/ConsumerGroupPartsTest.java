package io.milena.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.TestTopics;
import io.milena.coordinator.group.consumer.ConsumerMember.Progress;
import io.milena.coordinator.group.consumer.ConsumerMember.State;
import io.milena.coordinator.group.consumer.Reconciliation.Goal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsumerGroupPartsTest {

    private static final Uuid T = new Uuid(1, 1);

    private static Partitions of(int... indexes) {
        Partitions partitions = new Partitions();
        for (int index : indexes) {
            partitions.add(T, index);
        }
        return partitions;
    }

    private static Partitions both(Partitions some, Partitions more) {
        Partitions both = new Partitions();
        both.addAll(some);
        both.addAll(more);
        return both;
    }

    private static Goal goal(int epoch, Partitions target) {
        return new Goal(epoch, target, Set.of(T), false);
    }

    private static ConsumerMember at(int epoch, State state, Partitions assigned, Partitions pending) {
        return ConsumerMember.joining("m").with(new Progress(epoch, epoch - 1, state, assigned, pending));
    }

    // ---- reconciliation

    @Test
    void aMemberInTheTargetsEpochStaysWhereItIs() {
        ConsumerMember member = at(3, State.STABLE, of(0, 1), of());
        assertThat(Reconciliation.step(member, goal(3, of(0, 1)), (t, p) -> true, of(0, 1)))
                .isEqualTo(member);
    }

    @Test
    void freePartitionsAreTakenAtOnce() {
        ConsumerMember after =
                Reconciliation.step(at(3, State.STABLE, of(0), of()), goal(4, of(0, 1)), (t, p) -> p == 0, of(0));
        assertThat(after).isEqualTo(at(4, State.STABLE, both(of(0), of(1).withEpochs(4)), of()));
    }

    @Test
    void whatOthersHoldIsWaitedFor() {
        ConsumerMember waiting =
                Reconciliation.step(at(3, State.STABLE, of(), of()), goal(4, of(0, 1)), (t, p) -> p == 1, of());
        assertThat(waiting).isEqualTo(at(4, State.UNRELEASED_PARTITIONS, of(0).withEpochs(4), of()));
        ConsumerMember done = Reconciliation.step(waiting, goal(4, of(0, 1)), (t, p) -> p == 0, of(0));
        assertThat(done.state()).isEqualTo(State.STABLE);
        assertThat(done.assigned()).isEqualTo(of(0, 1).withEpochs(4));
    }

    @Test
    void whatTheTargetTakesAwayMustBeGivenUpFirst() {
        ConsumerMember member = at(3, State.STABLE, of(0, 1), of());
        ConsumerMember revoking = Reconciliation.step(member, goal(4, of(0, 2)), (t, p) -> p < 2, of(0, 1));
        assertThat(revoking).isEqualTo(at(3, State.UNREVOKED_PARTITIONS, of(0), of(1)));
        assertThat(Reconciliation.step(revoking, goal(4, of(0, 2)), (t, p) -> p < 2, null))
                .as("says nothing")
                .isEqualTo(revoking);
        assertThat(Reconciliation.step(revoking, goal(4, of(0, 2)), (t, p) -> p < 2, of(0, 1)))
                .as("still has it")
                .isEqualTo(revoking);
        assertThat(Reconciliation.step(revoking, goal(4, of(0, 2)), (t, p) -> p < 2, of(0)))
                .isEqualTo(at(4, State.STABLE, both(of(0), of(2).withEpochs(4)), of()));
    }

    @Test
    void whatTheMemberDoesNotWantAnyMoreIsTakenBeforeThereIsATargetThatKnows() {
        // given
        ConsumerMember member = at(3, State.STABLE, of(0, 1), of());
        Goal nothing = new Goal(3, of(0, 1), Set.of(), true);

        // when
        ConsumerMember revoking = Reconciliation.step(member, nothing, (t, p) -> true, of(0, 1));
        ConsumerMember gaveUpAlready = Reconciliation.step(member, nothing, (t, p) -> true, of());

        // then
        assertThat(revoking).isEqualTo(at(3, State.UNREVOKED_PARTITIONS, of(), of(0, 1)));
        assertThat(gaveUpAlready).isEqualTo(at(3, State.STABLE, of(), of()));
    }

    @Test
    void aTargetThatIsOlderThanTheSubscriptionGivesNoTopicThatIsNotWanted() {
        // given
        Goal older = new Goal(4, of(0, 1), Set.of(), false);

        // when
        ConsumerMember after = Reconciliation.step(at(3, State.STABLE, of(), of()), older, (t, p) -> false, of());

        // then
        assertThat(after).isEqualTo(at(4, State.STABLE, of(), of()));
    }

    // ---- assignors

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyPartitionHasOneConsumerThatWantsIt(long seed) {
        Random random = new Random(seed);
        for (Assignor assignor : List.of(new UniformAssignor(), new RangeAssignor())) {
            Map<String, Partitions> current = new HashMap<>();
            for (int round = 0; round < 20; round++) {
                SortedMap<String, SortedSet<Uuid>> subscriptions = new TreeMap<>();
                Map<Uuid, Integer> counts = new HashMap<>();
                for (int m = 0; m < 1 + random.nextInt(6); m++) {
                    SortedSet<Uuid> wanted = new TreeSet<>();
                    for (int t = 0; t < 4; t++) {
                        if (random.nextInt(3) > 0) {
                            wanted.add(new Uuid(1, t));
                            counts.put(new Uuid(1, t), 1 + t * 2);
                        }
                    }
                    subscriptions.put("m" + random.nextInt(8), wanted);
                }
                counts.keySet().removeIf(t -> subscriptions.values().stream().noneMatch(w -> w.contains(t)));
                current = assignor.assign(input(subscriptions, counts, current));
                check(subscriptions, counts, current);
            }
        }
    }

    private static AssignmentInput input(
            SortedMap<String, SortedSet<Uuid>> subscriptions,
            Map<Uuid, Integer> counts,
            Map<String, Partitions> current) {
        return new AssignmentInput(subscriptions, counts, current, Map.of(), new TestTopics(1));
    }

    private static void check(
            SortedMap<String, SortedSet<Uuid>> subscriptions,
            Map<Uuid, Integer> counts,
            Map<String, Partitions> assigned) {
        assertThat(assigned.keySet()).isEqualTo(subscriptions.keySet());
        Partitions all = new Partitions();
        assigned.forEach((member, partitions) -> partitions.forEach((topic, p) -> {
            assertThat(subscriptions.get(member)).contains(topic);
            assertThat(all.contains(topic, p)).as("twice").isFalse();
            all.add(topic, p);
        }));
        assertThat(all.size())
                .isEqualTo(counts.values().stream().mapToInt(Integer::intValue).sum());
    }

    @Test
    void uniformIsEvenAndMovesFew() {
        SortedSet<Uuid> wanted = new TreeSet<>(Set.of(T));
        SortedMap<String, SortedSet<Uuid>> two = new TreeMap<>(Map.of("a", wanted, "b", wanted));
        Map<Uuid, Integer> counts = Map.of(T, 12);
        Map<String, Partitions> before = new UniformAssignor().assign(input(two, counts, Map.of()));
        assertThat(before.values()).allMatch(p -> p.size() == 6);
        SortedMap<String, SortedSet<Uuid>> three = new TreeMap<>(two);
        three.put("c", wanted);
        Map<String, Partitions> after = new UniformAssignor().assign(input(three, counts, before));
        assertThat(after.values()).allMatch(p -> p.size() == 4);
        assertThat(after.get("a").isSubsetOf(before.get("a"))).isTrue();
        assertThat(after.get("b").isSubsetOf(before.get("b"))).isTrue();
    }
}
