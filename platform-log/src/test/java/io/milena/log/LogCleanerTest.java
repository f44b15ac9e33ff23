package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCleanerTest {
    private static final long DAY_MS = 86_400_000;

    @TempDir
    Path logDir;

    private CompactedLog fixture;

    @BeforeEach
    void open() {
        fixture = new CompactedLog(logDir);
        fixture.with("segment.bytes", 1 << 20).create();
    }

    @AfterEach
    void close() {
        fixture.log.close();
    }

    @Test
    void theNewestRecordOfEachKeyStaysAtItsOffset() throws IOException {
        fixture.put("a=1", "b=1", "a=2");
        fixture.put("c=1");
        fixture.log.roll();
        fixture.put("b=2", "a=3");
        fixture.log.roll();
        fixture.put("a=4", "d=1");

        assertThat(fixture.clean()).isEqualTo(6);

        assertThat(fixture.contents()).containsExactly("3:c=1", "4:b=2", "5:a=3", "6:a=4", "7:d=1");
        assertThat(fixture.log.segmentCount()).as("small neighbours become one").isEqualTo(2);
        assertThat(Batches.all(fixture.log, 1))
                .first()
                .extracting(Record::offset)
                .isEqualTo(3L);
        fixture.runDelayed();
        assertThat(fixture.directory.toFile().list())
                .noneMatch(name -> name.endsWith(".deleted") || name.endsWith(".cleaned") || name.endsWith(".swap"));
        fixture.reopen();
        assertThat(fixture.contents()).containsExactly("3:c=1", "4:b=2", "5:a=3", "6:a=4", "7:d=1");
        fixture.crash();
        assertThat(fixture.contents()).containsExactly("3:c=1", "4:b=2", "5:a=3", "6:a=4", "7:d=1");
    }

    @Test
    void recordsStayThatTogetherAreLargerThanTheBufferOfTheFilter() {
        // Batches of one record each, in one read of the segment; three times the buffer.
        int keys = 100;
        for (int key = 0; key < keys; key++) {
            fixture.put("k" + key + "=old");
            fixture.put("k" + key + "=" + "x".repeat(2_000));
        }
        fixture.log.roll();
        fixture.put("end=1");

        fixture.clean();

        assertThat(fixture.newest()).hasSize(keys + 1);
        assertThat(fixture.contents()).hasSize(keys + 1);
    }

    @Test
    void aTombstoneGoesOnlyAfterDeleteRetentionCountedFromTheFirstCleaning() {
        fixture.put("a=1", "b=1");
        fixture.put("a");
        fixture.log.roll();
        fixture.put("c=1");
        fixture.log.roll();
        fixture.put("z=1");
        // Old as it is, nobody has had the chance to see it in a clean log yet.
        fixture.nowMs += 10 * DAY_MS;
        long dirty = fixture.clean();
        assertThat(fixture.contents()).containsExactly("1:b=1", "2:a", "3:c=1", "4:z=1");
        fixture.nowMs += DAY_MS / 2;
        fixture.log.roll();
        fixture.put("y=1");
        dirty = fixture.clean(dirty, CompactedLog.MEMORY);
        assertThat(fixture.contents()).contains("2:a");
        fixture.nowMs += DAY_MS;
        fixture.log.roll();
        fixture.put("x=1");
        fixture.clean(dirty, CompactedLog.MEMORY);
        assertThat(fixture.contents()).containsExactly("1:b=1", "3:c=1", "4:z=1", "5:y=1", "6:x=1");
    }

    @Test
    void abortedRecordsGoAndTheirMarkerOnlyAfterThem() {
        fixture.put("a=0");
        fixture.transactional(7, 0, "a=aborted", "b=aborted");
        fixture.log.roll();
        // The transaction spans segments, another one of the same producer follows.
        fixture.transactional(7, 2, "c=aborted");
        fixture.end(7, false);
        fixture.transactional(7, 3, "b=1");
        fixture.end(7, true);
        fixture.log.roll();
        fixture.put("z=1");
        long dirty = fixture.clean();
        assertThat(fixture.contents()).containsExactly("0:a=0", "5:b=1", "7:z=1");
        assertThat(fixture.markers()).isEqualTo(2);
        assertThat(fixture.log.abortedTransactions(0, 8))
                .as("read_committed readers of a copy that was not cleaned need it")
                .hasSize(1);
        fixture.log.roll();
        fixture.put("y=1");
        dirty = fixture.clean(dirty, CompactedLog.MEMORY);
        assertThat(fixture.markers()).as("its horizon is set only now").isEqualTo(2);
        fixture.nowMs += 2 * DAY_MS;
        fixture.log.roll();
        fixture.put("x=1");
        fixture.clean(dirty, CompactedLog.MEMORY);
        assertThat(fixture.markers())
                .as("that of the commit stays with its record")
                .isEqualTo(1);
        assertThat(fixture.contents()).containsExactly("0:a=0", "5:b=1", "7:z=1", "8:y=1", "9:x=1");
        fixture.crash();
        assertThat(fixture.contents()).containsExactly("0:a=0", "5:b=1", "7:z=1", "8:y=1", "9:x=1");
    }

    @Test
    void withLittleMemoryItTakesSeveralRoundsAndWhatLiesBehindARoundStaysAsItIs() {
        int keys = 40;
        for (int round = 0; round < 3; round++) {
            for (int key = 0; key < keys; key++) {
                fixture.put("k" + key + "=" + round);
            }
            fixture.transactional(9, round, "t=" + round);
            fixture.end(9, false);
            fixture.log.roll();
        }
        fixture.put("end=1");
        long dirty = 0;
        int rounds = 0;
        while (dirty < fixture.log.slot().log().snapshot().active().baseOffset()) {
            long next = fixture.clean(dirty, 20 * KeyOffsets.SLOT_BYTES);
            assertThat(next).isGreaterThan(dirty);
            dirty = next;
            rounds++;
            Map<String, String> newest = fixture.newest();
            assertThat(newest).hasSize(keys + 1).containsEntry("k0", "2").containsEntry("k39", "2");
            assertThat(newest).doesNotContainKey("t");
        }
        assertThat(rounds).isGreaterThan(5);
        assertThat(fixture.clean(0, CompactedLog.MEMORY)).isEqualTo(dirty);
        assertThat(fixture.contents()).hasSize(keys + 1);
    }

    @Test
    void aProducersSequenceSurvivesTheCleaningOfItsRecords() {
        fixture.append(
                MemoryRecords.withIdempotentRecords(Compression.NONE, 5, (short) 0, 0, fixture.records("a=1", "a=2")),
                AppendOrigin.CLIENT);
        fixture.put("a=3");
        fixture.log.roll();
        fixture.put("b=1");
        fixture.clean();
        assertThat(fixture.contents()).containsExactly("2:a=3", "3:b=1");
        fixture.crash();
        Assertions.assertThatThrownBy(() -> fixture.append(
                        MemoryRecords.withIdempotentRecords(Compression.NONE, 5, (short) 0, 7, fixture.records("a=4")),
                        AppendOrigin.CLIENT))
                .isInstanceOf(OutOfOrderSequenceException.class);
        fixture.append(
                MemoryRecords.withIdempotentRecords(Compression.NONE, 5, (short) 0, 2, fixture.records("a=4")),
                AppendOrigin.CLIENT);
    }

    @Test
    void aCrashInTheExchangeIsFinishedAtTheNextStart() throws IOException {
        fixture.put("a=1", "b=1");
        fixture.log.roll();
        fixture.put("a=2");
        fixture.log.roll();
        fixture.put("c=1");
        fixture.log.flush();
        Map<String, byte[]> before = files();
        fixture.clean();
        fixture.runDelayed();
        Map<String, byte[]> after = files();
        List<String> cleaned = fixture.contents();
        fixture.log.slot().takeOffline();
        // The old segments are all still there, the new one is complete.
        before.forEach((name, content) -> write(name, content));
        for (String suffix : List.of(LogNames.LOG, LogNames.INDEX, LogNames.TIME_INDEX)) {
            String name = LogNames.fileName(0, suffix);
            write(name + LogNames.SWAP, after.get(name));
        }
        fixture.open(new LogStart(4, 0, 4, LogStart.Files.CRASHED_CONTIGUOUS));
        assertThat(fixture.contents()).isEqualTo(cleaned);
        fixture.log.slot().takeOffline();
        // The new one is not complete.
        before.forEach((name, content) -> write(name, content));
        write(LogNames.fileName(0, LogNames.LOG) + LogNames.CLEANED, new byte[10]);
        fixture.open(new LogStart(4, 0, 4, LogStart.Files.CRASHED_CONTIGUOUS));
        assertThat(fixture.contents()).containsExactly("0:a=1", "1:b=1", "2:a=2", "3:c=1");
    }

    private Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : fixture.directory.toFile().list()) {
            files.put(name, Files.readAllBytes(fixture.directory.resolve(name)));
        }
        return files;
    }

    private void write(String name, byte[] content) {
        try {
            Files.write(fixture.directory.resolve(name), content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTransactionBehindTheMarkerThatBeginsADirtyPartIsNotTakenForAborted() {
        fixture.put("k=1");
        fixture.transactional(3, 0, "x=aborted");
        fixture.log.roll();
        fixture.put("first=1");
        fixture.log.roll();
        // The next round begins with the marker.
        long dirty = fixture.clean();
        fixture.end(3, false);
        fixture.transactional(3, 1, "k");
        fixture.end(3, true);
        fixture.log.roll();
        fixture.put("z=1");
        dirty = fixture.clean(dirty, CompactedLog.MEMORY);
        fixture.nowMs += 2 * DAY_MS;
        fixture.log.roll();
        fixture.put("y=1");
        fixture.clean(dirty, CompactedLog.MEMORY);
        assertThat(fixture.newest()).containsOnlyKeys("first", "y", "z");
    }

    @Test
    void theDirtiestLogIsChosenAndTheCheckpointIsKafkas() throws IOException {
        long[] now = {1_700_000_000_000L};
        LogConfig compact = LogConfig.defaults()
                .with("cleanup.policy", "compact")
                .with("min.cleanable.dirty.ratio", "0.4")
                .with("min.compaction.lag.ms", "1000");
        LogDirectories logs = LogDirectories.open(
                List.of(new LogDirectory(logDir.resolve("all"), new Uuid(1, 1))),
                topic -> () -> topic.equals("plain") ? LogConfig.defaults() : compact,
                new LogEnvironment(
                        () -> Instant.ofEpochMilli(now[0]), (dir, what, cause) -> {}, DelayedTasks.IMMEDIATE),
                1);
        try {
            for (String topic : List.of("plain", "few", "many")) {
                PartitionLog log = logs.getOrCreate(new TopicPartition(topic, 0), new Uuid(2, 2), null, true);
                for (int i = 0; i < (topic.equals("few") ? 3 : 30); i++) {
                    log.appendAsLeader(Batches.plain(now[0], "v" + i), 0, AppendOrigin.CLIENT);
                }
                log.updateHighWatermark(log.logEndOffset());
                log.roll();
            }
            assertThat(logs.cleaner().cleanNext(now[0], CompactedLog.MEMORY))
                    .as("too young")
                    .isFalse();
            now[0] += 5_000;
            assertThat(logs.cleaner().cleanNext(now[0], CompactedLog.MEMORY)).isTrue();
            assertThat(logs.cleaner().cleanNext(now[0], CompactedLog.MEMORY)).isTrue();
            assertThat(logs.cleaner().cleanNext(now[0], CompactedLog.MEMORY)).isFalse();
            assertThat(Batches.values(logs.log(new TopicPartition("many", 0)).orElseThrow(), 0))
                    .containsExactly("v29");
            assertThat(Batches.values(logs.log(new TopicPartition("plain", 0)).orElseThrow(), 0))
                    .hasSize(30);
            assertThat(Files.readAllLines(logDir.resolve("all/cleaner-offset-checkpoint")))
                    .containsExactlyInAnyOrder("0", "2", "few 0 3", "many 0 30");
        } finally {
            logs.close();
        }
    }
}
