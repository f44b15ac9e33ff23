package io.milena.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DifferenceTest {
    @Test
    void equalAnswersDifferNowhereWhateverTheOrderOfNamedElements() {
        // given
        var kafka = Json.of("{topics: [{name: 'a', errorCode: 0}, {name: 'b', errorCode: 3}]}");
        var milena = Json.of("{topics: [{name: 'b', errorCode: 3}, {name: 'a', errorCode: 0}]}");

        // when
        var differences = Difference.between(kafka, milena);

        // then
        assertThat(differences).isEmpty();
    }

    @Test
    void anotherValueIsFoundWithItsPath() {
        // given
        var kafka = Json.of("{topics: [{name: 'a', partitions: [{partitionIndex: 1, errorCode: 87}]}]}");
        var milena = Json.of("{topics: [{name: 'a', partitions: [{partitionIndex: 1, errorCode: 0}]}]}");

        // when
        var differences = Difference.between(kafka, milena);

        // then
        assertThat(differences).containsExactly(new Difference("topics[*].partitions[*].errorCode", "87", "0"));
    }

    @Test
    void nullIsAnotherValueThanAnEmptyText() {
        // given
        var kafka = Json.of("{errorMessage: ''}");
        var milena = Json.of("{errorMessage: null}");

        // when
        var differences = Difference.between(kafka, milena);

        // then
        assertThat(differences).containsExactly(new Difference("errorMessage", "\"\"", "null"));
    }

    @Test
    void anElementThatOneLacksIsADifference() {
        // given
        var kafka = Json.of("{topics: [{name: 'a'}, {name: 'a'}]}");
        var milena = Json.of("{topics: [{name: 'a'}]}");

        // when
        var differences = Difference.between(kafka, milena);

        // then
        assertThat(differences).containsExactly(new Difference("topics[*]", "{\"name\":\"a\"}", "<absent>"));
    }
}
