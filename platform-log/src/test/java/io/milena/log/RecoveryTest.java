package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
    private static final int BATCHES = 6;

    @TempDir
    Path logDir;

    private LogFixture fixture;
    private Path segment;
    private byte[] whole;
    private int[] ends;

    @BeforeEach
    void aLogOfSixBatches() throws IOException {
        fixture = new LogFixture(logDir);
        fixture.create();
        ends = new int[BATCHES];
        for (int i = 0; i < BATCHES; i++) {
            fixture.log.appendAsLeader(
                    Batches.copy(Batches.idempotent(9, 0, 2 * i, fixture.nowMs, "a" + i, "b" + i)),
                    0,
                    AppendOrigin.CLIENT);
            ends[i] = (int) fixture.log.sizeInBytes();
        }
        segment = fixture.segmentFile(0, ".log");
        whole = Files.readAllBytes(segment);
        fixture.log.slot().takeOffline();
        fixture.log.slot().discard();
    }

    private PartitionLog recover() {
        return fixture.open(LogStart.UNKNOWN);
    }

    private int wholeBatchesIn(int bytes) {
        int n = 0;
        while (n < BATCHES && ends[n] <= bytes) {
            n++;
        }
        return n;
    }

    private void assertRecovered(PartitionLog log, int batches, String what) {
        assertThat(log.logEndOffset()).as(what).isEqualTo(2L * batches);
        assertThat(Batches.values(log, 0)).as(what).hasSize(2 * batches);
        assertThat(log.sizeInBytes()).as(what).isEqualTo(batches == 0 ? 0 : ends[batches - 1]);
        // The producer goes on where the recovered log ends.
        log.appendAsLeader(
                Batches.copy(Batches.idempotent(9, 0, 2 * batches, fixture.nowMs, "next")), 0, AppendOrigin.CLIENT);
        log.slot().takeOffline();
        log.slot().discard();
    }

    @Test
    void aTailTornAtAnyByteIsCutAndNothingBeforeItIsLost() throws IOException {
        for (int size = 0; size <= whole.length; size++) {
            Files.write(segment, java.util.Arrays.copyOf(whole, size));
            assertRecovered(recover(), wholeBatchesIn(size), "torn at " + size);
        }
    }

    @Test
    void aZeroedTailIsCut() throws IOException {
        for (int from = 0; from < whole.length; from += 7) {
            byte[] zeroed = java.util.Arrays.copyOf(whole, whole.length + 100);
            java.util.Arrays.fill(zeroed, from, zeroed.length, (byte) 0);
            Files.write(segment, zeroed);
            int changed = from;
            while (changed < whole.length && whole[changed] == 0) {
                changed++;
            }
            assertRecovered(recover(), wholeBatchesIn(changed), "zeroed from " + from);
        }
    }

    @Test
    void aFlippedByteEndsTheLogBeforeItsBatch() throws IOException {
        for (int at = 0; at < whole.length; at += 3) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 0x40;
            int inBatch = wholeBatchesIn(at);
            int position = inBatch == 0 ? at : at - ends[inBatch - 1];
            // Base offset and leader epoch lie outside of the CRC: only the order of offsets guards them.
            if (position >= 16) {
                Files.write(segment, flipped);
                assertRecovered(recover(), inBatch, "flipped at " + at);
            }
        }
    }

    @Test
    void garbageBehindTheLastBatchIsCut() throws IOException {
        byte[] longer = java.util.Arrays.copyOf(whole, whole.length + 500);
        new java.util.Random(1).nextBytes(java.util.Arrays.copyOfRange(longer, whole.length, longer.length));
        Files.write(segment, longer);
        assertRecovered(recover(), BATCHES, "garbage");
    }

    @Test
    void recordsOfOldMessageFormatsAreRefusedNotCut() throws IOException {
        java.nio.ByteBuffer old = java.nio.ByteBuffer.allocate(26);
        old.putLong(12)
                .putInt(14)
                .putInt(0)
                .put((byte) 0)
                .put((byte) 0)
                .putInt(-1)
                .putInt(-1);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(old.array(), 16, 10);
        old.putInt(12, (int) crc.getValue());
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(whole.length);
            file.write(old.array());
            file.write(new byte[60]);
        }
        assertThatThrownBy(this::recover)
                .isInstanceOf(KafkaStorageException.class)
                .hasMessageContaining("message format 0");
        assertThat(Files.size(segment)).isEqualTo(whole.length + 86);
    }

    @Test
    void damageAfterACleanShutdownIsFoundToo() throws IOException {
        Files.write(segment, java.util.Arrays.copyOf(whole, whole.length - 3));
        PartitionLog log = fixture.open(LogStart.CLEAN);
        assertRecovered(log, BATCHES - 1, "clean but torn");
    }

    @Test
    void indexesOfZeroesAreRebuilt() throws IOException {
        Files.write(fixture.segmentFile(0, ".index"), new byte[8 * 100]);
        Files.write(fixture.segmentFile(0, ".timeindex"), new byte[12 * 100]);
        assertRecovered(fixture.open(LogStart.CLEAN), BATCHES, "preallocated indexes");
    }

    @Test
    void leftoversGoAndAnInterruptedSwapIsFinished() throws IOException {
        Files.copy(segment, fixture.segmentFile(0, ".log.swap"));
        Files.write(fixture.segmentFile(12, ".log.cleaned"), new byte[10]);
        Files.write(fixture.segmentFile(3, ".log.deleted"), new byte[10]);
        Files.write(fixture.segmentFile(77, ".index"), new byte[8]);
        Files.write(fixture.directory.resolve("00000000000000000003-0000000001.checkpoint.deleted"), new byte[1]);
        Files.write(segment, new byte[10]);
        PartitionLog log = recover();
        assertThat(log.logEndOffset()).isEqualTo(2L * BATCHES);
        assertThat(List.of(fixture.directory.toFile().list()))
                .contains("00000000000000000003-0000000001.checkpoint.deleted")
                .noneMatch(name -> name.endsWith(".swap") || name.endsWith(".cleaned") || name.endsWith("log.deleted"))
                .doesNotContain("00000000000000000077.index");
    }

    @Test
    void aTornMiddleSegmentEndsTheLogThere() throws IOException {
        LogFixture other = new LogFixture(logDir.resolve("other")).with(TopicConfig.SEGMENT_BYTES_CONFIG, 300);
        other.create();
        for (int i = 0; i < 20; i++) {
            other.append("v" + i);
        }
        int segments = other.log.segmentCount();
        assertThat(segments).isGreaterThan(4);
        long base = Batches.all(other.log, 0).size() / segments * 2;
        other.log.slot().takeOffline();
        Path torn = null;
        long tornBase = -1;
        for (String name : other.directory.toFile().list()) {
            long offset = LogNames.offsetOf(name);
            if (name.endsWith(".log") && offset >= base && (torn == null || offset < tornBase)) {
                torn = other.directory.resolve(name);
                tornBase = offset;
            }
        }
        Files.write(torn, java.util.Arrays.copyOf(Files.readAllBytes(torn), 100));
        PartitionLog log = other.open(LogStart.UNKNOWN);
        assertThat(log.logEndOffset()).isGreaterThanOrEqualTo(tornBase).isLessThan(tornBase + 3);
        assertThat(Batches.values(log, 0)).hasSize((int) log.logEndOffset());
        long end = log.logEndOffset();
        assertThat(other.reopen().logEndOffset()).isEqualTo(end);
    }
}
