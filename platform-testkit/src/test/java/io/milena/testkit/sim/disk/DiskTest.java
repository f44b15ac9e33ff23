package io.milena.testkit.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.log.AppendOrigin;
import io.milena.log.LogConfig;
import io.milena.log.LogEnvironment;
import io.milena.log.LogStart;
import io.milena.log.PartitionLog;
import io.milena.testkit.sim.Dice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

class DiskTest {
    private final Disk disk = new Disk("disk", new Dice(1), duration -> {});

    @Test
    void what_was_synced_survives_a_loss_of_power_with_its_name() throws IOException {
        writeDurably("/file", "kept");
        losePower();
        assertThat(Files.readString(disk.path("/file"))).isEqualTo("kept");
    }

    @Test
    void what_was_not_synced_survives_only_by_chance() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            writeDurably("/file", "old old old");
            try (FileChannel file = FileChannel.open(disk.path("/file"), StandardOpenOption.WRITE)) {
                file.write(bytes("new"), 0);
                file.write(bytes("new"), 4);
                file.write(bytes("new"), 8);
            }
            assertThat(Files.readString(disk.path("/file"))).isEqualTo("new new new");
            losePower();
            outcomes.add(Files.readString(disk.path("/file")));
        }
        assertThat(outcomes).contains("old old old", "new new new", "old new new", "new old old");
        assertThat(outcomes).anyMatch(text -> text.startsWith("nld") || text.startsWith("oew")); // a torn write
    }

    @Test
    void a_name_needs_a_sync_of_its_directory() throws IOException {
        int survived = 0;
        for (int i = 0; i < 100; i++) {
            disk.wipe();
            disk.mount();
            try (FileChannel file =
                    FileChannel.open(disk.path("/file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                file.write(bytes("x"));
                file.force(true);
            }
            losePower();
            survived += Files.exists(disk.path("/file")) ? 1 : 0;
        }
        assertThat(survived).isBetween(1, 99);
    }

    @Test
    void a_rename_is_old_or_new_and_never_half() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            writeDurably("/file", "old");
            writeDurably("/beside", "new");
            Files.move(disk.path("/beside"), disk.path("/file"), StandardCopyOption.ATOMIC_MOVE);
            losePower();
            outcomes.add(Files.readString(disk.path("/file")));
        }
        assertThat(outcomes).containsExactlyInAnyOrder("old", "new");
    }

    @Test
    void a_full_disk_a_failed_sync_and_a_read_only_disk_say_so() throws IOException {
        writeDurably("/file", "1234567890");
        disk.capacity(12);
        assertThatThrownBy(() -> writeDurably("/other", "123")).hasMessageContaining("No space left");
        disk.heal();
        disk.failSync(0);
        assertThatThrownBy(() -> writeDurably("/other", "123")).hasMessageContaining("Input/output error");
        writeDurably("/other", "123");
        disk.readOnly(true);
        assertThatThrownBy(() -> writeDurably("/other", "4")).hasMessageContaining("Read-only");
    }

    @Test
    void what_a_failed_sync_has_lost_is_seen_until_the_power_goes_and_a_good_sync_does_not_bring_it_back()
            throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            writeDurably("/file", "old");
            try (FileChannel file = FileChannel.open(disk.path("/file"), StandardOpenOption.WRITE)) {
                file.write(bytes("new"));
                disk.failSync(0);
                assertThatThrownBy(() -> file.force(true)).hasMessageContaining("Input/output error");
                file.force(true);
            }
            assertThat(Files.readString(disk.path("/file"))).isEqualTo("new");
            losePower();
            outcomes.add(Files.readString(disk.path("/file")));
        }
        assertThat(outcomes).contains("old", "new");
    }

    @Test
    void power_lost_in_the_middle_of_an_operation_stops_the_process_there() throws IOException {
        writeDurably("/file", "old");
        disk.losePowerAfter(1);
        Path file = disk.path("/file");
        assertThatThrownBy(() -> {
                    Files.writeString(file, "new");
                    Files.writeString(file, "newer");
                })
                .isInstanceOf(PowerLostException.class);
        assertThatThrownBy(() -> Files.readString(file)).isInstanceOf(PowerLostException.class);
    }

    @Test
    void the_real_log_lives_on_it_and_keeps_what_it_flushed() {
        PartitionLog log = open();
        append(log, "one");
        append(log, "two");
        log.flush();
        append(log, "three");
        losePower();

        PartitionLog again = open();

        assertThat(again.logEndOffset()).isBetween(2L, 3L);
        assertThat(again.read(0, 1_000_000, again.logEndOffset(), true)
                        .records()
                        .readFully()
                        .records())
                .extracting(
                        record -> StandardCharsets.UTF_8.decode(record.value()).toString())
                .startsWith("one", "two");
    }

    @Test
    void a_log_ends_before_a_gap_that_a_power_cut_left_between_two_segments() throws IOException {
        PartitionLog log = open();
        append(log, "one");
        log.flush();
        append(log, "lost");
        log.roll();
        disk.mount();
        Path first = disk.path("/data/t-0/00000000000000000000.log");
        try (FileChannel file = FileChannel.open(first, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }

        assertThat(open().logEndOffset()).isEqualTo(1);
    }

    @Test
    void what_a_log_truncated_does_not_come_back() {
        for (int i = 0; i < 50; i++) {
            disk.wipe();
            disk.mount();
            PartitionLog log = open();
            append(log, "one");
            append(log, "two");
            log.flush();
            log.truncateTo(1);
            losePower();
            assertThat(open().logEndOffset()).isEqualTo(1);
        }
    }

    private PartitionLog open() {
        return PartitionLog.open(
                disk.path("/data/t-0"),
                new TopicPartition("t", 0),
                new Uuid(1, 2),
                LogConfig::defaults,
                LogEnvironment.standalone(),
                LogStart.NEVER_COMPACTED);
    }

    private static void append(PartitionLog log, String value) {
        log.appendAsLeader(
                MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(value.getBytes(StandardCharsets.UTF_8))),
                0,
                AppendOrigin.CLIENT);
    }

    private void losePower() {
        disk.losePower();
        disk.mount();
    }

    private void writeDurably(String path, String text) throws IOException {
        Path file = disk.path(path);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(bytes(text));
            channel.force(true);
        }
        try (FileChannel directory = FileChannel.open(disk.path("/"), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
