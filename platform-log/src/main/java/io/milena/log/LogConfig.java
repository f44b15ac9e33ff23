package io.milena.log;

import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one log, named and defaulted as Kafka's topic configuration. Immutable; a log asks its supplier for the
 * current one whenever it needs it, so that a change of configuration takes effect at once.
 *
 * @param segmentBytes segment.bytes
 * @param segmentMs segment.ms
 * @param segmentJitterMs segment.jitter.ms
 * @param segmentIndexBytes segment.index.bytes: bounds the entries of both indexes; no file is preallocated
 * @param indexIntervalBytes index.interval.bytes
 * @param preallocate preallocate (accepted, without effect)
 * @param flushMessages flush.messages
 * @param flushMs flush.ms
 * @param retentionMs retention.ms, -1 = unlimited
 * @param retentionBytes retention.bytes, -1 = unlimited
 * @param fileDeleteDelayMs file.delete.delay.ms
 * @param maxMessageBytes max.message.bytes: largest batch, bytes
 * @param compact cleanup.policy contains compact
 * @param delete cleanup.policy contains delete
 * @param timestampType message.timestamp.type
 * @param timestampBeforeMaxMs message.timestamp.before.max.ms
 * @param timestampAfterMaxMs message.timestamp.after.max.ms
 * @param compression codec and level of compression.type, or null for {@code producer} (batches stay as they came)
 * @param producerIdExpirationMs producer.id.expiration.ms
 * @param deleteRetentionMs delete.retention.ms: how long a compacted log keeps tombstones, at least
 * @param minCleanableRatio min.cleanable.dirty.ratio: part of a log that was never cleaned, for it to be cleaned
 * @param minCompactionLagMs min.compaction.lag.ms: younger records are not compacted
 * @param maxCompactionLagMs max.compaction.lag.ms: older records are, whatever the ratio
 */
public record LogConfig(
        int segmentBytes,
        long segmentMs,
        long segmentJitterMs,
        int segmentIndexBytes,
        int indexIntervalBytes,
        boolean preallocate,
        long flushMessages,
        long flushMs,
        long retentionMs,
        long retentionBytes,
        long fileDeleteDelayMs,
        int maxMessageBytes,
        boolean compact,
        boolean delete,
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        @Nullable Compression compression,
        long producerIdExpirationMs,
        long deleteRetentionMs,
        double minCleanableRatio,
        long minCompactionLagMs,
        long maxCompactionLagMs) {

    private static final LogConfig DEFAULTS = of(Map.of(), 86_400_000L);

    /** Kafka 4.3's defaults. */
    public static LogConfig defaults() {
        return DEFAULTS;
    }

    /**
     * From a topic's effective configuration.
     *
     * @param topic topic-level names to values; absent means the default; values were validated before
     * @param producerIdExpirationMs the broker's producer.id.expiration.ms
     * @throws IllegalArgumentException if a value cannot be parsed
     */
    public static LogConfig of(Map<String, String> topic, long producerIdExpirationMs) {
        return LogConfigParser.parse(topic, producerIdExpirationMs);
    }

    /** A copy with single settings replaced, by topic-level names ({@link TopicConfig}). */
    public LogConfig with(String name, String value) {
        return LogConfigParser.with(this, name, value);
    }
}
