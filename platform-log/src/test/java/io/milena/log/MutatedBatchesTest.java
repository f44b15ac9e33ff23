package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Good batches with some bytes changed, and the CRC made to fit: refused, or Kafka's own client can read what is taken. */
class MutatedBatchesTest {
    private static final int MUTANTS = 4000;
    private static final long MOST_ALLOCATED = 6 << 20;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aMutantIsRefusedOrReadableAndTakesLittleMemory(CompressionType codec) {
        Random random = new Random(codec.id * 31L + 7);
        int taken = 0;
        for (int i = 0; i < MUTANTS; i++) {
            // given
            ByteBuffer mutant = mutate(batch(codec, random), random);
            long before = THREADS.getCurrentThreadAllocatedBytes();

            // when
            ByteBuffer accepted;
            try {
                accepted = LeaderBatches.prepare(
                        mutant,
                        LogConfig.defaults(),
                        AppendOrigin.CLIENT,
                        System.currentTimeMillis(),
                        LogFixture.PARTITION);
            } catch (ApiException refused) {
                accepted = ByteBuffer.allocate(0);
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;

            // then
            assertThat(allocated).as("mutant %s", i).isLessThan(MOST_ALLOCATED);
            if (accepted.hasRemaining()) {
                taken++;
                assertThat(read(accepted)).as("mutant %s", i).isEqualTo(walk(accepted));
            }
        }
        assertThat(taken).isPositive().isLessThan(MUTANTS);
    }

    private static ByteBuffer batch(CompressionType codec, Random random) {
        SimpleRecord[] records = new SimpleRecord[1 + random.nextInt(20)];
        for (int i = 0; i < records.length; i++) {
            byte[] value = random.nextInt(5) == 0 ? null : new byte[random.nextInt(200)];
            if (value != null && random.nextBoolean()) {
                random.nextBytes(value);
            }
            Header[] headers = random.nextBoolean()
                    ? new Header[0]
                    : new Header[] {new RecordHeader("trace", random.nextBoolean() ? null : new byte[3])};
            records[i] = new SimpleRecord(
                    System.currentTimeMillis() - random.nextInt(1000),
                    random.nextBoolean() ? null : new byte[random.nextInt(20)],
                    value,
                    headers);
        }
        return Batches.copy(MemoryRecords.withRecords(Compression.of(codec).build(), records))
                .buffer();
    }

    /** Mostly in the payload and in the fields that the CRC covers; sometimes cut short or lengthened. */
    private static ByteBuffer mutate(ByteBuffer batch, Random random) {
        ByteBuffer mutant = batch;
        int change = random.nextInt(-20, 20);
        if (random.nextInt(4) == 0 && batch.limit() + change >= BatchHeader.SIZE) {
            mutant = ByteBuffer.allocate(batch.limit() + change);
            mutant.put(0, batch, 0, Math.min(batch.limit(), mutant.limit()));
            BatchHeader.setSize(mutant, 0, mutant.limit());
        }
        int bytes = random.nextInt(4);
        for (int i = 0; i < bytes; i++) {
            int from = random.nextInt(3) == 0 ? BatchHeader.CHECKED_FROM : BatchHeader.SIZE;
            if (mutant.limit() > from) {
                int at = from + random.nextInt(mutant.limit() - from);
                int value = random.nextBoolean() ? mutant.get(at) ^ 1 << random.nextInt(8) : random.nextInt(256);
                mutant.put(at, (byte) value);
            }
        }
        BatchHeader.renewCrc(mutant, 0);
        return mutant;
    }

    /** As a consumer reads it: all fields of all records. */
    private static List<String> read(ByteBuffer accepted) {
        List<String> read = new ArrayList<>();
        for (MutableRecordBatch batch :
                MemoryRecords.readableRecords(accepted.duplicate()).batches()) {
            batch.ensureValid();
            long max = -1;
            for (Record record : batch) {
                max = Math.max(max, record.timestamp());
                for (Header header : record.headers()) {
                    assertThat(header.key()).isNotNull();
                }
                read.add(record.offset() + " " + record.timestamp() + " " + record.hasKey());
            }
            assertThat(batch.maxTimestamp()).isEqualTo(max);
        }
        return read;
    }

    private static List<String> walk(ByteBuffer accepted) {
        List<String> walked = new ArrayList<>();
        try (BatchRecords records = new BatchRecords(accepted, accepted.position())) {
            while (records.next()) {
                walked.add(records.offset() + " " + records.timestampMs() + " " + records.hasKey());
            }
        }
        return walked;
    }
}
