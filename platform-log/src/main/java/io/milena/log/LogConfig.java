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
 * @param segments when a segment is full, and what its indexes hold
 * @param flush when records are synced
 * @param retention which segments are deleted
 * @param compaction which records are
 * @param messages what a producer may append
 * @param producerIdExpirationMs producer.id.expiration.ms
 */
public record LogConfig(
        SegmentSettings segments,
        FlushSettings flush,
        RetentionSettings retention,
        CompactionSettings compaction,
        MessageSettings messages,
        long producerIdExpirationMs) {

    /**
     * When a segment is full, and what its indexes hold.
     *
     * @param bytes segment.bytes
     * @param ms segment.ms
     * @param jitterMs segment.jitter.ms
     * @param indexBytes segment.index.bytes: bounds the entries of both indexes; no file is preallocated
     * @param indexIntervalBytes index.interval.bytes
     * @param preallocate preallocate (accepted, without effect)
     */
    public record SegmentSettings(
            int bytes, long ms, long jitterMs, int indexBytes, int indexIntervalBytes, boolean preallocate) {}

    /**
     * When records are synced.
     *
     * @param messages flush.messages
     * @param ms flush.ms
     */
    public record FlushSettings(long messages, long ms) {}

    /**
     * Which segments are deleted, and when their files.
     *
     * @param enabled cleanup.policy contains delete
     * @param ms retention.ms, -1 = unlimited
     * @param bytes retention.bytes, -1 = unlimited
     * @param fileDeleteDelayMs file.delete.delay.ms
     */
    public record RetentionSettings(boolean enabled, long ms, long bytes, long fileDeleteDelayMs) {}

    /**
     * Which records are superseded by newer ones of their key.
     *
     * @param enabled cleanup.policy contains compact
     * @param deleteRetentionMs delete.retention.ms: how long a compacted log keeps tombstones, at least
     * @param minCleanableRatio min.cleanable.dirty.ratio: part of a log that was never cleaned, for it to be cleaned
     * @param minLagMs min.compaction.lag.ms: younger records are not compacted
     * @param maxLagMs max.compaction.lag.ms: older records are, whatever the ratio
     */
    public record CompactionSettings(
            boolean enabled, long deleteRetentionMs, double minCleanableRatio, long minLagMs, long maxLagMs) {}

    /**
     * What a producer may append, and what becomes of it.
     *
     * @param maxBytes max.message.bytes: largest batch, bytes
     * @param timestampType message.timestamp.type
     * @param timestampBeforeMaxMs message.timestamp.before.max.ms
     * @param timestampAfterMaxMs message.timestamp.after.max.ms
     * @param compression codec and level of compression.type, or null for {@code producer} (batches stay as they came)
     */
    public record MessageSettings(
            int maxBytes,
            TimestampType timestampType,
            long timestampBeforeMaxMs,
            long timestampAfterMaxMs,
            @Nullable Compression compression) {}

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
