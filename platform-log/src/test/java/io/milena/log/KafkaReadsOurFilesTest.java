package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka's dump tool and Apache Kafka's own log read what we wrote, and we read what Kafka's log left behind. */
class KafkaReadsOurFilesTest {
    private static final int ROUNDS = 400;

    @TempDir
    Path logDir;

    private final List<String> expected = new ArrayList<>();

    /** All codecs, idempotent and transactional producers, aborted transactions, several segments and epochs. */
    private LogFixture writeEverything() {
        LogFixture fixture = new LogFixture(logDir)
                .with(TopicConfig.SEGMENT_BYTES_CONFIG, 16_000)
                .with(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, 1000)
                .with(TopicConfig.RETENTION_MS_CONFIG, -1);
        fixture.nowMs = System.currentTimeMillis();
        fixture.create();
        Compression[] codecs = {
            Compression.NONE,
            Compression.gzip().build(),
            Compression.snappy().build(),
            Compression.lz4().build(),
            Compression.zstd().build()
        };
        int sequence = 0;
        for (int i = 0; i < ROUNDS; i++) {
            int epoch = i / 100;
            // Timestamps that rise, fall and repeat.
            long timestamp = fixture.nowMs - 100_000 + (i % 7 == 0 ? 0 : i * 20L);
            String[] values = {"value-" + i, "x".repeat(i % 50), "end-" + i};
            MemoryRecords batch = i % 3 == 0
                    ? Batches.idempotent(11, 0, sequence, timestamp, values)
                    : Batches.compressed(codecs[i % codecs.length], timestamp, values);
            sequence += i % 3 == 0 ? values.length : 0;
            fixture.log.appendAsLeader(Batches.copy(batch), epoch, AppendOrigin.CLIENT);
            expected.addAll(Arrays.asList(values));
            if (i % 50 == 10) {
                transaction(fixture, 20 + i, epoch, timestamp);
            }
        }
        return fixture;
    }

    private void transaction(LogFixture fixture, long producerId, int epoch, long timestamp) {
        fixture.log.appendAsLeader(
                Batches.copy(Batches.transactional(producerId, 0, 0, timestamp, "tx-" + producerId)),
                epoch,
                AppendOrigin.CLIENT);
        fixture.log.appendAsLeader(
                Batches.copy(Batches.marker(producerId, 0, producerId % 100 < 60, 1)), epoch, AppendOrigin.COORDINATOR);
        expected.add("tx-" + producerId);
    }

    private static String dump(List<String> options, List<File> files) throws Exception {
        List<String> arguments = new ArrayList<>(options);
        arguments.add("--files");
        arguments.add(String.join(",", files.stream().map(File::getPath).toList()));
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream capture = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            System.setErr(capture);
            DumpLogSegments.main(arguments.toArray(new String[0]));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    private static List<File> files(Path directory, String... suffixes) {
        File[] found = directory
                .toFile()
                .listFiles((dir, name) -> Arrays.stream(suffixes).anyMatch(name::endsWith));
        return Arrays.stream(found).sorted().toList();
    }

    private void assertClean(Path directory, int segments) throws Exception {
        List<File> logs = files(directory, ".log");
        assertThat(logs).hasSize(segments);
        assertThat(files(directory, ".index")).hasSize(segments);
        assertThat(files(directory, ".timeindex")).hasSize(segments);
        String records = dump(List.of("--deep-iteration", "--print-data-log", "--verify-index-only"), logs);
        assertThat(records).contains("payload: value-0", "payload: end-" + (ROUNDS - 1), "endTxnMarker: ABORT");
        assertNoComplaint(records);
        String indexes =
                dump(List.of("--deep-iteration"), files(directory, ".index", ".timeindex", ".txnindex", ".snapshot"));
        assertThat(indexes).contains("producerId: 11").doesNotContain("Corrupt");
        assertNoComplaint(indexes);
        String sanity = dump(List.of("--index-sanity-check"), files(directory, ".index", ".timeindex"));
        assertThat(sanity).contains("passed sanity check");
        assertNoComplaint(sanity);
    }

    private static void assertNoComplaint(String said) {
        assertThat(said.lines().filter(line -> !line.contains("payload:")))
                .noneMatch(line -> line.matches(
                        "(?i).*(mismatch|not found|non-secutive|invalid|exception|error|isvalid: false|failed).*"));
    }

    @Test
    void theDumpToolHasNoComplaint() throws Exception {
        LogFixture fixture = writeEverything();
        int segments = fixture.log.segmentCount();
        assertThat(segments).isGreaterThan(2);
        fixture.log.close();
        assertClean(fixture.directory, segments);
    }

    @Test
    void theDumpToolHasNoComplaintAboutARecoveredLog() throws Exception {
        LogFixture fixture = writeEverything();
        fixture.crash();
        int segments = fixture.log.segmentCount();
        fixture.log.close();
        assertClean(fixture.directory, segments);
    }

    @Test
    void kafkasOwnLogOpensOurDirectoryAndWeOpenItAfterwards() throws Exception {
        for (boolean clean : new boolean[] {true, false}) {
            Path before = logDir;
            logDir = before.resolve("clean-" + clean);
            expected.clear();
            LogFixture fixture = writeEverything();
            long end = fixture.log.logEndOffset();
            if (clean) {
                fixture.log.close();
            } else {
                fixture.log.slot().takeOffline();
            }
            KafkaScheduler scheduler = new KafkaScheduler(1);
            scheduler.startup();
            try (BrokerTopicStats stats = new BrokerTopicStats()) {
                UnifiedLog kafka = openWithKafka(fixture, clean ? end : 0, clean, scheduler, stats);
                assertThat(kafka.logEndOffset()).isEqualTo(end);
                assertThat(kafka.topicId()).contains(LogFixture.TOPIC_ID);
                assertThat(kafka.activeProducersWithLastSequence()).containsEntry(11L, 401);
                assertThat(kafka.leaderEpochCache().latestEpoch()).hasValue(3);
                kafka.close();
            }
            scheduler.shutdown();
            fixture.open(new LogStart(end, 0, end, LogStart.Files.CLOSED));
            assertThat(fixture.log.logEndOffset()).isEqualTo(end);
            assertThat(Batches.values(fixture.log, 0)).isEqualTo(expected);
            fixture.append("after Kafka");
            assertThat(Batches.values(fixture.log, end)).containsExactly("after Kafka");
            fixture.log.close();
            logDir = before;
        }
    }

    private static UnifiedLog openWithKafka(
            LogFixture fixture, long recoveryPoint, boolean clean, KafkaScheduler scheduler, BrokerTopicStats stats)
            throws Exception {
        return UnifiedLog.create(
                fixture.directory.toFile(),
                new org.apache.kafka.storage.internals.log.LogConfig(Map.of(TopicConfig.SEGMENT_BYTES_CONFIG, 1 << 20)),
                0,
                recoveryPoint,
                scheduler,
                stats,
                Time.SYSTEM,
                60_000,
                new ProducerStateManagerConfig(86_400_000, false),
                600_000,
                new LogDirFailureChannel(1),
                clean,
                Optional.of(LogFixture.TOPIC_ID));
    }

    @Test
    void kafkasDumpToolFindsNothingWrongWithACleanedLog() throws Exception {
        LogFixture fixture = writeEverything();
        long end = fixture.log.logEndOffset();
        fixture.log.updateHighWatermark(end);
        fixture.log.roll();
        int before = fixture.log.segmentCount();
        // What the first round has left of the segments, the second one puts together.
        for (int round = 0; round < 2; round++) {
            assertThat(fixture.log.clean(0, end, 1 << 20, fixture.nowMs)).isEqualTo(end);
        }
        fixture.runDelayed();
        fixture.log.appendAsLeader(Batches.plain(fixture.nowMs, "last"), 4, AppendOrigin.CLIENT);
        fixture.log.close();
        List<File> logs = files(fixture.directory, ".log");
        assertThat(logs).hasSizeLessThan(before);
        String records = dump(List.of("--deep-iteration", "--print-data-log"), logs);
        assertThat(records).contains("payload: last").doesNotContain("payload: value-0");
        // Gaps are what cleaning is for; the tool mentions them.
        assertNoComplaint(records.replaceAll("(?i).*non-secutive.*", ""));
        assertNoComplaint(
                dump(List.of("--deep-iteration"), files(fixture.directory, ".index", ".timeindex", ".txnindex")));
        String sanity = dump(List.of("--index-sanity-check"), files(fixture.directory, ".index", ".timeindex"));
        assertThat(sanity).contains("passed sanity check");
        assertNoComplaint(sanity);
    }
}
