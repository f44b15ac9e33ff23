package io.milena.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TargetedFaultTest {
    @Test
    void theSameSeedSchedulesTheSameFaultsAndEachBeforeAnyComesTwice() {
        List<TargetedFault> scheduled = TargetedFault.schedule(TargetedFault.matrix(), 50, new Random(4));
        assertThat(scheduled).hasSize(50).isEqualTo(TargetedFault.schedule(TargetedFault.matrix(), 50, new Random(4)));
        assertThat(scheduled.subList(0, 30)).containsExactlyInAnyOrderElementsOf(TargetedFault.matrix());
        assertThat(scheduled).isNotEqualTo(TargetedFault.schedule(TargetedFault.matrix(), 50, new Random(5)));
    }
}
