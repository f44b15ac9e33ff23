package io.milena.log;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.PrimitiveRef;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/**
 * What the check of a produced batch costs, beside Apache Kafka's, by hand: {@code java -cp … io.milena.log.ValidationBenchmark}.
 * Both include the CRC. Nanoseconds of CPU and allocated bytes per batch; the last rounds count.
 */
public final class ValidationBenchmark {
    private static final int RECORDS = 145;
    private static final int ROUND = 20_000;
    private static final TopicPartition PARTITION = new TopicPartition("bench", 0);
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();

    private ValidationBenchmark() {}

    public static void main(String[] arguments) {
        Map<String, Compression> codecs = Map.of(
                "none", Compression.NONE,
                "gzip", Compression.gzip().build(),
                "snappy", Compression.snappy().build(),
                "lz4", Compression.lz4().build(),
                "zstd", Compression.zstd().build());
        for (int round = 0; round < 4; round++) {
            codecs.forEach((name, codec) -> {
                ByteBuffer batch = batch(codec);
                measure(name, () -> ours(batch));
                measure(name + " (Apache Kafka)", () -> kafkas(batch, codec.type()));
            });
        }
    }

    private static void ours(ByteBuffer batch) {
        LeaderBatches.prepare(
                batch.duplicate(), LogConfig.defaults(), AppendOrigin.CLIENT, System.currentTimeMillis(), PARTITION);
    }

    private static final BufferSupplier BUFFERS = BufferSupplier.create();
    private static final LogValidator.MetricsRecorder METRICS =
            UnifiedLog.newValidatorMetricsRecorder(new BrokerTopicStats().allTopicsStats());

    private static void kafkas(ByteBuffer batch, CompressionType codec) {
        MemoryRecords records = MemoryRecords.readableRecords(batch.duplicate());
        records.batches().iterator().next().ensureValid();
        new LogValidator(
                        records,
                        PARTITION,
                        Time.SYSTEM,
                        codec,
                        Compression.of(codec).build(),
                        false,
                        (byte) 2,
                        TimestampType.CREATE_TIME,
                        Long.MAX_VALUE,
                        3_600_000,
                        0,
                        org.apache.kafka.storage.internals.log.AppendOrigin.CLIENT)
                .validateMessagesAndAssignOffsets(PrimitiveRef.ofLong(0), METRICS, BUFFERS);
    }

    private static void measure(String what, Runnable operation) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < ROUND; i++) {
            operation.run();
        }
        System.out.printf(
                "%-24s %7d ns %6d B%n",
                what,
                (THREADS.getCurrentThreadCpuTime() - start) / ROUND,
                (THREADS.getCurrentThreadAllocatedBytes() - before) / ROUND);
    }

    /** Records of 100 bytes that look like text. */
    private static ByteBuffer batch(Compression codec) {
        Random random = new Random(7);
        SimpleRecord[] all = new SimpleRecord[RECORDS];
        for (int i = 0; i < RECORDS; i++) {
            byte[] value = new byte[100];
            for (int at = 0; at < value.length; at++) {
                value[at] = (byte) (at % 3 == 0 ? 'a' + random.nextInt(16) : 'x');
            }
            all[i] = new SimpleRecord(System.currentTimeMillis(), null, value);
        }
        ByteBuffer heap = MemoryRecords.withRecords(codec, all).buffer();
        ByteBuffer direct = ByteBuffer.allocateDirect(heap.remaining());
        return direct.put(heap).flip();
    }
}
