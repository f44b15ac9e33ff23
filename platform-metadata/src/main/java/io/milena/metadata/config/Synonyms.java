package io.milena.metadata.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keys that stand for one another, strongest first, with the factor that brings a value to the unit of the first. */
final class Synonyms {
    private static final long MINUTE_MS = 60_000L;
    private static final long HOUR_MS = 3_600_000L;

    /** A node's key and what its value must be multiplied with. */
    record Synonym(String name, long factor) {}

    private static final Map<String, List<Synonym>> OF_NODE = Map.of(
            "log.retention.ms",
            List.of(
                    new Synonym("log.retention.ms", 1),
                    new Synonym("log.retention.minutes", MINUTE_MS),
                    new Synonym("log.retention.hours", HOUR_MS)),
            "log.roll.ms",
            List.of(new Synonym("log.roll.ms", 1), new Synonym("log.roll.hours", HOUR_MS)),
            "log.roll.jitter.ms",
            List.of(new Synonym("log.roll.jitter.ms", 1), new Synonym("log.roll.jitter.hours", HOUR_MS)),
            "log.flush.interval.ms",
            List.of(new Synonym("log.flush.interval.ms", 1), new Synonym("log.flush.scheduler.interval.ms", 1)),
            "log.dirs",
            List.of(new Synonym("log.dirs", 1), new Synonym("log.dir", 1)),
            "node.id",
            List.of(new Synonym("node.id", 1), new Synonym("broker.id", 1)));

    private static final Map<String, String> TOPIC_TO_NODE = topicToNode();

    private Synonyms() {}

    /** The names a node's key may be given under, itself first. */
    static List<Synonym> ofNode(String name) {
        List<Synonym> synonyms = OF_NODE.get(name);
        return synonyms == null ? List.of(new Synonym(name, 1)) : synonyms;
    }

    /** The node's key that gives a topic's key its default, null if there is none. */
    static @Nullable String nodeKeyOfTopic(String topicKey) {
        return TOPIC_TO_NODE.get(topicKey);
    }

    /** The node's key that gives a group's key its default, null if there is none. */
    static @Nullable String nodeKeyOfGroup(String groupKey) {
        String name = "group." + groupKey;
        return ConfigDefinitions.orNull(ConfigScope.NODE, name) == null ? null : name;
    }

    /** The strongest name of a node's key given under a weaker one: log.retention.ms for log.retention.hours. */
    static String strongest(String name) {
        for (Map.Entry<String, List<Synonym>> entry : OF_NODE.entrySet()) {
            for (Synonym synonym : entry.getValue()) {
                if (synonym.name().equals(name)) {
                    return entry.getKey();
                }
            }
        }
        return name;
    }

    private static Map<String, String> topicToNode() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("segment.ms", "log.roll.ms");
        map.put("segment.jitter.ms", "log.roll.jitter.ms");
        map.put("segment.index.bytes", "log.index.size.max.bytes");
        map.put("flush.messages", "log.flush.interval.messages");
        map.put("flush.ms", "log.flush.interval.ms");
        map.put("max.message.bytes", "message.max.bytes");
        map.put("delete.retention.ms", "log.cleaner.delete.retention.ms");
        map.put("min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms");
        map.put("max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms");
        map.put("file.delete.delay.ms", "log.segment.delete.delay.ms");
        map.put("min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio");
        for (String same : List.of(
                "unclean.leader.election.enable",
                "min.insync.replicas",
                "compression.type",
                "compression.gzip.level",
                "compression.lz4.level",
                "compression.zstd.level")) {
            map.put(same, same);
        }
        for (String prefixed : List.of(
                "segment.bytes",
                "retention.bytes",
                "retention.ms",
                "index.interval.bytes",
                "cleanup.policy",
                "preallocate",
                "message.timestamp.type",
                "message.timestamp.before.max.ms",
                "message.timestamp.after.max.ms",
                "local.retention.ms",
                "local.retention.bytes")) {
            map.put(prefixed, "log." + prefixed);
        }
        return Map.copyOf(map);
    }
}
