package io.milena.coordinator.group.consumer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics that members' regular expressions match (KIP-848), for all groups of a node. The language is RE2's, as Kafka's: an
 * expression is matched in time that grows with its size and the name's length, never faster, so no member can write one that does not end.
 *
 * <p>Linear is not free: an expression repeated a thousand times over names of a hundred thousand topics takes minutes. What is
 * expected to take long is therefore matched on {@code background}; until it is done the topics known before count, and {@link
 * #resolutions()} tells by its change that there is something new. All methods may be called from any thread.
 */
public final class TopicPatterns {

    private static final Logger LOG = LoggerFactory.getLogger(TopicPatterns.class);

    /** Repetitions are expanded, so a short text may stand for a large program; memory and time per name grow with it. */
    static final int LARGEST_PROGRAM = 10_000;
    /** Parentheses within parentheses: they are parsed recursively. */
    static final int DEEPEST_NESTING = 250;

    private static final int LONGEST_TEXT = 100_000;
    /** Instructions times characters, some tenth of a second. */
    private static final long MOST_STEPS_AT_ONCE = 5_000_000;

    private static final int MOST_REMEMBERED = 1_000;
    private static final int MOST_WAITING = 1_000;

    /** @param topics names that matched; {@code version} is that of the topics they were matched against */
    private record Match(Object version, Set<String> topics) {}

    private final Executor background;
    private final Map<String, Match> matches = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Object> running = new LinkedHashMap<>();
    private long resolutions;

    /** @param background runs what takes long, one after the other at best */
    public TopicPatterns(Executor background) {
        this.background = background;
    }

    /** With a thread for what takes long; it ends when there is nothing to do. Beyond {@value #MOST_WAITING} resolutions wait for later. */
    public static TopicPatterns withThread() {
        return new TopicPatterns(
                new ThreadPoolExecutor(0, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, "milena-topic-patterns");
                    thread.setDaemon(true);
                    return thread;
                }));
    }

    /** @throws InvalidRegularExpression if RE2 does not know it, or it is too large to be matched */
    static void check(String regex) {
        compile(regex);
    }

    private static Pattern compile(String regex) {
        try {
            if (regex.length() > LONGEST_TEXT || PatternSize.of(regex, DEEPEST_NESTING) > LARGEST_PROGRAM) {
                throw invalid(regex, "expression is too large");
            }
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw invalid(regex, e.getDescription());
        }
    }

    private static InvalidRegularExpression invalid(String regex, String reason) {
        String shown = regex.length() <= 1_000 ? regex : regex.substring(0, 1_000) + "...";
        return new InvalidRegularExpression(
                "SubscribedTopicRegex `" + shown + "` is not a valid regular expression: " + reason + ".");
    }

    /**
     * The topics that match.
     *
     * @param version of the topics, equal (by identity) for as long as their names are the same
     * @param allNames of all topics, asked for when something is to be matched
     * @return those of an earlier version, or none, while a long resolution is under way
     */
    public Set<String> matching(String regex, Object version, Supplier<? extends Collection<String>> allNames) {
        Set<String> before;
        synchronized (this) {
            Match match = matches.get(regex);
            if (match != null && match.version() == version) {
                return match.topics();
            }
            before = match == null ? Set.of() : match.topics();
            if (running.get(regex) == version) {
                return before;
            }
        }
        Pattern pattern;
        try {
            pattern = compile(regex);
        } catch (InvalidRegularExpression e) {
            // refused when it comes; one that an earlier release or Kafka's own broker took is stored with its group
            LOG.warn("A group subscribes to no topic by this expression: {}", e.getMessage());
            return remember(regex, version, Set.of());
        }
        Collection<String> names = allNames.get();
        long characters = names.stream().mapToLong(String::length).sum();
        if (pattern.programSize() * characters <= MOST_STEPS_AT_ONCE) {
            return remember(regex, version, match(pattern, names));
        }
        resolveInBackground(regex, pattern, version, names);
        return before;
    }

    private void resolveInBackground(String regex, Pattern pattern, Object version, Collection<String> names) {
        synchronized (this) {
            running.put(regex, version);
        }
        try {
            background.execute(() -> {
                @Nullable Set<String> topics = null;
                try {
                    topics = match(pattern, names);
                } finally {
                    resolved(regex, version, topics);
                }
            });
        } catch (RejectedExecutionException e) {
            resolved(regex, version, null); // asked again with the next heartbeat
        }
    }

    private synchronized void resolved(String regex, Object version, @Nullable Set<String> topics) {
        running.remove(regex, version);
        if (topics != null) {
            remember(regex, version, topics);
            resolutions++;
        }
    }

    private static Set<String> match(Pattern pattern, Collection<String> names) {
        Set<String> topics = new HashSet<>();
        for (String name : names) {
            if (pattern.matcher(name).matches()) {
                topics.add(name);
            }
        }
        return topics;
    }

    private synchronized Set<String> remember(String regex, Object version, Set<String> topics) {
        matches.put(regex, new Match(version, topics));
        if (matches.size() > MOST_REMEMBERED) {
            matches.remove(matches.keySet().iterator().next());
        }
        return topics;
    }

    /** How many resolutions have ended in the background: whoever got the topics known before asks again when it rises. */
    public synchronized long resolutions() {
        return resolutions;
    }
}
