package io.milena.broker.partition;

import java.util.Map;

/** Where a topic's effective configuration comes from: broker defaults overlaid by what the metadata image holds. */
@FunctionalInterface
public interface TopicConfigSource {
    /** Effective values by topic-level name; keys that are absent have Kafka's default. Any thread. */
    Map<String, String> effective(String topic);
}
