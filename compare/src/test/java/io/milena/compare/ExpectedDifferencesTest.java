package io.milena.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class ExpectedDifferencesTest {
    private static final String WORDS = "*\t*\t*rrorMessage\t\"?*\"\t\"?*\"\tboth say what is wrong";

    @Test
    void twoTextsAreExplainedAndATextInThePlaceOfNoneIsNot() {
        // given
        var expected = ExpectedDifferences.of(List.of(WORDS));

        // when
        boolean words = expected.explains(
                ApiKeys.METADATA, (short) 1, new Difference("topics[*].errorMessage", "\"no\"", "\"none\""));
        boolean none = expected.explains(
                ApiKeys.METADATA, (short) 1, new Difference("topics[*].errorMessage", "\"\"", "\"none\""));

        // then
        assertThat(words).isTrue();
        assertThat(none).isFalse();
    }

    @Test
    void aLineHoldsForItsApiAndItsVersionsOnly() {
        // given
        var expected = ExpectedDifferences.of(List.of("FETCH\t3-5\ttopics[*].x\t*\t*\twhy"));
        var difference = new Difference("topics[*].x", "1", "2");

        // when / then
        assertThat(expected.explains(ApiKeys.FETCH, (short) 3, difference)).isTrue();
        assertThat(expected.explains(ApiKeys.FETCH, (short) 6, difference)).isFalse();
        assertThat(expected.explains(ApiKeys.PRODUCE, (short) 3, difference)).isFalse();
    }

    @Test
    void whatHasExplainedNothingIsTold() {
        // given
        var expected = ExpectedDifferences.of(List.of("# a comment", WORDS));

        // when / then
        assertThat(expected.unused()).containsExactly(WORDS);
    }

    @Test
    void aLineWithoutAReasonIsRefused() {
        assertThatThrownBy(() -> ExpectedDifferences.of(List.of("FETCH\t*\tx\t*\t*")))
                .hasMessageContaining("reason");
    }

    @Test
    void theListsInUseCanBeRead() {
        assertThat(ExpectedDifferences.onPurpose().unused()).isNotEmpty();
        assertThat(ExpectedDifferences.open().unused()).isNotEmpty();
    }
}
