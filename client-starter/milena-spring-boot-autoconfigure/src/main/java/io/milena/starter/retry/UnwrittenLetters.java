package io.milena.starter.retry;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Topics whose dead letters cannot be written at this moment. An attempt may take seconds until it fails: so of many letters for the same topic only
 * one is tried at a time and the others wait with it, each time for longer, while other keys are retried as ever. Thread-safe.
 */
public final class UnwrittenLetters {

    private static final Duration REMINDER = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Duration firstPause;
    private final Clock clock;
    private final Map<String, State> states = new ConcurrentHashMap<>();

    /** @param firstPause between two attempts at the same topic; it doubles, to a minute at most unless it is longer */
    public UnwrittenLetters(Duration firstPause, Clock clock) {
        this.firstPause = firstPause;
        this.clock = clock;
    }

    /**
     * What is wrong.
     *
     * @param topic of the events, not of the letters
     * @param since when it was noticed here
     */
    public record Trouble(String topic, String reason, Instant since) {}

    private record State(String reason, Instant since, Instant notBefore, Duration pause, Instant remindAt) {}

    /** False while another attempt has just failed or is under way; true takes the attempt. */
    boolean mayTry(String topic) {
        Instant now = clock.instant();
        boolean[] may = {true};
        states.computeIfPresent(topic, (name, state) -> {
            may[0] = !now.isBefore(state.notBefore());
            return may[0]
                    ? new State(state.reason(), state.since(), now.plus(state.pause()), state.pause(), state.remindAt())
                    : state;
        });
        return may[0];
    }

    /** True if somebody should be told: the first time, and once a minute. */
    boolean failed(String topic, String reason) {
        Instant now = clock.instant();
        boolean[] tell = {false};
        states.compute(topic, (name, before) -> {
            tell[0] = before == null || !now.isBefore(before.remindAt());
            Duration pause = before == null ? firstPause : longer(before.pause());
            return new State(
                    reason,
                    before == null ? now : before.since(),
                    now.plus(pause),
                    pause,
                    before == null || tell[0] ? now.plus(REMINDER) : before.remindAt());
        });
        return tell[0];
    }

    private Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        Duration longest = firstPause.compareTo(LONGEST_PAUSE) > 0 ? firstPause : LONGEST_PAUSE;
        return doubled.compareTo(longest) > 0 ? longest : doubled;
    }

    void written(String topic) {
        states.remove(topic);
    }

    /** As this instance sees it, the longest first: another one may have written them meanwhile. */
    public List<Trouble> troubles() {
        return states.entrySet().stream()
                .map(entry -> new Trouble(
                        entry.getKey(),
                        entry.getValue().reason(),
                        entry.getValue().since()))
                .sorted(Comparator.comparing(Trouble::since))
                .toList();
    }
}
