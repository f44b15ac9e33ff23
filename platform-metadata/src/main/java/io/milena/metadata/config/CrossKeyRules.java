package io.milena.metadata.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;

/**
 * What Kafka asks of a node's values beyond the type of each: of several together. The same for what stands in a file and for
 * what is set dynamically; the texts are Kafka's.
 */
final class CrossKeyRules {
    private static final long CLEANER_BYTES_PER_THREAD = 1024 * 1024;
    private static final String OVERRIDES = "max.connections.per.ip.overrides";

    private CrossKeyRules() {}

    /**
     * A rule that does not hold: the key it is about, and Kafka's words.
     *
     * @param requirement whether clients see them with the words in front that Scala puts there
     */
    record Violation(String key, String text, boolean requirement) {
        String asClientsSeeIt() {
            return requirement ? "requirement failed: " + text : text;
        }
    }

    /** Empty if all hold. */
    static List<Violation> check(NodeValues values) {
        return List.of(logTimes(values), cleaner(values), fetches(values), requests(values), connections(values))
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    private static List<Violation> logTimes(NodeValues values) {
        if (values.number("log.roll.ms") < 1) {
            return required("log.roll.ms", "log.roll.ms must be greater than or equal to 1");
        }
        if (values.number("log.roll.jitter.ms") < 0) {
            return required("log.roll.jitter.ms", "log.roll.jitter.ms must be greater than or equal to 0");
        }
        // What is negative means -1.
        return values.number("log.retention.ms") == 0
                ? required("log.retention.ms", "log.retention.ms must be unlimited (-1) or, greater than or equal to 1")
                : List.of();
    }

    private static List<Violation> cleaner(NodeValues values) {
        long threads = values.number("log.cleaner.threads");
        if (threads < 1) {
            return one("log.cleaner.threads", "Log cleaner threads should be at least 1");
        }
        return values.number("log.cleaner.dedupe.buffer.size") / threads <= CLEANER_BYTES_PER_THREAD
                ? required(
                        "log.cleaner.dedupe.buffer.size",
                        "log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.")
                : List.of();
    }

    private static List<Violation> fetches(NodeValues values) {
        long wait = values.number("replica.fetch.wait.max.ms");
        return wait > values.number("replica.socket.timeout.ms")
                ? required(
                        "replica.fetch.wait.max.ms",
                        "replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent"
                                + " unnecessary socket timeouts")
                : List.of();
    }

    private static List<Violation> requests(NodeValues values) {
        long queued = values.number("queued.max.request.bytes");
        return queued > 0 && queued < values.number("socket.request.max.bytes")
                ? required(
                        "queued.max.request.bytes",
                        "queued.max.request.bytes must be larger or equal to socket.request.max.bytes")
                : List.of();
    }

    private static List<Violation> connections(NodeValues values) {
        Set<String> hosts = new HashSet<>();
        try {
            for (String entry : values.text(OVERRIDES).orElse("").split("\\s*,\\s*")) {
                if (!entry.isBlank()) {
                    int colon = entry.lastIndexOf(':');
                    Integer.parseInt(entry.substring(colon + 1).trim());
                    hosts.add(entry.substring(0, colon).trim());
                }
            }
        } catch (IndexOutOfBoundsException | NumberFormatException malformed) {
            return one(
                    OVERRIDES, "Error parsing configuration property '" + OVERRIDES + "': " + malformed.getMessage());
        }
        if (values.number("max.connections.per.ip") == 0 && hosts.isEmpty()) {
            return required(
                    "max.connections.per.ip",
                    "max.connections.per.ip can be set to zero only if " + OVERRIDES + " property is set.");
        }
        hosts.removeIf(Utils::validHostPattern);
        return hosts.isEmpty()
                ? List.of()
                : one(OVERRIDES, OVERRIDES + " contains invalid addresses : " + String.join(",", hosts));
    }

    static List<Violation> one(String key, String text) {
        return List.of(new Violation(key, text, false));
    }

    private static List<Violation> required(String key, String text) {
        return List.of(new Violation(key, text, true));
    }
}
