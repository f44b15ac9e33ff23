package io.milena.log;

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
        long maxLag = in.longOf(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, Long.MAX_VALUE);
        long segmentMs = in.longOf(TopicConfig.SEGMENT_MS_CONFIG, 7 * 86_400_000L);
        return new LogConfig(
                in.intOf(INTERNAL_SEGMENT_BYTES, in.intOf(TopicConfig.SEGMENT_BYTES_CONFIG, 1 << 30)),
                // A compacted log rolls in time for max.compaction.lag.ms: the active segment is never cleaned.
                policy.contains("compact") ? Math.min(segmentMs, maxLag) : segmentMs,
                in.longOf(TopicConfig.SEGMENT_JITTER_MS_CONFIG, 0),
                in.intOf(TopicConfig.SEGMENT_INDEX_BYTES_CONFIG, 10 << 20),
                in.intOf(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, 4096),
                Boolean.parseBoolean(in.text(TopicConfig.PREALLOCATE_CONFIG, "false")),
                in.longOf(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG, Long.MAX_VALUE),
                in.longOf(TopicConfig.FLUSH_MS_CONFIG, Long.MAX_VALUE),
                in.longOf(TopicConfig.RETENTION_MS_CONFIG, 7 * 86_400_000L),
                in.longOf(TopicConfig.RETENTION_BYTES_CONFIG, -1),
                in.longOf(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, 60_000),
                in.intOf(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, 1024 * 1024 + 12),
                policy.contains("compact"),
                policy.contains("delete"),
                TimestampType.forName(in.text(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime")),
                in.longOf(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, Long.MAX_VALUE),
                in.longOf(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, 3_600_000),
                in.compression(),
                producerIdExpirationMs,
                in.longOf(TopicConfig.DELETE_RETENTION_MS_CONFIG, 86_400_000L),
                in.doubleOf(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, 0.5),
                in.longOf(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, 0),
                maxLag);
    }

    static LogConfig with(LogConfig base, String name, String value) {
        Map<String, String> values = new HashMap<>(toMap(base));
        values.put(name, value);
        return parse(values, base.producerIdExpirationMs());
    }

    private static Map<String, String> toMap(LogConfig c) {
        Map<String, String> out = new HashMap<>();
        out.put(TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(c.segmentBytes()));
        out.put(TopicConfig.SEGMENT_MS_CONFIG, String.valueOf(c.segmentMs()));
        out.put(TopicConfig.SEGMENT_JITTER_MS_CONFIG, String.valueOf(c.segmentJitterMs()));
        out.put(TopicConfig.SEGMENT_INDEX_BYTES_CONFIG, String.valueOf(c.segmentIndexBytes()));
        out.put(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, String.valueOf(c.indexIntervalBytes()));
        out.put(TopicConfig.PREALLOCATE_CONFIG, String.valueOf(c.preallocate()));
        out.put(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG, String.valueOf(c.flushMessages()));
        out.put(TopicConfig.FLUSH_MS_CONFIG, String.valueOf(c.flushMs()));
        out.put(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(c.retentionMs()));
        out.put(TopicConfig.RETENTION_BYTES_CONFIG, String.valueOf(c.retentionBytes()));
        out.put(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, String.valueOf(c.fileDeleteDelayMs()));
        out.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(c.maxMessageBytes()));
        out.put(TopicConfig.CLEANUP_POLICY_CONFIG, policyOf(c));
        out.put(TopicConfig.DELETE_RETENTION_MS_CONFIG, String.valueOf(c.deleteRetentionMs()));
        out.put(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, String.valueOf(c.minCleanableRatio()));
        out.put(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, String.valueOf(c.minCompactionLagMs()));
        out.put(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, String.valueOf(c.maxCompactionLagMs()));
        out.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, c.timestampType().name);
        out.put(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, String.valueOf(c.timestampBeforeMaxMs()));
        out.put(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, String.valueOf(c.timestampAfterMaxMs()));
        Compression compression = c.compression();
        out.put(TopicConfig.COMPRESSION_TYPE_CONFIG, compression == null ? "producer" : nameOf(compression));
        return out;
    }

    private static String policyOf(LogConfig c) {
        if (c.compact()) {
            return c.delete() ? "compact,delete" : "compact";
        }
        return c.delete() ? "delete" : "";
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
