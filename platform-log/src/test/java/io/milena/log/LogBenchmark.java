package io.milena.log;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * What an append of a 16 KB batch and a read cost, by hand: {@code java -cp … io.milena.log.LogBenchmark [directory]}.
 * Prints nanoseconds of CPU and allocated bytes per operation for several rounds; the last rounds count.
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
            writes(root, batch);
            sequence = appends(log, batch, records, sequence);
            reads("tail read", log, false);
            reads("cold read", log, true);
            validations(batch, config, log);
            log.updateHighWatermark(log.logEndOffset());
            log.truncateTo(0);
            sequence = 0;
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
        long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < ROUND; i++) {
            send(batch, i * RECORDS);
        }
        long preparing = THREADS.getCurrentThreadCpuTime() - start;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < ROUND; i++) {
            send(batch, firstSequence + i * RECORDS);
            log.appendAsLeader(records, 0, AppendOrigin.CLIENT);
        }
        long spent = THREADS.getCurrentThreadCpuTime() - start - preparing;
        print("append", spent, THREADS.getCurrentThreadAllocatedBytes() - before, ROUND);
        return firstSequence + ROUND * RECORDS;
    }

    /** As a client would send it: base offset 0, the next sequence, a CRC that fits. Not part of what is measured. */
    private static void send(ByteBuffer batch, int sequence) {
        batch.putLong(0, 0).putInt(53, sequence);
        batch.putInt(17, (int) BatchHeader.computeCrc(batch, 0, batch.remaining()));
    }

    /** The least an append can cost: the system call that copies the bytes into the page cache. */
    private static void writes(Path root, ByteBuffer batch) throws Exception {
        try (FileChannel file = FileChannel.open(
                root.resolve("raw"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            long position = 0;
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < ROUND; i++) {
                position += file.write(batch.duplicate(), position);
            }
            print("bare write", THREADS.getCurrentThreadCpuTime() - start, 0, ROUND);
        }
    }

    private static void reads(String what, PartitionLog log, boolean random) {
        long end = log.logEndOffset();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < ROUND; i++) {
            long offset = random ? ThreadLocalRandom.current().nextLong(end) : end - RECORDS * (1 + i % 10);
            log.read(offset, 1 << 20, end, true).records().release();
        }
        print(
                what,
                THREADS.getCurrentThreadCpuTime() - start,
                THREADS.getCurrentThreadAllocatedBytes() - before,
                ROUND);
    }

    private static void validations(ByteBuffer batch, LogConfig config, PartitionLog log) {
        batch.putLong(0, 0);
        long now = System.currentTimeMillis();
        long start = THREADS.getCurrentThreadCpuTime();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < ROUND; i++) {
            LeaderBatches.prepare(batch.duplicate(), config, AppendOrigin.CLIENT, now, log.partition());
        }
        print(
                "  of it validation",
                THREADS.getCurrentThreadCpuTime() - start,
                THREADS.getCurrentThreadAllocatedBytes() - before,
                ROUND);
        start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < ROUND; i++) {
            BatchHeader.crcMatches(batch, 0, batch.remaining());
        }
        print("    of it CRC", THREADS.getCurrentThreadCpuTime() - start, 0, ROUND);
    }

    private static void print(String what, long nanos, long bytes, int operations) {
        System.out.printf("%-20s %6d ns %5d B%n", what, nanos / operations, bytes / operations);
    }
}
