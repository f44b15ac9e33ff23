package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that a crash, a disk or an operator left in a state that no process wrote: no more is given up than is spoilt. */
class SpoiltFilesTest {
    private static final int BATCHES_PER_SEGMENT = 20;
    private static final int RECORDS_PER_BATCH = 10;

    @TempDir
    Path logDir;

    private LogFixture fixture;

    @BeforeEach
    void anEmptyLog() {
        fixture = new LogFixture(logDir);
    }

    /** Three segments of 200 records each. */
    private void writeSixHundredRecords() {
        fixture.create();
        for (int batch = 0; batch < 3 * BATCHES_PER_SEGMENT; batch++) {
            if (batch > 0 && batch % BATCHES_PER_SEGMENT == 0) {
                fixture.log.roll();
            }
            String[] values = new String[RECORDS_PER_BATCH];
            Arrays.setAll(values, i -> "value");
            fixture.append(values);
        }
    }

    private void follow(long baseOffset, int records) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(4096),
                RecordBatch.MAGIC_VALUE_V2,
                Compression.NONE,
                TimestampType.CREATE_TIME,
                baseOffset);
        for (int i = 0; i < records; i++) {
            builder.append(Batches.record(fixture.nowMs, "k" + i, "v"));
        }
        fixture.log.appendAsFollower(builder.build(), 0);
    }

    private void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 0x40;
        Files.write(file, bytes);
    }

    private void kill() {
        fixture.log.slot().takeOffline();
        fixture.log.slot().discard();
    }

    private List<String> names() {
        return List.of(fixture.directory.toFile().list());
    }

    @Test
    void aGapThatCompactionLeftBetweenTwoSegmentsOfACopyIsNoLoss() {
        // given: a copy of a compacted log, made by a process that is killed before it notes any recovery point
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 200).create();
        follow(0, 10);
        follow(50, 10);
        assertThat(fixture.log.segmentCount()).isEqualTo(2);
        kill();
        // when: it is opened, and the policy of the topic is delete by now
        fixture.open(new LogStart(0, 0, 60, LogStart.Files.CRASHED_CONTIGUOUS));
        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(60);
        assertThat(Batches.values(fixture.log, 0)).hasSize(20);
    }

    @Test
    void aCopyOfACompactedLogThatApacheKafkaWroteIsKeptWhole() throws IOException {
        // given: segments that begin at their first record
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 200).create();
        follow(0, 10);
        follow(50, 10);
        kill();
        Files.move(fixture.segmentFile(10, ".log"), fixture.segmentFile(50, ".log"));
        Files.deleteIfExists(fixture.segmentFile(10, ".snapshot"));
        // when
        fixture.open(LogStart.UNKNOWN);
        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(60);
        assertThat(Batches.values(fixture.log, 0)).hasSize(20);
        assertThat(fixture.log.recoveryPoint()).as("what others left is synced").isEqualTo(60);
    }

    @Test
    void anEndOfASegmentThatWasLostWithThePowerEndsTheLogThereWhateverThePolicy() throws IOException {
        for (String policy : List.of("delete", "compact")) {
            // given
            fixture = new LogFixture(logDir.resolve(policy)).with(TopicConfig.CLEANUP_POLICY_CONFIG, policy);
            writeSixHundredRecords();
            kill();
            Path middle = fixture.segmentFile(200, ".log");
            int batch = (int) Files.size(middle) / BATCHES_PER_SEGMENT;
            // when: two whole batches at its end were not on the disk yet
            Files.write(middle, Arrays.copyOf(Files.readAllBytes(middle), batch * (BATCHES_PER_SEGMENT - 2)));
            fixture.open(new LogStart(200, 0, 0, LogStart.Files.CRASHED_CONTIGUOUS));
            // then: what followed is not read, and not deleted either
            assertThat(fixture.log.logEndOffset()).as(policy).isEqualTo(380);
            assertThat(names()).as(policy).contains("00000000000000000400.log.stray");
            fixture.append("next");
            assertThat(fixture.reopen().logEndOffset()).isEqualTo(381);
        }
    }

    @Test
    void aMissingIndexAndOneBadByteCostOnlyTheBatchOfThatByte() throws IOException {
        // given
        writeSixHundredRecords();
        fixture.log.close();
        Files.delete(fixture.segmentFile(0, ".index"));
        Files.delete(fixture.segmentFile(0, ".timeindex"));
        Path first = fixture.segmentFile(0, ".log");
        int batch = (int) Files.size(first) / BATCHES_PER_SEGMENT;
        flip(first, 3 * batch + BatchHeader.SIZE + 5);
        // when
        fixture.open(new LogStart(600, 0, 600, LogStart.Files.CLOSED));
        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(600);
        assertThat(Batches.values(fixture.log, 0)).hasSize(590);
        assertThat(Batches.all(fixture.log, 30).get(0).offset()).isEqualTo(40);
        assertThat(names()).contains("00000000000000000000.index").noneMatch(name -> name.endsWith(".cleaned"));
    }

    @Test
    void aSpoiltLengthCostsTheRestOfItsSegmentAndNothingBehindIt() throws IOException {
        // given
        writeSixHundredRecords();
        fixture.log.close();
        Files.delete(fixture.segmentFile(0, ".index"));
        Files.delete(fixture.segmentFile(0, ".timeindex"));
        Path first = fixture.segmentFile(0, ".log");
        int batch = (int) Files.size(first) / BATCHES_PER_SEGMENT;
        flip(first, 3 * batch + 8);
        // when
        fixture.open(new LogStart(600, 0, 600, LogStart.Files.CLOSED));
        // then
        assertThat(Batches.values(fixture.log, 0)).hasSize(430);
        assertThat(fixture.log.logEndOffset()).isEqualTo(600);
    }

    @Test
    void damagedEpochsOfAClosedLogAreTakenFromItsBatches() throws IOException {
        // given
        writeSixHundredRecords();
        fixture.log.appendAsLeader(Batches.plain(fixture.nowMs, "later"), 7, AppendOrigin.CLIENT);
        fixture.log.close();
        Files.writeString(fixture.directory.resolve(LeaderEpochs.FILE_NAME), "0\n2\n0 0\n7");
        flip(fixture.segmentFile(0, ".log"), BatchHeader.SIZE + 5);
        // when
        fixture.open(new LogStart(601, 0, 601, LogStart.Files.CLOSED));
        // then: no record is given up for them
        assertThat(fixture.log.logEndOffset()).isEqualTo(601);
        assertThat(fixture.log.latestEpoch()).hasValue(7);
        assertThat(fixture.log.endOffsetForEpoch(0).offset()).isEqualTo(600);
    }

    @Test
    void aStraySegmentThatOverlapsIsSetAsideAndTheLogIsWhole() throws IOException {
        for (LogStart start : List.of(
                new LogStart(600, 0, 600, LogStart.Files.CLOSED),
                new LogStart(600, 0, 600, LogStart.Files.CRASHED),
                new LogStart(0, 0, 600, LogStart.Files.CRASHED_CONTIGUOUS))) {
            // given
            fixture = new LogFixture(logDir.resolve("log-" + start.recoveryPoint() + start.files()));
            writeSixHundredRecords();
            fixture.log.close();
            Files.copy(fixture.segmentFile(200, ".log"), fixture.segmentFile(100, ".log"));
            // when
            fixture.open(start);
            // then
            assertThat(fixture.log.logEndOffset()).as("%s", start).isEqualTo(600);
            assertThat(Batches.values(fixture.log, 0)).as("%s", start).hasSize(600);
            assertThat(names()).contains("00000000000000000100.log.stray");
        }
    }

    @Test
    void aGarbageLengthInATornTailIsNotAllocated() throws IOException {
        // given: a header that claims half a gigabyte, on a file that is as long
        fixture.create();
        fixture.append("a", "b");
        int size = (int) fixture.log.sizeInBytes();
        kill();
        Path path = fixture.segmentFile(0, ".log");
        byte[] header = Arrays.copyOf(Files.readAllBytes(path), BatchHeader.SIZE);
        int garbage = 1 << 29;
        ByteBuffer.wrap(header).putLong(0, 2).putInt(8, garbage);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(size);
            file.write(header);
            file.setLength((long) size + garbage + BatchHeader.LENGTH_EXCLUDES);
        }
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        // when
        fixture.open(LogStart.UNKNOWN);
        // then
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(fixture.log.logEndOffset()).isEqualTo(2);
        assertThat(Files.size(path)).isEqualTo(size);
        assertThat(allocated).isLessThan(1 << 26);
    }

    @Test
    void aGarbageCountInACheckpointIsNotAllocated() throws IOException {
        // given
        Files.createDirectories(logDir);
        Files.writeString(logDir.resolve(OffsetCheckpointFile.RECOVERY_POINTS), "0\n900000000\nt 0 5\n");
        // when
        OffsetCheckpointFile file = new OffsetCheckpointFile(logDir, OffsetCheckpointFile.RECOVERY_POINTS);
        // then
        assertThat(file.read()).isEmpty();
    }
}
