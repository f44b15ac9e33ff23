package io.milena.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns are RE2's; none of them takes a thread away, or the memory. */
@Timeout(60)
class TopicPatternsTest {

    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final TopicPatterns patterns = new TopicPatterns(waiting::add);

    @Test
    void aPatternThatBacktrackingNeverEndsIsAnsweredAtOnce() {
        // given
        List<String> names = List.of("a".repeat(60), "a".repeat(200), "a".repeat(60) + "b");

        // when
        Set<String> matching = patterns.matching("(.*a){12}b", this, () -> names);

        // then
        assertThat(matching).containsExactly("a".repeat(60) + "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?P<n>x)",
                "[[:alpha:]]+",
                "orders-.*",
                "[]a]",
                "a{2,3}",
                "\\Qa.b\\E",
                "a|b",
                "(?i)a",
                "x{,5}",
                "{",
                "(a{0}){3}"
            })
    void whatRe2KnowsIsTaken(String regex) {
        assertThatCode(() -> TopicPatterns.check(regex)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a)\\1", "(?=a)", "(?<!a)b", "a++", "\\Z", "x{1001}", "[", "(", "*", "a{3,2}"})
    void whatRe2DoesNotKnowIsRefused(String regex) {
        assertThatThrownBy(() -> TopicPatterns.check(regex))
                .isInstanceOf(InvalidRegularExpression.class)
                .hasMessageStartingWith("SubscribedTopicRegex `" + regex + "` is not a valid regular expression: ");
    }

    static List<String> tooLarge() {
        return List.of(
                "((x{1000}){1000}){1000}",
                "((x{1000}){1000}){1000}".repeat(50),
                "(x{1000}y{1000}){100}",
                "((x{0,1000}){1,1000}){1000,}",
                "([a-z]{1000}){1000}",
                "(\\){1000}){1000}",
                "(([[:alpha:]{1000}x]{1000}){1000}){1000}",
                "(".repeat(20_000) + ")".repeat(20_000),
                "(".repeat(20_000),
                "x".repeat(200_000));
    }

    @ParameterizedTest
    @MethodSource("tooLarge")
    void whatWouldTakeMemoryOrTheStackIsRefusedBeforeItIsParsed(String regex) {
        assertThatThrownBy(() -> TopicPatterns.check(regex))
                .isInstanceOf(InvalidRegularExpression.class)
                .hasMessageContaining("too large");
    }

    @Test
    void aPatternThatIsStoredAndBadMatchesNothing() {
        assertThat(patterns.matching("(a)\\1", this, () -> List.of("aa"))).isEmpty();
    }

    @Test
    void topicsAreMatchedOncePerVersion() {
        // given
        List<String> asked = new ArrayList<>();
        Object first = new Object();
        Object second = new Object();

        // when
        patterns.matching("a.*", first, () -> names(asked, "ab"));
        patterns.matching("a.*", first, () -> names(asked, "never asked for"));
        Set<String> later = patterns.matching("a.*", second, () -> names(asked, "ac"));

        // then
        assertThat(asked).containsExactly("ab", "ac");
        assertThat(later).containsExactly("ac");
    }

    @Test
    void aLongResolutionLeavesTheCallerAndTheOldTopicsCountMeanwhile() {
        // given
        List<String> many = new ArrayList<>(List.of("a1"));
        for (int i = 0; i < 40_000; i++) {
            many.add("topic-with-a-long-name-" + i);
        }
        Object small = new Object();
        Object large = new Object();
        patterns.matching("(a|b){1,3}1", small, () -> List.of("b1"));

        // when
        Set<String> meanwhile = patterns.matching("(a|b){1,3}1", large, () -> many);
        patterns.matching("(a|b){1,3}1", large, () -> many);
        long before = patterns.resolutions();
        waiting.remove().run();

        // then
        assertThat(meanwhile).containsExactly("b1");
        assertThat(waiting).isEmpty();
        assertThat(patterns.resolutions()).isGreaterThan(before);
        assertThat(patterns.matching("(a|b){1,3}1", large, () -> many)).containsExactly("a1");
    }

    @Test
    void aRefusedResolutionIsTriedAgain() {
        // given
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            many.add("topic-with-a-long-name-" + i);
        }
        int[] asked = new int[1];
        TopicPatterns full = new TopicPatterns(task -> {
            asked[0]++;
            throw new RejectedExecutionException("full");
        });

        // when
        full.matching("(a|b){1,3}1", this, () -> many);
        full.matching("(a|b){1,3}1", this, () -> many);

        // then
        assertThat(asked[0]).isEqualTo(2);
    }

    private static List<String> names(List<String> asked, String name) {
        asked.add(name);
        return List.of(name);
    }
}
