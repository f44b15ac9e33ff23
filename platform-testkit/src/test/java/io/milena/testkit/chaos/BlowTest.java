package io.milena.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlowTest {
    @Test
    void theSameSeedDealsTheSameBlowsAndEachBeforeAnyComesTwice() {
        List<Blow> dealt = Blow.deal(Blow.matrix(), 50, new Random(4));
        assertThat(dealt).hasSize(50).isEqualTo(Blow.deal(Blow.matrix(), 50, new Random(4)));
        assertThat(dealt.subList(0, 30)).containsExactlyInAnyOrderElementsOf(Blow.matrix());
        assertThat(dealt).isNotEqualTo(Blow.deal(Blow.matrix(), 50, new Random(5)));
    }
}
