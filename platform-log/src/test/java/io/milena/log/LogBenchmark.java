package io.milena.log;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * What an append of a 16 KB batch and a read cost, by hand: {@code java -cp … io.milena.log.LogBenchmark [directory]}.
 * Prints nanoseconds and allocated bytes per operation for several rounds; the last rounds count.
 */
public final class LogBenchmark {
    private static final int RECORDS = 145;
    private static final int ROUND = 20_000;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();

    private LogBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path root = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("log-benchmark");
        LogConfig config = LogConfig.defaults();
        PartitionLog log = PartitionLog.open(
                root.resolve("bench-0"),
                new TopicPartition("bench", 0),
                Uuid.randomUuid(),
                () -> config,
                LogEnvironment.standalone(),
                LogStart.CLEAN);
        ByteBuffer batch = batch();
        MemoryRecords records = MemoryRecords.readableRecords(batch);
        System.out.println("batch of " + batch.remaining() + " bytes, " + RECORDS + " records");
        int sequence = 0;
        for (int round = 0; round < 8; round++) {
            sequence = appends(log, batch, records, sequence);
            reads("tail read", log, false);
            reads("cold read", log, true);
            validations(batch, config, log);
            log.updateHighWatermark(log.logEndOffset());
            log.truncateTo(0);
        }
        log.close();
        HostedDirectory.deleteQuietly(root);
    }

    private static ByteBuffer batch() {
        SimpleRecord[] all = new SimpleRecord[RECORDS];
        byte[] value = new byte[100];
        long now = System.currentTimeMillis();
        for (int i = 0; i < RECORDS; i++) {
            ThreadLocalRandom.current().nextBytes(value);
            all[i] = new SimpleRecord(now, null, value.clone());
        }
        ByteBuffer heap = MemoryRecords.withIdempotentRecords(Compression.NONE, 1, (short) 0, 0, all)
                .buffer();
        ByteBuffer direct = ByteBuffer.allocateDirect(heap.remaining());
        direct.put(heap).flip();
        return direct;
    }

    private static int appends(PartitionLog log, ByteBuffer batch, MemoryRecords records, int firstSequence) {
        int sequence = 0;
        batch.putInt(53, sequence);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long spent = 0;
        for (int i = 0; i < ROUND; i++) {
            // As a client would send it: base offset 0, the next sequence, a CRC that fits. Not measured.
            batch.putLong(0, 0).putInt(53, sequence);
            batch.putInt(17, (int) BatchHeader.computeCrc(batch, 0, batch.remaining()));
            sequence += RECORDS;
            long start = System.nanoTime();
            log.appendAsLeader(records, 0, AppendOrigin.CLIENT);
            spent += System.nanoTime() - start;
        }
        print("append", spent, THREADS.getCurrentThreadAllocatedBytes() - before, ROUND);
        return sequence;
    }

    private static void reads(String what, PartitionLog log, boolean random) {
        long end = log.logEndOffset();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        for (int i = 0; i < ROUND; i++) {
            long offset = random ? ThreadLocalRandom.current().nextLong(end) : end - RECORDS * (1 + i % 10);
            log.read(offset, 1 << 20, end, true).records().release();
        }
        print(what, System.nanoTime() - start, THREADS.getCurrentThreadAllocatedBytes() - before, ROUND);
    }

    private static void validations(ByteBuffer batch, LogConfig config, PartitionLog log) {
        batch.putLong(0, 0);
        long now = System.currentTimeMillis();
        long start = System.nanoTime();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUND; i++) {
            LeaderBatches.prepare(batch.duplicate(), config, AppendOrigin.CLIENT, now, log.partition());
        }
        print(
                "  of it validation",
                System.nanoTime() - start,
                THREADS.getCurrentThreadAllocatedBytes() - before,
                ROUND);
        start = System.nanoTime();
        for (int i = 0; i < ROUND; i++) {
            BatchHeader.crcMatches(batch, 0, batch.remaining());
        }
        print("    of it CRC", System.nanoTime() - start, 0, ROUND);
    }

    private static void print(String what, long nanos, long bytes, int operations) {
        System.out.printf("%-20s %6d ns %5d B%n", what, nanos / operations, bytes / operations);
    }
}
