package io.milena.broker.partition;

import io.milena.log.LogConfig;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * What the data plane needs of the topics' configuration, worked out when first needed and again after a change. Topics
 * with equal configuration share one {@link LogConfig}. Any thread.
 */
public final class TopicSettings {
    private static final int DEFAULT_MIN_IN_SYNC_REPLICAS = 1;
    private static final String THROTTLED_LEADERS = "leader.replication.throttled.replicas";
    private static final String THROTTLED_FOLLOWERS = "follower.replication.throttled.replicas";

    private final TopicConfigSource source;
    private final long producerIdExpirationMs;
    private final Map<String, OfTopic> topics = new ConcurrentHashMap<>();
    private final Map<Map<String, String>, Values> shared = new ConcurrentHashMap<>();

    public TopicSettings(TopicConfigSource source, long producerIdExpirationMs) {
        this.source = source;
        this.producerIdExpirationMs = producerIdExpirationMs;
    }

    /** The settings of a topic, which follow its configuration from now on. */
    OfTopic of(String topic) {
        return topics.computeIfAbsent(topic, OfTopic::new);
    }

    /** For {@link io.milena.log.LogDirectories}, which asks for topics before any partition is hosted. */
    public Supplier<LogConfig> logConfigOf(String topic) {
        return of(topic)::logConfig;
    }

    /** A topic's configuration changed. */
    void changed(String topic) {
        OfTopic settings = topics.get(topic);
        if (settings != null) {
            settings.reset();
        }
    }

    /** A default of the broker or the cluster changed. */
    void changedAll() {
        shared.clear();
        topics.values().forEach(OfTopic::reset);
    }

    void forget(String topic) {
        topics.remove(topic);
    }

    private Values work(String topic) {
        Map<String, String> effective = source.effective(topic);
        Values known = shared.get(effective);
        if (known != null) {
            return known;
        }
        Values values = new Values(
                LogConfig.of(effective, producerIdExpirationMs),
                minInSyncReplicas(effective),
                ThrottledReplicas.parse(effective.get(THROTTLED_LEADERS)),
                ThrottledReplicas.parse(effective.get(THROTTLED_FOLLOWERS)));
        shared.put(Map.copyOf(effective), values);
        return values;
    }

    private static int minInSyncReplicas(Map<String, String> effective) {
        String value = effective.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        return value == null ? DEFAULT_MIN_IN_SYNC_REPLICAS : Integer.parseInt(value.trim());
    }

    private record Values(
            LogConfig logConfig,
            int minInSyncReplicas,
            ThrottledReplicas throttledLeaders,
            ThrottledReplicas throttledFollowers) {}

    /** The settings of one topic. */
    final class OfTopic {
        private final String topic;
        private volatile @Nullable Values values;

        private OfTopic(String topic) {
            this.topic = topic;
        }

        LogConfig logConfig() {
            return values().logConfig();
        }

        /** min.insync.replicas */
        int minInSyncReplicas() {
            return values().minInSyncReplicas();
        }

        /** leader.replication.throttled.replicas */
        ThrottledReplicas throttledLeaders() {
            return values().throttledLeaders();
        }

        /** follower.replication.throttled.replicas */
        ThrottledReplicas throttledFollowers() {
            return values().throttledFollowers();
        }

        private Values values() {
            Values current = values;
            return current != null ? current : workedOut();
        }

        // Locked against reset(), so that values worked out from an older image are not kept after it.
        private synchronized Values workedOut() {
            Values current = values;
            if (current == null) {
                current = work(topic);
                values = current;
            }
            return current;
        }

        private synchronized void reset() {
            values = null;
        }
    }
}
