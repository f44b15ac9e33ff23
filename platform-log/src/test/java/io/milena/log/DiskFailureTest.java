package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two log directories, one on a small disk of its own that is filled or made read-only. */
class DiskFailureTest {
    private static final Uuid TOPIC = Uuid.fromString("AAAAAAAAAAAAAAAAAAAAEw");
    private static final Uuid STEADY = Uuid.fromString("AAAAAAAAAAAAAAAAAAAAAQ");
    private static final Uuid FRAIL = Uuid.fromString("AAAAAAAAAAAAAAAAAAAAAg");
    private static final TopicPartition ON_STEADY = new TopicPartition("t", 0);
    private static final TopicPartition ON_FRAIL = new TopicPartition("t", 1);

    @TempDir
    Path root;

    private final List<String> failures = new ArrayList<>();
    private SmallDisk disk;
    private LogDirectories logs;
    private long nowMs = 1_000_000;

    @BeforeEach
    void mount() throws IOException {
        disk = SmallDisk.mount(root, "frail", 16);
        open();
    }

    @AfterEach
    void unmount() throws IOException {
        if (logs != null) {
            logs.close();
        }
        if (disk != null) {
            disk.close();
        }
    }

    private void open() {
        logs = LogDirectories.open(
                List.of(
                        new LogDirectory(root.resolve("steady"), STEADY),
                        new LogDirectory(disk.path().resolve("logs"), FRAIL)),
                topic -> LogConfig::defaults,
                new LogEnvironment(
                        InstantSource.system(),
                        (dir, what, cause) -> failures.add(dir.getFileName() + ": " + what),
                        DelayedTasks.IMMEDIATE),
                2);
    }

    private PartitionLog log(TopicPartition partition) {
        return logs.getOrCreate(partition, TOPIC, partition.equals(ON_STEADY) ? STEADY : FRAIL, true);
    }

    private static void append(PartitionLog log, String value) {
        log.appendAsLeader(Batches.plain(System.currentTimeMillis(), value), 0, AppendOrigin.CLIENT);
        log.updateHighWatermark(log.logEndOffset());
    }

    /** Appends until the disk is full; the values that were taken. */
    private List<String> appendUntilFull(PartitionLog log, int valueBytes) {
        List<String> taken = new ArrayList<>();
        while (true) {
            String value = "v" + taken.size() + "x".repeat(valueBytes);
            try {
                append(log, value);
            } catch (KafkaStorageException full) {
                return taken;
            }
            taken.add(value);
            assertThat(taken).hasSizeLessThan(10_000);
        }
    }

    private List<LogDirectory> secondsPass(int seconds) {
        List<LogDirectory> returned = new ArrayList<>();
        for (int i = 0; i < seconds; i++) {
            nowMs += 1_000;
            returned.addAll(logs.returnDirectories(nowMs));
        }
        return returned;
    }

    @Test
    void aFullDirectoryGoesOfflineLosesNothingAndComesBackWhenThereIsRoom() throws IOException {
        append(log(ON_STEADY), "a");
        PartitionLog frail = log(ON_FRAIL);
        append(frail, "first");
        disk.occupy(4 << 20);
        List<String> taken = appendUntilFull(frail, 30_000);
        assertThat(taken).isNotEmpty();
        assertThat(failures).hasSize(1).first().asString().startsWith("logs: Cannot append to t-1 at offset");
        assertThat(logs.offline()).extracting(LogDirectory::id).containsExactly(FRAIL);
        // The other directory serves on.
        append(log(ON_STEADY), "b");
        assertThat(Batches.values(log(ON_STEADY), 0)).containsExactly("a", "b");
        assertThatThrownBy(() -> frail.read(0, 100, 1, true)).isInstanceOf(KafkaStorageException.class);
        // Still full: it stays away.
        assertThat(secondsPass(5)).isEmpty();

        disk.free();
        assertThat(secondsPass(5)).extracting(LogDirectory::id).containsExactly(FRAIL);

        PartitionLog again = log(ON_FRAIL);
        List<String> expected = new ArrayList<>(List.of("first"));
        expected.addAll(taken);
        assertThat(Batches.values(again, 0)).isEqualTo(expected);
        assertThat(again.highWatermark()).isEqualTo(expected.size());
        assertThat(again.logEndOffset()).isEqualTo(expected.size());
        append(again, "after");
        assertThat(Batches.values(again, expected.size())).containsExactly("after");
        assertThat(again.recoveryPoint()).isEqualTo(expected.size());
    }

    @Test
    void noHalfWrittenBatchStaysInAFileOfAFullDirectory() throws IOException {
        PartitionLog frail = log(ON_FRAIL);
        append(frail, "first");
        long whole = frail.sizeInBytes();
        Path file = frail.directory().resolve("00000000000000000000.log");
        disk.fill();
        // Room for a part of what comes.
        Path ballast = disk.path().resolve("ballast");
        try (FileChannel channel = FileChannel.open(ballast, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 64 * 1024);
        }
        assertThatThrownBy(() -> append(frail, "x".repeat(500_000))).isInstanceOf(KafkaStorageException.class);
        assertThat(Files.size(file)).isEqualTo(whole);
        disk.free();
        assertThat(secondsPass(3)).hasSize(1);
        assertThat(Batches.values(log(ON_FRAIL), 0)).containsExactly("first");
    }

    @Test
    void aDirectoryThatMayNotBeWrittenGoesOfflineAndComesBackWhenItMay() {
        PartitionLog frail = log(ON_FRAIL);
        append(frail, "a");
        append(log(ON_STEADY), "b");
        disk.protect(frail.directory().getParent(), true);
        assertThatThrownBy(frail::roll).isInstanceOf(KafkaStorageException.class);
        assertThat(failures).hasSize(1);
        assertThatThrownBy(() -> append(frail, "c")).isInstanceOf(KafkaStorageException.class);
        append(log(ON_STEADY), "d");
        assertThat(secondsPass(3)).isEmpty();
        disk.protect(frail.directory().getParent(), false);
        assertThat(secondsPass(70)).hasSize(1);
        append(log(ON_FRAIL), "e");
        assertThat(Batches.values(log(ON_FRAIL), 0)).containsExactly("a", "e");
    }

    @Test
    void aDirectoryThatIsReadOnlyAtTheStartComesBackWithItsLogs() {
        append(log(ON_FRAIL), "a");
        logs.close(3);
        disk.remount(true);
        open();
        assertThat(failures).containsExactly("logs: Cannot open it");
        assertThat(logs.previousBrokerEpoch()).isEqualTo(-1);
        // Its log may be there: it is not made anew elsewhere, where it would be empty.
        assertThatThrownBy(() -> logs.getOrCreate(ON_FRAIL, TOPIC, null, false))
                .isInstanceOf(KafkaStorageException.class)
                .hasMessageContaining("offline");
        assertThat(secondsPass(3)).isEmpty();
        disk.remount(false);
        assertThat(secondsPass(3)).hasSize(1);
        assertThat(Batches.values(logs.getOrCreate(ON_FRAIL, TOPIC, null, false), 0))
                .containsExactly("a");
    }

    @Test
    void aLogThatHasLostRecordsDoesNotComeBackByItself() throws IOException {
        PartitionLog frail = log(ON_FRAIL);
        append(frail, "a");
        append(frail, "b");
        disk.fill();
        assertThatThrownBy(() -> append(frail, "x".repeat(500_000))).isInstanceOf(KafkaStorageException.class);
        try (FileChannel file =
                FileChannel.open(frail.directory().resolve("00000000000000000000.log"), StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 1);
        }
        disk.free();
        assertThat(secondsPass(100)).isEmpty();
        assertThat(logs.offline()).hasSize(1);
    }

    @Test
    void aDirectoryThatFailsAgainAtOnceWaitsLongerEachTime() throws IOException {
        append(log(ON_FRAIL), "a");
        int waited = 0;
        for (int round = 0; round < 3; round++) {
            disk.fill();
            PartitionLog frail = log(ON_FRAIL);
            assertThatThrownBy(() -> append(frail, "x".repeat(500_000))).isInstanceOf(KafkaStorageException.class);
            disk.free();
            int seconds = 1;
            while (secondsPass(1).isEmpty()) {
                seconds++;
                assertThat(seconds).isLessThan(60);
            }
            assertThat(seconds).isGreaterThan(waited);
            waited = seconds;
        }
    }

    @Test
    void whatWasDeletedOrPlacedElsewhereMeanwhileIsSetAside() throws IOException {
        append(log(ON_FRAIL), "a");
        TopicPartition doomed = new TopicPartition("doomed", 0);
        append(logs.getOrCreate(doomed, TOPIC, FRAIL, true), "b");
        disk.fill();
        PartitionLog frail = log(ON_FRAIL);
        assertThatThrownBy(() -> append(frail, "x".repeat(500_000))).isInstanceOf(KafkaStorageException.class);
        logs.delete(doomed);
        Uuid newer = Uuid.randomUuid();
        PartitionLog anew = logs.getOrCreate(ON_FRAIL, newer, null, true);
        append(anew, "of the new topic");
        disk.free();
        assertThat(secondsPass(3)).hasSize(1);
        assertThat(logs.log(doomed)).isEmpty();
        assertThat(Batches.values(logs.getOrCreate(ON_FRAIL, newer, null, false), 0))
                .containsExactly("of the new topic");
        assertThat(disk.path().resolve("logs").toFile().list())
                .noneMatch(name -> name.equals("t-1") || name.equals("doomed-0"));
    }
}
