package io.milena.broker.partition;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Counters per topic and for the broker, since start. Written by event loops without locks, read by whoever reports them.
 * Kafka's names for the same: BytesInPerSec, BytesOutPerSec, MessagesInPerSec, TotalProduceRequestsPerSec,
 * TotalFetchRequestsPerSec, FailedProduceRequestsPerSec, FailedFetchRequestsPerSec.
 */
public final class TopicMeters {
    private final Map<String, TopicMeter> byTopic = new ConcurrentHashMap<>();

    /** The meter of {@code topic}, made when first asked for. */
    public TopicMeter of(String topic) {
        TopicMeter meter = byTopic.get(topic);
        return meter != null ? meter : byTopic.computeIfAbsent(topic, name -> new TopicMeter());
    }

    /** Visits the topics that have a meter, in no order. */
    public void forEach(BiConsumer<String, TopicMeter> visitor) {
        byTopic.forEach(visitor);
    }

    /** Forgets a deleted topic. */
    void remove(String topic) {
        byTopic.remove(topic);
    }
}
