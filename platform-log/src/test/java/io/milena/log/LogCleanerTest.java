package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCleanerTest {
    private static final long MEMORY = 1 << 20;
    private static final long DAY_MS = 86_400_000;

    @TempDir
    Path logDir;

    private LogFixture fixture;

    @BeforeEach
    void open() {
        fixture = new LogFixture(logDir).with("cleanup.policy", "compact").with("segment.bytes", 1 << 20);
        fixture.create();
    }

    @AfterEach
    void close() {
        fixture.log.close();
    }

    private static SimpleRecord record(long timestampMs, String key, String value) {
        return new SimpleRecord(timestampMs, bytes(key), value == null ? null : bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** One batch of {@code key=value} entries; {@code key} alone is a tombstone. */
    private void put(String... entries) {
        append(MemoryRecords.withRecords(Compression.NONE, records(entries)), AppendOrigin.CLIENT);
    }

    private SimpleRecord[] records(String... entries) {
        SimpleRecord[] records = new SimpleRecord[entries.length];
        for (int i = 0; i < entries.length; i++) {
            String[] parts = entries[i].split("=", 2);
            records[i] = record(fixture.nowMs, parts[0], parts.length == 2 ? parts[1] : null);
        }
        return records;
    }

    private void append(MemoryRecords records, AppendOrigin origin) {
        fixture.log.appendAsLeader(records, 0, origin);
        fixture.log.updateHighWatermark(fixture.log.logEndOffset());
    }

    private void transactional(long producerId, int sequence, String... entries) {
        append(
                MemoryRecords.withTransactionalRecords(
                        Compression.NONE, producerId, (short) 0, sequence, records(entries)),
                AppendOrigin.CLIENT);
    }

    private void end(long producerId, boolean commit) {
        append(Batches.marker(producerId, 0, commit, 0), AppendOrigin.COORDINATOR);
    }

    private long clean() {
        return clean(0, MEMORY);
    }

    private long clean(long firstDirty, long memory) {
        LogState state = fixture.log.home().state();
        return fixture.log.home().clean(firstDirty, state.segments.active().baseOffset(), memory, fixture.nowMs);
    }

    /** {@code offset:key=value} of all records. */
    private List<String> contents() {
        List<String> contents = new ArrayList<>();
        for (Record record : Batches.all(fixture.log, fixture.log.logStartOffset())) {
            String value = record.hasValue() ? "=" + StandardCharsets.UTF_8.decode(record.value()) : "";
            contents.add(record.offset() + ":" + StandardCharsets.UTF_8.decode(record.key()) + value);
        }
        return contents;
    }

    private int markers() {
        int markers = 0;
        for (long next = 0; next < fixture.log.logEndOffset(); ) {
            LogRead read = fixture.log.read(next, 1 << 20, fixture.log.logEndOffset(), true);
            for (RecordBatch batch : read.records().readFully().batches()) {
                markers += batch.isControlBatch() && batch.iterator().hasNext() ? 1 : 0;
                next = batch.nextOffset();
            }
            read.records().release();
        }
        return markers;
    }

    @Test
    void theNewestRecordOfEachKeyStaysAtItsOffset() throws IOException {
        put("a=1", "b=1", "a=2");
        put("c=1");
        fixture.log.roll();
        put("b=2", "a=3");
        fixture.log.roll();
        put("a=4", "d=1");

        assertThat(clean()).isEqualTo(6);

        assertThat(contents()).containsExactly("3:c=1", "4:b=2", "5:a=3", "6:a=4", "7:d=1");
        assertThat(fixture.log.segmentCount()).as("small neighbours become one").isEqualTo(2);
        assertThat(Batches.all(fixture.log, 1))
                .first()
                .extracting(Record::offset)
                .isEqualTo(3L);
        fixture.runDelayed();
        assertThat(fixture.directory.toFile().list())
                .noneMatch(name -> name.endsWith(".deleted") || name.endsWith(".cleaned") || name.endsWith(".swap"));
        fixture.reopen();
        assertThat(contents()).containsExactly("3:c=1", "4:b=2", "5:a=3", "6:a=4", "7:d=1");
        fixture.crash();
        assertThat(contents()).containsExactly("3:c=1", "4:b=2", "5:a=3", "6:a=4", "7:d=1");
    }

    @Test
    void aTombstoneGoesOnlyAfterDeleteRetentionCountedFromTheFirstCleaning() {
        put("a=1", "b=1");
        put("a");
        fixture.log.roll();
        put("c=1");
        fixture.log.roll();
        put("z=1");
        // Old as it is, nobody has had the chance to see it in a clean log yet.
        fixture.nowMs += 10 * DAY_MS;
        long dirty = clean();
        assertThat(contents()).containsExactly("1:b=1", "2:a", "3:c=1", "4:z=1");
        fixture.nowMs += DAY_MS / 2;
        fixture.log.roll();
        put("y=1");
        dirty = clean(dirty, MEMORY);
        assertThat(contents()).contains("2:a");
        fixture.nowMs += DAY_MS;
        fixture.log.roll();
        put("x=1");
        clean(dirty, MEMORY);
        assertThat(contents()).containsExactly("1:b=1", "3:c=1", "4:z=1", "5:y=1", "6:x=1");
    }

    @Test
    void abortedRecordsGoAndTheirMarkerOnlyAfterThem() {
        put("a=0");
        transactional(7, 0, "a=aborted", "b=aborted");
        fixture.log.roll();
        // The transaction spans segments, another one of the same producer follows.
        transactional(7, 2, "c=aborted");
        end(7, false);
        transactional(7, 3, "b=1");
        end(7, true);
        fixture.log.roll();
        put("z=1");
        long dirty = clean();
        assertThat(contents()).containsExactly("0:a=0", "5:b=1", "7:z=1");
        assertThat(markers()).isEqualTo(2);
        assertThat(fixture.log.abortedTransactions(0, 8))
                .as("read_committed readers of a copy that was not cleaned need it")
                .hasSize(1);
        fixture.log.roll();
        put("y=1");
        dirty = clean(dirty, MEMORY);
        assertThat(markers()).as("its horizon is set only now").isEqualTo(2);
        fixture.nowMs += 2 * DAY_MS;
        fixture.log.roll();
        put("x=1");
        clean(dirty, MEMORY);
        assertThat(markers()).as("that of the commit stays with its record").isEqualTo(1);
        assertThat(contents()).containsExactly("0:a=0", "5:b=1", "7:z=1", "8:y=1", "9:x=1");
        fixture.crash();
        assertThat(contents()).containsExactly("0:a=0", "5:b=1", "7:z=1", "8:y=1", "9:x=1");
    }

    @Test
    void withLittleMemoryItTakesSeveralRoundsAndWhatLiesBehindARoundStaysAsItIs() {
        int keys = 40;
        for (int round = 0; round < 3; round++) {
            for (int key = 0; key < keys; key++) {
                put("k" + key + "=" + round);
            }
            transactional(9, round, "t=" + round);
            end(9, false);
            fixture.log.roll();
        }
        put("end=1");
        long dirty = 0;
        int rounds = 0;
        while (dirty < fixture.log.home().state().segments.active().baseOffset()) {
            long next = clean(dirty, 20 * KeyOffsets.SLOT_BYTES);
            assertThat(next).isGreaterThan(dirty);
            dirty = next;
            rounds++;
            Map<String, String> newest = newest();
            assertThat(newest).hasSize(keys + 1).containsEntry("k0", "2").containsEntry("k39", "2");
            assertThat(newest).doesNotContainKey("t");
        }
        assertThat(rounds).isGreaterThan(5);
        assertThat(clean(0, MEMORY)).isEqualTo(dirty);
        assertThat(contents()).hasSize(keys + 1);
    }

    /** What a read_committed reader makes of the log: the newest value of each key. */
    private Map<String, String> newest() {
        Map<String, String> newest = new TreeMap<>();
        List<AbortedTransaction> aborted =
                fixture.log.abortedTransactions(fixture.log.logStartOffset(), fixture.log.logEndOffset());
        for (long next = fixture.log.logStartOffset(); next < fixture.log.logEndOffset(); ) {
            LogRead read = fixture.log.read(next, 1 << 20, fixture.log.logEndOffset(), true);
            for (RecordBatch batch : read.records().readFully().batches()) {
                boolean gone = batch.isTransactional()
                        && aborted.stream()
                                .anyMatch(each -> each.producerId() == batch.producerId()
                                        && each.firstOffset() <= batch.baseOffset()
                                        && batch.lastOffset() <= each.lastOffset());
                for (Record record : batch) {
                    if (!batch.isControlBatch() && !gone) {
                        String key = StandardCharsets.UTF_8.decode(record.key()).toString();
                        if (record.hasValue()) {
                            newest.put(
                                    key,
                                    StandardCharsets.UTF_8
                                            .decode(record.value())
                                            .toString());
                        } else {
                            newest.remove(key);
                        }
                    }
                }
                next = batch.nextOffset();
            }
            read.records().release();
        }
        return newest;
    }

    @Test
    void aProducersSequenceSurvivesTheCleaningOfItsRecords() {
        append(
                MemoryRecords.withIdempotentRecords(Compression.NONE, 5, (short) 0, 0, records("a=1", "a=2")),
                AppendOrigin.CLIENT);
        put("a=3");
        fixture.log.roll();
        put("b=1");
        clean();
        assertThat(contents()).containsExactly("2:a=3", "3:b=1");
        fixture.crash();
        Assertions.assertThatThrownBy(() -> append(
                        MemoryRecords.withIdempotentRecords(Compression.NONE, 5, (short) 0, 7, records("a=4")),
                        AppendOrigin.CLIENT))
                .isInstanceOf(OutOfOrderSequenceException.class);
        append(
                MemoryRecords.withIdempotentRecords(Compression.NONE, 5, (short) 0, 2, records("a=4")),
                AppendOrigin.CLIENT);
    }

    @Test
    void aCrashInTheExchangeIsFinishedAtTheNextStart() throws IOException {
        put("a=1", "b=1");
        fixture.log.roll();
        put("a=2");
        fixture.log.roll();
        put("c=1");
        fixture.log.flush();
        Map<String, byte[]> before = files();
        clean();
        fixture.runDelayed();
        Map<String, byte[]> after = files();
        List<String> cleaned = contents();
        fixture.log.home().markOffline();
        // The old segments are all still there, the new one is complete.
        before.forEach((name, content) -> write(name, content));
        for (String suffix : List.of(LogNames.LOG, LogNames.INDEX, LogNames.TIME_INDEX)) {
            String name = LogNames.fileName(0, suffix);
            write(name + LogNames.SWAP, after.get(name));
        }
        fixture.open(new LogStart(4, 0, 4, false));
        assertThat(contents()).isEqualTo(cleaned);
        fixture.log.home().markOffline();
        // The new one is not complete.
        before.forEach((name, content) -> write(name, content));
        write(LogNames.fileName(0, LogNames.LOG) + LogNames.CLEANED, new byte[10]);
        fixture.open(new LogStart(4, 0, 4, false));
        assertThat(contents()).containsExactly("0:a=1", "1:b=1", "2:a=2", "3:c=1");
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
        put("k=1");
        transactional(3, 0, "x=aborted");
        fixture.log.roll();
        put("first=1");
        fixture.log.roll();
        // The next round begins with the marker.
        long dirty = clean();
        end(3, false);
        transactional(3, 1, "k");
        end(3, true);
        fixture.log.roll();
        put("z=1");
        dirty = clean(dirty, MEMORY);
        fixture.nowMs += 2 * DAY_MS;
        fixture.log.roll();
        put("y=1");
        clean(dirty, MEMORY);
        assertThat(newest()).containsOnlyKeys("first", "y", "z");
    }

    @Test
    void anyHistoryKeepsTheNewestValueOfEachKey() {
        for (int seed = 0; seed < Integer.getInteger("milena.cleaner.seeds", 12); seed++) {
            fixture.log.close();
            fixture = new LogFixture(logDir.resolve("seed-" + seed))
                    .with("cleanup.policy", "compact")
                    .with("segment.bytes", 2048)
                    .with("delete.retention.ms", 1_000);
            fixture.create();
            history(new Random(seed), "seed " + seed);
        }
    }

    /** What was written, in the order of offsets; transaction 0 is none. */
    private record Written(String entry, int transaction) {}

    private void history(Random random, String seed) {
        List<Written> written = new ArrayList<>();
        Set<Integer> aborted = new HashSet<>();
        int sequence = 0;
        int transaction = 1;
        boolean open = false;
        long dirty = 0;
        for (int step = 0; step < 150; step++) {
            fixture.nowMs += random.nextInt(200);
            int dice = random.nextInt(100);
            String key = "k" + random.nextInt(12);
            String entry = random.nextInt(5) == 0 ? key : key + "=" + step;
            if (dice < 50) {
                put(entry);
                written.add(new Written(entry, 0));
            } else if (dice < 65) {
                transactional(3, sequence++, entry);
                written.add(new Written(entry, transaction));
                open = true;
            } else if (dice < 80 && open) {
                boolean commit = random.nextBoolean();
                end(3, commit);
                if (!commit) {
                    aborted.add(transaction);
                }
                transaction++;
                open = false;
            } else if (dice < 88) {
                fixture.log.roll();
            } else if (dice < 95) {
                dirty = cleanCommitted(dirty, random.nextBoolean() ? MEMORY : 24 * 24);
            } else if (dice < 98) {
                fixture.reopen();
            } else {
                fixture.crash();
                fixture.log.updateHighWatermark(fixture.log.logEndOffset());
            }
            if (!open) {
                assertThat(newest()).as("%s, step %d", seed, step).isEqualTo(newest(written, aborted));
            }
        }
    }

    private static Map<String, String> newest(List<Written> written, Set<Integer> aborted) {
        Map<String, String> model = new TreeMap<>();
        for (Written each : written) {
            if (!aborted.contains(each.transaction)) {
                apply(model, each.entry);
            }
        }
        return model;
    }

    private long cleanCommitted(long dirty, long memory) {
        LogState state = fixture.log.home().state();
        long limit = fixture.log.lastStableOffset();
        long upTo = 0;
        Segment[] segments = state.segments.all();
        for (int i = 1; i < segments.length && segments[i].baseOffset() <= limit; i++) {
            upTo = segments[i].baseOffset();
        }
        return upTo > dirty ? fixture.log.home().clean(dirty, upTo, memory, fixture.nowMs) : dirty;
    }

    private static void apply(Map<String, String> model, String entry) {
        String[] parts = entry.split("=", 2);
        if (parts.length == 2) {
            model.put(parts[0], parts[1]);
        } else {
            model.remove(parts[0]);
        }
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
            assertThat(logs.cleaner().cleanNext(now[0], MEMORY)).as("too young").isFalse();
            now[0] += 5_000;
            assertThat(logs.cleaner().cleanNext(now[0], MEMORY)).isTrue();
            assertThat(logs.cleaner().cleanNext(now[0], MEMORY)).isTrue();
            assertThat(logs.cleaner().cleanNext(now[0], MEMORY)).isFalse();
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
