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
                ApiKeys.METADATA, (short) 1, "good 1", new Difference("topics[*].errorMessage", "\"no\"", "\"none\""));
        boolean none = expected.explains(
                ApiKeys.METADATA, (short) 1, "good 1", new Difference("topics[*].errorMessage", "\"\"", "\"none\""));

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
        assertThat(expected.explains(ApiKeys.FETCH, (short) 3, "good 1", difference))
                .isTrue();
        assertThat(expected.explains(ApiKeys.FETCH, (short) 6, "good 1", difference))
                .isFalse();
        assertThat(expected.explains(ApiKeys.PRODUCE, (short) 3, "good 1", difference))
                .isFalse();
    }

    @Test
    void aLineMayHoldForSomeQuestionsOnly() {
        // given
        var expected = ExpectedDifferences.of(List.of("PRODUCE batches: spoilt*\t*\terrorCode\t0\t87\twhy"));
        var difference = new Difference("errorCode", "0", "87");

        // when / then
        assertThat(expected.explains(ApiKeys.PRODUCE, (short) 3, "batches: spoilt, gzip", difference))
                .isTrue();
        assertThat(expected.explains(ApiKeys.PRODUCE, (short) 3, "batches: plain", difference))
                .isFalse();
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
