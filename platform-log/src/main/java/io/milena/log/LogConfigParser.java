package io.milena.log;

import io.milena.log.LogConfig.CompactionSettings;
import io.milena.log.LogConfig.FlushSettings;
import io.milena.log.LogConfig.MessageSettings;
import io.milena.log.LogConfig.RetentionSettings;
import io.milena.log.LogConfig.SegmentSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Topic configuration by name to {@link LogConfig} and back. */
final class LogConfigParser {
    /** Overrides segment.bytes, for tests: it may be smaller than that. */
    private static final String INTERNAL_SEGMENT_BYTES = "internal.segment.bytes";

    private final Map<String, String> values;

    private LogConfigParser(Map<String, String> values) {
        this.values = values;
    }

    static LogConfig parse(Map<String, String> topic, long producerIdExpirationMs) {
        LogConfigParser in = new LogConfigParser(topic);
        List<String> policy = List.of(in.text(TopicConfig.CLEANUP_POLICY_CONFIG, "delete")
                .replace(" ", "")
                .split(","));
        CompactionSettings compaction = in.compaction(policy.contains("compact"));
        return new LogConfig(
                in.segments(compaction),
                in.flush(),
                in.retention(policy.contains("delete")),
                compaction,
                in.messages(),
                producerIdExpirationMs);
    }

    private SegmentSettings segments(CompactionSettings compaction) {
        long ms = longOf(TopicConfig.SEGMENT_MS_CONFIG, 7 * 86_400_000L);
        return new SegmentSettings(
                intOf(INTERNAL_SEGMENT_BYTES, intOf(TopicConfig.SEGMENT_BYTES_CONFIG, 1 << 30)),
                // A compacted log rolls in time for max.compaction.lag.ms: the active segment is never cleaned.
                compaction.enabled() ? Math.min(ms, compaction.maxLagMs()) : ms,
                longOf(TopicConfig.SEGMENT_JITTER_MS_CONFIG, 0),
                intOf(TopicConfig.SEGMENT_INDEX_BYTES_CONFIG, 10 << 20),
                intOf(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, 4096),
                Boolean.parseBoolean(text(TopicConfig.PREALLOCATE_CONFIG, "false")));
    }

    private FlushSettings flush() {
        return new FlushSettings(
                longOf(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG, Long.MAX_VALUE),
                longOf(TopicConfig.FLUSH_MS_CONFIG, Long.MAX_VALUE));
    }

    private RetentionSettings retention(boolean enabled) {
        return new RetentionSettings(
                enabled,
                longOf(TopicConfig.RETENTION_MS_CONFIG, 7 * 86_400_000L),
                longOf(TopicConfig.RETENTION_BYTES_CONFIG, -1),
                longOf(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, 60_000));
    }

    private CompactionSettings compaction(boolean enabled) {
        return new CompactionSettings(
                enabled,
                longOf(TopicConfig.DELETE_RETENTION_MS_CONFIG, 86_400_000L),
                doubleOf(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, 0.5),
                longOf(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, 0),
                longOf(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, Long.MAX_VALUE));
    }

    private MessageSettings messages() {
        return new MessageSettings(
                intOf(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, 1024 * 1024 + 12),
                TimestampType.forName(text(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime")),
                longOf(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, Long.MAX_VALUE),
                longOf(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, 3_600_000),
                compression());
    }

    static LogConfig with(LogConfig base, String name, String value) {
        Map<String, String> values = new HashMap<>(toMap(base));
        values.put(name, value);
        return parse(values, base.producerIdExpirationMs());
    }

    private static Map<String, String> toMap(LogConfig c) {
        Map<String, String> out = new HashMap<>();
        out.put(TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(c.segments().bytes()));
        out.put(TopicConfig.SEGMENT_MS_CONFIG, String.valueOf(c.segments().ms()));
        out.put(
                TopicConfig.SEGMENT_JITTER_MS_CONFIG,
                String.valueOf(c.segments().jitterMs()));
        out.put(
                TopicConfig.SEGMENT_INDEX_BYTES_CONFIG,
                String.valueOf(c.segments().indexBytes()));
        out.put(
                TopicConfig.INDEX_INTERVAL_BYTES_CONFIG,
                String.valueOf(c.segments().indexIntervalBytes()));
        out.put(TopicConfig.PREALLOCATE_CONFIG, String.valueOf(c.segments().preallocate()));
        out.put(
                TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG,
                String.valueOf(c.flush().messages()));
        out.put(TopicConfig.FLUSH_MS_CONFIG, String.valueOf(c.flush().ms()));
        out.put(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(c.retention().ms()));
        out.put(TopicConfig.RETENTION_BYTES_CONFIG, String.valueOf(c.retention().bytes()));
        out.put(
                TopicConfig.FILE_DELETE_DELAY_MS_CONFIG,
                String.valueOf(c.retention().fileDeleteDelayMs()));
        out.put(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(c.messages().maxBytes()));
        out.put(TopicConfig.CLEANUP_POLICY_CONFIG, policyOf(c));
        out.put(
                TopicConfig.DELETE_RETENTION_MS_CONFIG,
                String.valueOf(c.compaction().deleteRetentionMs()));
        out.put(
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                String.valueOf(c.compaction().minCleanableRatio()));
        out.put(
                TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                String.valueOf(c.compaction().minLagMs()));
        out.put(
                TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
                String.valueOf(c.compaction().maxLagMs()));
        out.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, c.messages().timestampType().name);
        out.put(
                TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG,
                String.valueOf(c.messages().timestampBeforeMaxMs()));
        out.put(
                TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG,
                String.valueOf(c.messages().timestampAfterMaxMs()));
        Compression compression = c.messages().compression();
        out.put(TopicConfig.COMPRESSION_TYPE_CONFIG, compression == null ? "producer" : nameOf(compression));
        return out;
    }

    private static String policyOf(LogConfig c) {
        if (c.compaction().enabled()) {
            return c.retention().enabled() ? "compact,delete" : "compact";
        }
        return c.retention().enabled() ? "delete" : "";
    }

    private static String nameOf(Compression compression) {
        return compression.type().name.equals("none") ? "uncompressed" : compression.type().name;
    }

    private @Nullable Compression compression() {
        String type = text(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");
        switch (type) {
            case "producer":
                return null;
            case "uncompressed":
            case "none":
                return Compression.NONE;
            case "gzip":
                return Compression.gzip()
                        .level(intOf(TopicConfig.COMPRESSION_GZIP_LEVEL_CONFIG, -1))
                        .build();
            case "snappy":
                return Compression.snappy().build();
            case "lz4":
                return Compression.lz4()
                        .level(intOf(TopicConfig.COMPRESSION_LZ4_LEVEL_CONFIG, 9))
                        .build();
            case "zstd":
                return Compression.zstd()
                        .level(intOf(TopicConfig.COMPRESSION_ZSTD_LEVEL_CONFIG, 3))
                        .build();
            default:
                throw new IllegalArgumentException(
                        "compression.type " + type + " is not one of producer, uncompressed, gzip, snappy, lz4, zstd");
        }
    }

    private String text(String name, String otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : value.trim();
    }

    private int intOf(String name, int otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Integer.parseInt(value.trim());
    }

    private double doubleOf(String name, double otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Double.parseDouble(value.trim());
    }

    private long longOf(String name, long otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Long.parseLong(value.trim());
    }
}
