package io.milena.log;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** A log in a directory, with a clock that is set by hand, that can be closed, killed and opened again. */
class LogFixture {
    static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    static final Uuid TOPIC_ID = Uuid.fromString("AAAAAAAAAAAAAAAAAAAAEw");
    final Path directory;
    final List<String> failures = new ArrayList<>();
    final List<Runnable> delayed = new ArrayList<>();
    LogConfig config = LogConfig.defaults();
    long nowMs = 1_700_000_000_000L;
    PartitionLog log;

    LogFixture(Path logDir) {
        this.directory = logDir.resolve("orders-0");
    }

    LogFixture with(String name, Object value) {
        config = config.with(name, value.toString());
        return this;
    }

    LogEnvironment environment() {
        InstantSource clock = () -> Instant.ofEpochMilli(nowMs);
        return new LogEnvironment(
                clock, (dir, what, cause) -> failures.add(what + ": " + cause), (task, delay) -> delayed.add(task));
    }

    PartitionLog open(LogStart start) {
        log = PartitionLog.open(directory, PARTITION, TOPIC_ID, () -> config, environment(), start);
        return log;
    }

    PartitionLog create() {
        return open(LogStart.CLEAN);
    }

    /** Clean restart. */
    PartitionLog reopen() {
        LogStart last = log.slot().checkpoint();
        log.close();
        runDelayed();
        return open(new LogStart(
                log.slot().checkpoint().recoveryPoint(),
                last.logStartOffset(),
                last.highWatermark(),
                LogStart.Files.CLOSED));
    }

    /** kill -9: what the process knew and had not written is gone. */
    PartitionLog crash() {
        LogStart last = log.slot().checkpoint();
        log.slot().takeOffline();
        log.slot().discard();
        return open(new LogStart(
                last.recoveryPoint(), last.logStartOffset(), last.highWatermark(), LogStart.Files.CRASHED_CONTIGUOUS));
    }

    void runDelayed() {
        List<Runnable> due = new ArrayList<>(delayed);
        delayed.clear();
        due.forEach(Runnable::run);
    }

    AppendInfo append(String... values) {
        return log.appendAsLeader(Batches.copy(Batches.plain(nowMs, values)), 0, AppendOrigin.CLIENT);
    }

    Path segmentFile(long base, String suffix) throws IOException {
        return LogNames.file(directory, base, suffix);
    }
}
