package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogDirectoriesTest {
    private static final Uuid TOPIC = Uuid.fromString("AAAAAAAAAAAAAAAAAAAAEw");
    private static final Uuid FIRST = Uuid.fromString("AAAAAAAAAAAAAAAAAAAAAQ");
    private static final Uuid SECOND = Uuid.fromString("AAAAAAAAAAAAAAAAAAAAAg");

    @TempDir
    Path root;

    private final List<String> failures = new ArrayList<>();
    private final List<Runnable> delayed = new ArrayList<>();
    private LogDirectories logs;

    private LogDirectories open(String... names) {
        List<LogDirectory> directories = new ArrayList<>();
        for (String name : names) {
            directories.add(new LogDirectory(root.resolve(name), name.equals("d1") ? FIRST : SECOND));
        }
        logs = LogDirectories.open(
                directories,
                topic -> LogConfig::defaults,
                new LogEnvironment(
                        InstantSource.system(),
                        (dir, what, cause) -> failures.add(dir.getFileName() + ": " + what),
                        (task, delay) -> delayed.add(task)),
                2);
        return logs;
    }

    @AfterEach
    void close() {
        if (logs != null) {
            logs.close();
        }
    }

    private PartitionLog create(int partition) {
        return logs.getOrCreate(new TopicPartition("t", partition), TOPIC, null, true);
    }

    private PartitionLog create(int partition, Uuid topicId) {
        return logs.getOrCreate(new TopicPartition("t", partition), topicId, null, true);
    }

    private void append(PartitionLog log, String value) {
        log.appendAsLeader(Batches.plain(System.currentTimeMillis(), value), 0, AppendOrigin.CLIENT);
    }

    @Test
    void logsAreSpreadOverDirectoriesAndFoundAgain() throws IOException {
        open("d1", "d2");
        for (int i = 0; i < 10; i++) {
            append(create(i), "v" + i);
        }
        assertThat(logs.logsIn(logs.all().get(0))).hasSize(5);
        logs.log(new TopicPartition("t", 3)).orElseThrow().updateHighWatermark(1);
        logs.close(42);
        assertThat(Files.readString(root.resolve("d1/.kafka_cleanshutdown")))
                .isEqualTo("{\"version\":0,\"brokerEpoch\":42}\n");
        open("d1", "d2");
        assertThat(root.resolve("d1/.kafka_cleanshutdown")).doesNotExist();
        assertThat(logs.previousBrokerEpoch()).isEqualTo(42);
        assertThat(logs.logs()).hasSize(10).noneMatch(log -> log.slot().logIfLoaded() != null);
        PartitionLog third = create(3);
        assertThat(third.highWatermark()).isEqualTo(1);
        assertThat(Batches.values(third, 0)).containsExactly("v3");
        assertThat(third.topicId()).isEqualTo(TOPIC);
    }

    @Test
    void aBrokerStoppedBeforeItWasRegisteredIsAsCleanAsItWas() throws IOException {
        open("d1", "d2");
        append(create(0), "v");
        logs.close(42);
        open("d1", "d2");
        logs.close(-1);
        open("d1", "d2");
        assertThat(logs.previousBrokerEpoch()).isEqualTo(42);
        logs.halt();
        open("d1", "d2");
        logs.close(-1);
        open("d1", "d2");
        assertThat(logs.previousBrokerEpoch()).as("killed before").isEqualTo(-1);
    }

    @Test
    void withoutACleanShutdownLogsAreRecovered() {
        open("d1");
        for (int i = 0; i < 120; i++) {
            append(create(i), "v" + i);
        }
        logs.upkeep().checkpointLogOffsets();
        logs.upkeep().checkpointHighWatermarks();
        LogDirectories killed = logs;
        assertThatThrownBy(() -> open("d1")).isInstanceOf(KafkaException.class).hasMessageContaining(".lock");
        killed.close();
        root.resolve("d1/.kafka_cleanshutdown").toFile().delete();
        open("d1");
        assertThat(logs.previousBrokerEpoch()).isEqualTo(-1);
        assertThat(logs.logs()).hasSize(120).allMatch(log -> log.slot().logIfLoaded() != null);
        assertThat(Batches.values(create(7), 0)).containsExactly("v7");
    }

    @Test
    void aDeletedPartitionGoesInTwoSteps() {
        open("d1");
        PartitionLog log = create(0);
        append(log, "a");
        LogRead read = log.read(0, 100, 1, true);
        logs.delete(new TopicPartition("t", 0));
        assertThat(root.resolve("d1/t-0")).doesNotExist();
        assertThat(log.directory().getFileName().toString()).matches("t-0\\.[0-9a-f]{32}-delete");
        assertThat(logs.log(new TopicPartition("t", 0))).isEmpty();
        assertThatThrownBy(() -> append(log, "b")).isInstanceOf(KafkaStorageException.class);
        assertThat(create(0).logEndOffset()).isZero();
        delayed.forEach(Runnable::run);
        assertThat(log.directory()).doesNotExist();
        assertThat(read.records().readFully().sizeInBytes()).isPositive();
        read.records().release();
    }

    @Test
    void aDirectoryOfAnOlderTopicIsMarkedStray() {
        open("d1");
        append(create(0), "a");
        Uuid newer = Uuid.randomUuid();
        assertThat(logs.getOrCreate(new TopicPartition("t", 0), newer, null, true)
                        .logEndOffset())
                .isZero();
        assertThat(root.resolve("d1").toFile().list()).anyMatch(name -> name.matches("t-0\\.[0-9a-f]{32}-stray"));
        append(create(0, newer), "b");
        logs.close();
        open("d1");
        assertThat(logs.logs()).hasSize(1);
        assertThat(logs.log(new TopicPartition("t", 0)).orElseThrow().topicId()).isEqualTo(newer);
    }

    @Test
    void aFailedDirectoryTakesItsLogsOfflineAndOthersGoOn() throws IOException {
        open("d1", "d2");
        PartitionLog first = logs.getOrCreate(new TopicPartition("t", 0), TOPIC, FIRST, true);
        PartitionLog second = logs.getOrCreate(new TopicPartition("t", 1), TOPIC, SECOND, true);
        assertThat(logs.directoryOf(second.partition()).orElseThrow().id()).isEqualTo(SECOND);
        append(second, "a");
        // The segment's file cannot be created any more.
        assertThat(logs.upkeep().createMissingDirectories(10)).isEqualTo(1);
        Files.delete(first.directory().resolve("partition.metadata"));
        Files.delete(first.directory());
        assertThatThrownBy(() -> append(first, "a")).isInstanceOf(KafkaStorageException.class);
        assertThat(failures).hasSize(1).first().asString().startsWith("d1: Cannot append to t-0");
        assertThat(logs.online()).extracting(LogDirectory::id).containsExactly(SECOND);
        append(second, "b");
        assertThat(logs.getOrCreate(new TopicPartition("t", 2), TOPIC, FIRST, true)
                        .directory()
                        .getParent())
                .isEqualTo(root.resolve("d2"));
        logs.close(7);
        assertThat(root.resolve("d1/.kafka_cleanshutdown")).doesNotExist();
        assertThat(root.resolve("d2/.kafka_cleanshutdown")).exists();
    }

    @Test
    void aNewPartitionCostsNoFilesUntilItsFirstRecord() {
        open("d1");
        PartitionLog log = create(0);
        create(1);
        log.beginEpoch(4);
        assertThat(log.logEndOffset()).isZero();
        assertThat(log.latestEpoch()).hasValue(4);
        assertThat(log.directory()).doesNotExist();
        logs.delete(new TopicPartition("t", 1));
        append(log, "a");
        assertThat(log.directory().resolve("partition.metadata")).exists();
        create(2);
        assertThat(logs.upkeep().createMissingDirectories(10)).isEqualTo(1);
        assertThat(root.resolve("d1/t-2/partition.metadata")).exists();
        create(3);
        logs.close(1);
        open("d1");
        assertThat(logs.logs()).hasSize(2);
        PartitionLog again = create(0);
        again.beginEpoch(6);
        assertThat(again.slot().logIfLoaded() != null).isFalse();
        assertThat(again.endOffsetForEpoch(6).offset()).isEqualTo(1);
    }

    @Test
    void checkpointsHaveKafkasFormat() throws IOException {
        open("d1");
        PartitionLog log = create(0);
        append(log, "a");
        append(log, "b");
        log.updateHighWatermark(2);
        log.advanceLogStartOffset(1, "test");
        log.flush();
        logs.upkeep().checkpointLogOffsets();
        logs.upkeep().checkpointHighWatermarks();
        assertThat(Files.readString(root.resolve("d1/recovery-point-offset-checkpoint")))
                .isEqualTo("0\n1\nt 0 2\n");
        assertThat(Files.readString(root.resolve("d1/log-start-offset-checkpoint")))
                .isEqualTo("0\n1\nt 0 1\n");
        assertThat(Files.readString(root.resolve("d1/replication-offset-checkpoint")))
                .isEqualTo("0\n1\nt 0 2\n");
        assertThat(Files.readString(root.resolve("d1/t-0/leader-epoch-checkpoint")))
                .isEqualTo("0\n1\n0 1\n");
    }

    @Test
    void ofTwoLogsOfOnePartitionTheOneThatReachesFurtherIsUsed() throws IOException {
        open("d1", "d2");
        TopicPartition id = new TopicPartition("t", 0);
        PartitionLog log = logs.getOrCreate(id, TOPIC, FIRST, true);
        append(log, "a");
        PartitionLog future = logs.futures().create(id, logs.all().get(1));
        future.appendAsFollower(log.read(0, 1_000, 1, true).records().readFully(), 0);
        // As a crash leaves it between the two renames of an exchange; then a record came.
        PartitionLog exchanged = logs.futures().promote(id).log();
        append(exchanged, "b");
        logs.close();
        assertThat(root.resolve("d1/t-0")).exists();
        assertThat(root.resolve("d2/t-0")).exists();
        open("d1", "d2");
        assertThat(logs.directoryOf(id).orElseThrow().id()).isEqualTo(SECOND);
        assertThat(Batches.values(logs.log(id).orElseThrow(), 0)).containsExactly("a", "b");
        assertThat(root.resolve("d1").toFile().list()).anyMatch(name -> name.matches("t-0\\.[0-9a-f]{32}-stray"));
    }

    @Test
    void aFutureLogWhoseCurrentOneHasGoneTakesItsPlace() throws IOException {
        open("d1", "d2");
        TopicPartition id = new TopicPartition("t", 0);
        PartitionLog log = logs.getOrCreate(id, TOPIC, FIRST, true);
        append(log, "a");
        PartitionLog future = logs.futures().create(id, logs.all().get(1));
        future.appendAsFollower(log.read(0, 1_000, 1, true).records().readFully(), 0);
        logs.close();
        Files.move(root.resolve("d1/t-0"), root.resolve("elsewhere"));
        open("d1", "d2");
        PartitionLog adopted = logs.getOrCreate(id, TOPIC, FIRST, false);
        assertThat(Batches.values(adopted, 0)).containsExactly("a");
        assertThat(root.resolve("d2/t-0")).exists();
        assertThat(logs.futures().partitions()).isEmpty();
    }

    @Test
    void aLogThatLostItsPartitionMetadataIsKeptAndNamedAnew() throws IOException {
        open("d1");
        append(create(0), "a");
        logs.close();
        Files.delete(root.resolve("d1/t-0/partition.metadata"));
        open("d1");
        assertThat(Batches.values(create(0), 0)).containsExactly("a");
        assertThat(Files.readString(root.resolve("d1/t-0/partition.metadata"))).contains(TOPIC.toString());
    }

    @Test
    void afterACrashAGapIsALossOnlyIfNobodyElseHasRunOnTheDirectory() throws IOException {
        for (boolean others : new boolean[] {false, true}) {
            // given: three segments, of which the end of the middle one is lost
            String name = others ? "others" : "d1";
            open(name);
            PartitionLog log = create(0);
            for (int i = 0; i < 9; i++) {
                append(log, "v" + i);
                if (i % 3 == 2) {
                    log.roll();
                }
            }
            logs.halt();
            Path middle = LogNames.file(root.resolve(name + "/t-0"), 3, ".log");
            byte[] bytes = Files.readAllBytes(middle);
            Files.write(middle, java.util.Arrays.copyOf(bytes, bytes.length / 3));
            if (others) {
                Files.writeString(root.resolve(name + "/recovery-point-offset-checkpoint"), "0\n1\nother 0 3\n");
            }
            // when
            open(name);
            // then
            PartitionLog found = logs.log(new TopicPartition("t", 0)).orElseThrow();
            assertThat(found.logEndOffset()).isEqualTo(others ? 9 : 4);
            assertThat(Batches.values(found, 0)).hasSize(others ? 7 : 4);
            // and: a clean stop leaves no word behind
            logs.close();
            assertThat(root.resolve(name + "/.milena-recovery-points")).doesNotExist();
        }
    }

    private LogDirectories enter(Function<String, Supplier<LogConfig>> configOf) {
        logs = LogDirectories.enter(
                List.of(new LogDirectory(root.resolve("d1"), FIRST)), configOf, LogEnvironment.standalone(), 1);
        return logs;
    }

    private LogDirectories enter() {
        return enter(topic -> LogConfig::defaults);
    }

    @Test
    void noTopicsSettingsAreAskedForBeforeRecovery() {
        // given: a log that was not closed
        open("d1");
        append(create(0), "a");
        logs.halt();
        // when: the directory is entered
        Set<String> asked = new HashSet<>();
        enter(topic -> {
            asked.add(topic);
            return LogConfig::defaults;
        });
        // then
        assertThat(logs.previousBrokerEpoch()).isEqualTo(-1);
        assertThat(logs.online()).hasSize(1);
        assertThat(logs.logs()).isEmpty();
        assertThat(asked).isEmpty();
        // when
        logs.recover();
        // then
        assertThat(asked).containsExactly("t");
        assertThat(Batches.values(create(0), 0)).containsExactly("a");
    }

    @Test
    void directoriesThatAreLeftBeforeRecoveryAreAsCleanAsTheyWereAndKeepTheirCheckpoints() throws IOException {
        // given
        open("d1");
        append(create(0), "a");
        logs.close(7);
        String recoveryPoints = Files.readString(root.resolve("d1/recovery-point-offset-checkpoint"));
        // when
        enter().close(-1);
        // then
        assertThat(Files.readString(root.resolve("d1/recovery-point-offset-checkpoint")))
                .isEqualTo(recoveryPoints);
        assertThat(enter().previousBrokerEpoch()).isEqualTo(7);
        // and: one that was not clean does not become so
        logs.recover();
        logs.halt();
        enter().close(8);
        assertThat(root.resolve("d1/.kafka_cleanshutdown")).doesNotExist();
    }

    @Test
    void directoriesOfAProcessThatIsKilledBeforeItRecoversAreAsItFoundThem() {
        // given
        open("d1");
        append(create(0), "a");
        logs.close(7);

        // when
        enter().halt();

        // then
        assertThat(enter().previousBrokerEpoch()).isEqualTo(7);
    }

    @Test
    void aRecoveryIsOverBeforeTheDirectoriesAreFreeAndLeavesThemUnclean() throws Exception {
        // given: logs of two topics that were not closed, one of which is being read
        open("d1");
        append(create(0), "a");
        append(logs.getOrCreate(new TopicPartition("u", 0), SECOND, null, true), "b");
        logs.halt();
        Set<String> read = ConcurrentHashMap.newKeySet();
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        LogDirectories recovered = enter(topic -> () -> {
            read.add(topic);
            reading.countDown();
            await(goOn);
            return LogConfig.defaults();
        });
        CompletableFuture<Void> recovery = CompletableFuture.runAsync(recovered::recover);
        await(reading);

        // when
        Thread closing = new Thread(() -> recovered.close(8));
        closing.start();
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }

        // then
        assertThatThrownBy(() -> open("d1")).isInstanceOf(KafkaException.class);
        goOn.countDown();
        closing.join();
        assertThatThrownBy(() -> recovery.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(read).hasSize(1);
        assertThat(root.resolve("d1/.kafka_cleanshutdown")).doesNotExist();
        open("d1");
        assertThat(Batches.values(create(0), 0)).containsExactly("a");
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
