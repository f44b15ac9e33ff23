package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.GroupState.COMPLETING_REBALANCE;
import static io.milena.coordinator.group.core.GroupState.DEAD;
import static io.milena.coordinator.group.core.GroupState.EMPTY;
import static io.milena.coordinator.group.core.GroupState.PREPARING_REBALANCE;
import static io.milena.coordinator.group.core.GroupState.STABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.coordinator.runtime.TimerQueue;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GroupStateTest {

    @Test
    void onlyTheMovesOfTheTableAreLegal() {
        Map<GroupState, Set<GroupState>> table = Map.of(
                EMPTY, Set.of(PREPARING_REBALANCE, DEAD),
                PREPARING_REBALANCE, Set.of(COMPLETING_REBALANCE, EMPTY, DEAD),
                COMPLETING_REBALANCE, Set.of(STABLE, PREPARING_REBALANCE, DEAD),
                STABLE, Set.of(PREPARING_REBALANCE, DEAD),
                DEAD, Set.of());
        for (GroupState from : GroupState.values()) {
            for (GroupState to : GroupState.values()) {
                assertThat(from.mayBecome(to))
                        .as(from + " to " + to)
                        .isEqualTo(table.get(from).contains(to));
            }
        }
    }

    @Test
    void aGroupRefusesAnIllegalMove() {
        ClassicGroup group = new ClassicGroup(
                "g", MemberMemory.unlimited(), new TimerQueue.Timer(t -> {}), new TimerQueue.Timer(t -> {}));
        assertThatThrownBy(() -> group.transitionTo(STABLE, 0)).isInstanceOf(IllegalStateException.class);
    }
}
