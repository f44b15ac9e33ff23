package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.internal.Record;

/** Whatever is done to a log, it holds what a plain list would hold. */
class LogModelTest {
    /** One step: what to do, and a number that says how. */
    record Step(String name, int amount) {}

    private static final class Model {
        final List<String> values = new ArrayList<>();
        long start;
        int written;

        long end() {
            return values.size();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<String> names = Arbitraries.of(
                "append",
                "append",
                "append",
                "append",
                "compressed",
                "truncate",
                "reopen",
                "crash",
                "flush",
                "roll",
                "deleteRecords",
                "retain",
                "sweep",
                "read",
                "tear");
        Arbitrary<Integer> amounts = Arbitraries.integers().between(0, 1000);
        return names.flatMap(name -> amounts.map(amount -> new Step(name, amount)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(50);
    }

    @Property(tries = 25, shrinking = ShrinkingMode.BOUNDED)
    void aLogHoldsWhatAListWouldHold(@ForAll("steps") List<Step> steps) throws IOException {
        Path directory = Files.createTempDirectory("log-model");
        try {
            LogFixture fixture = new LogFixture(directory)
                    .with(TopicConfig.SEGMENT_BYTES_CONFIG, 1500)
                    .with(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, 100)
                    .with(TopicConfig.RETENTION_MS_CONFIG, -1)
                    .with(TopicConfig.RETENTION_BYTES_CONFIG, 4000);
            fixture.create();
            Model model = new Model();
            for (Step step : steps) {
                apply(step, fixture, model);
                check(fixture, model, step);
            }
            fixture.log.close();
        } finally {
            HostedDirectory.deleteQuietly(directory);
        }
    }

    private void apply(Step step, LogFixture fixture, Model model) throws IOException {
        int amount = step.amount();
        PartitionLog log = fixture.log;
        switch (step.name()) {
            case "append" -> append(fixture, model, amount, Compression.NONE);
            case "compressed" ->
                append(fixture, model, amount, Compression.lz4().build());
            case "truncate" -> truncate(fixture, model, model.end() - amount % 20);
            case "reopen" -> fixture.reopen();
            case "crash" -> fixture.crash();
            case "flush" -> log.flush();
            case "roll" -> log.roll();
            case "sweep" -> log.slot().log().sweep();
            case "tear" -> tear(fixture, model, amount);
            case "deleteRecords" -> {
                log.updateHighWatermark(model.end());
                long to = Math.min(model.end(), model.start + amount % 30);
                log.advanceLogStartOffset(to, "test");
                model.start = Math.max(model.start, to);
            }
            case "retain" -> {
                log.updateHighWatermark(model.end());
                log.deleteOldSegments(fixture.nowMs);
                fixture.runDelayed();
                assertThat(log.logStartOffset()).isGreaterThanOrEqualTo(model.start);
                model.start = log.logStartOffset();
            }
            default -> readSome(log, model, amount);
        }
    }

    private void append(LogFixture fixture, Model model, int amount, Compression codec) {
        String[] values = new String[1 + amount % 5];
        for (int i = 0; i < values.length; i++) {
            values[i] = "v" + model.written++ + "-" + "x".repeat(amount % 97);
        }
        fixture.nowMs += amount % 3;
        AppendInfo info = fixture.log.appendAsLeader(
                Batches.copy(Batches.compressed(codec, fixture.nowMs, values)), 0, AppendOrigin.CLIENT);
        assertThat(info.firstOffset()).isEqualTo(model.end());
        model.values.addAll(List.of(values));
    }

    /** Truncation keeps whole batches: offsets of a cut batch below the target are lost, so cut at a batch's start. */
    private void truncate(LogFixture fixture, Model model, long wanted) {
        long target = Math.max(model.start, wanted);
        if (target >= model.end()) {
            return;
        }
        LogRead read = fixture.log.read(target, 1, model.end(), true);
        long base = read.records().readFully().batches().iterator().next().baseOffset();
        read.records().release();
        if (base >= model.start) {
            assertThat(fixture.log.truncateTo(base)).isTrue();
            shorten(model, base);
        }
    }

    private static void shorten(Model model, long end) {
        while (model.end() > end) {
            model.values.remove(model.values.size() - 1);
        }
    }

    /** kill -9 and a torn tail of the active segment: what is left is a prefix that ends with a batch. */
    private void tear(LogFixture fixture, Model model, int amount) throws IOException {
        LogOffsetMetadata end = fixture.log.logEndOffsetMetadata();
        if (end.relativePosition() == 0) {
            return;
        }
        Path active = fixture.segmentFile(end.segmentBaseOffset(), ".log");
        int keep = Math.max(0, end.relativePosition() - amount % 300);
        LogStart known = fixture.log.slot().checkpoint();
        fixture.log.slot().takeOffline();
        fixture.log.slot().discard();
        byte[] bytes = Files.readAllBytes(active);
        Files.write(active, java.util.Arrays.copyOf(bytes, keep));
        long recoveryPoint = Math.min(known.recoveryPoint(), end.segmentBaseOffset());
        fixture.open(new LogStart(
                recoveryPoint, known.logStartOffset(), known.highWatermark(), LogStart.Files.CRASHED_CONTIGUOUS));
        long after = fixture.log.logEndOffset();
        assertThat(after).isBetween(Math.min(end.segmentBaseOffset(), model.end()), model.end());
        if (amount % 300 == 0) {
            assertThat(after).isEqualTo(model.end());
        }
        shorten(model, after);
    }

    private void readSome(PartitionLog log, Model model, int amount) {
        if (model.end() == model.start) {
            return;
        }
        long from = model.start + amount % (model.end() - model.start);
        LogRead read = log.read(from, 1 + amount, model.end(), true);
        List<Long> offsets = new ArrayList<>();
        Consumer<Record> seen = record -> {
            offsets.add(record.offset());
            if (record.offset() >= model.start) {
                assertThat(valueOf(record)).isEqualTo(model.values.get((int) record.offset()));
            }
        };
        read.records().readFully().records().forEach(seen);
        read.records().release();
        assertThat(offsets).contains(from);
    }

    private void check(LogFixture fixture, Model model, Step step) {
        PartitionLog log = fixture.log;
        assertThat(fixture.failures).isEmpty();
        assertThat(log.logEndOffset()).as("end after %s", step).isEqualTo(model.end());
        assertThat(log.logStartOffset()).as("start after %s", step).isEqualTo(model.start);
        List<Record> all = Batches.all(log, model.start);
        assertThat(all).as("records after %s", step).hasSize((int) (model.end() - model.start));
        for (Record record : all) {
            assertThat(valueOf(record)).isEqualTo(model.values.get((int) record.offset()));
        }
    }

    private static String valueOf(Record record) {
        return java.nio.charset.StandardCharsets.UTF_8.decode(record.value()).toString();
    }
}
