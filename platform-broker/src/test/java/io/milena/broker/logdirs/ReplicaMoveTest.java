package io.milena.broker.logdirs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.broker.partition.Partition;
import io.milena.broker.partition.TwoDirectories;
import io.milena.log.AppendOrigin;
import io.milena.log.LogRead;
import io.milena.log.PartitionLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaMoveTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    @TempDir
    Path root;

    private TwoDirectories node;
    private ReplicaMoves moves;
    private Partition partition;
    private final AtomicLong rate = new AtomicLong(Long.MAX_VALUE);

    @BeforeEach
    void start() {
        node = new TwoDirectories(root, Map.of("segment.bytes", "262144", "file.delete.delay.ms", "0"));
        begin();
        partition = node.host(1, 0);
    }

    private void begin() {
        moves = new ReplicaMoves(node.registry(), (partition, directory) -> node.assigned.add(directory), 0);
        moves.limitBy(rate::get);
    }

    @Test
    void asManyThreadsMoveReplicasAsAreConfiguredElseOnePerDirectory() {
        // given
        try (ReplicaMoves configured = new ReplicaMoves(node.registry(), (partition, directory) -> {}, 5)) {
            // when / then
            assertThat(configured.threads()).isEqualTo(5);
            assertThat(moves.threads()).isEqualTo(2);
        }
    }

    @AfterEach
    void stop() {
        moves.close();
        node.close();
    }

    private static MemoryRecords records(String value) {
        return MemoryRecords.withRecords(
                Compression.NONE, new SimpleRecord(System.currentTimeMillis(), "k".getBytes(), value.getBytes()));
    }

    private void append(int from, int to) {
        for (int i = from; i < to; i++) {
            partition.append(records("value-" + i), false, AppendOrigin.CLIENT);
        }
    }

    private static List<String> values(PartitionLog log) {
        List<String> values = new ArrayList<>();
        for (long next = log.logStartOffset(); next < log.logEndOffset(); ) {
            LogRead read = log.read(next, 4096, log.logEndOffset(), true);
            for (var batch : read.records().readFully().batches()) {
                for (Record record : batch) {
                    if (record.offset() >= next) {
                        values.add(new String(bytes(record)));
                    }
                }
                next = batch.nextOffset();
            }
            read.records().release();
        }
        return values;
    }

    private static byte[] bytes(Record record) {
        byte[] bytes = new byte[record.valueSize()];
        record.value().get(bytes);
        return bytes;
    }

    private static List<String> expected(int from, int to) {
        List<String> values = new ArrayList<>();
        for (int i = from; i < to; i++) {
            values.add("value-" + i);
        }
        return values;
    }

    private void awaitIn(Path directory) {
        await().until(() -> partition.log().directory().equals(directory.resolve("orders-0")));
        assertThat(node.directories().directoryOf(ORDERS).orElseThrow().path()).isEqualTo(directory);
    }

    @Test
    void aReplicaComesToTheOtherDirectoryWithAllItsRecords() {
        append(0, 2_000);
        partition.log().updateHighWatermark(2_000);

        assertThat(moves.move(partition, node.second)).isEqualTo(Errors.NONE);

        awaitIn(node.second.path());
        assertThat(values(partition.log())).isEqualTo(expected(0, 2_000));
        assertThat(partition.log().highWatermark()).isEqualTo(2_000);
        await().until(() -> node.assigned.contains(node.second.id()));
        assertThat(node.directories().futures().partitions()).isEmpty();
        await().until(() -> !node.first.path().resolve("orders-0").toFile().exists());
        append(2_000, 2_010);
        node.reopen();
        begin();
        partition = node.host(1, 1);
        assertThat(partition.log().directory().getParent()).isEqualTo(node.second.path());
        assertThat(values(partition.log())).isEqualTo(expected(0, 2_010));
    }

    @Test
    void appendsGoOnWhileItMoves() throws InterruptedException {
        append(0, 500);
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicLong end = new AtomicLong(500);
        Thread producer = new Thread(() -> {
            while (running.get()) {
                int next = (int) end.get();
                append(next, next + 1);
                end.incrementAndGet();
            }
        });
        producer.start();
        try {
            for (int round = 0; round < 3; round++) {
                moves.move(partition, node.second);
                awaitIn(node.second.path());
                moves.move(partition, node.first);
                awaitIn(node.first.path());
            }
        } finally {
            running.set(false);
            producer.join();
        }
        assertThat(values(partition.log())).isEqualTo(expected(0, (int) end.get()));
    }

    @Test
    void aMoveThatARestartInterruptsGoesOn() {
        append(0, 2_000);
        rate.set(20_000);
        moves.move(partition, node.second);
        await().until(() ->
                node.directories().futures().find(ORDERS).orElseThrow().logEndOffset() > 50);
        moves.close();
        node.reopen();
        begin();
        PartitionLog future = node.directories().futures().find(ORDERS).orElseThrow();
        assertThat(future.directory().getFileName().toString()).matches("orders-0\\.[0-9a-f]{32}-future");
        assertThat(future.logEndOffset()).isBetween(50L, 1_999L);
        partition = node.host(1, 1);
        rate.set(Long.MAX_VALUE);

        moves.resume();

        awaitIn(node.second.path());
        assertThat(values(partition.log())).isEqualTo(expected(0, 2_000));
    }

    @Test
    void aTruncationMeanwhileIsFollowed() {
        append(0, 300);
        PartitionLog current = partition.log();
        PartitionLog future = node.directories().futures().create(ORDERS, node.second);
        ReplicaMove move = new ReplicaMove(partition, node.directories().futures());
        while (move.copy(future, 1 << 20) > 0) {
            assertThat(future.logEndOffset()).isLessThanOrEqualTo(300);
        }
        assertThat(future.logEndOffset()).isEqualTo(300);
        // Another leader had other records from offset 200 on.
        current.truncateTo(200);
        partition = node.host(1, 5);
        append(200, 260);
        partition.append(records("other"), false, AppendOrigin.CLIENT);
        while (!move.exchange(future)) {
            move.copy(future, 1 << 20);
        }
        List<String> expected = expected(0, 260);
        expected.add("other");
        assertThat(values(partition.log())).isEqualTo(expected);
        assertThat(partition.log().endOffsetForEpoch(0).offset()).isEqualTo(200);
    }

    @Test
    void aLogWhoseFirstRecordsWereDeletedInTheMiddleOfABatchMoves() {
        partition.append(
                MemoryRecords.withRecords(
                        Compression.NONE,
                        new SimpleRecord(1, "k".getBytes(), "value-0".getBytes()),
                        new SimpleRecord(1, "k".getBytes(), "value-1".getBytes()),
                        new SimpleRecord(1, "k".getBytes(), "value-2".getBytes())),
                false,
                AppendOrigin.CLIENT);
        append(3, 10);
        partition.log().updateHighWatermark(10);
        partition.deleteRecordsBefore(2);
        moves.move(partition, node.second);
        awaitIn(node.second.path());
        assertThat(partition.log().logStartOffset()).isEqualTo(2);
        assertThat(values(partition.log())).isEqualTo(expected(2, 10));
    }

    @Test
    void aMoveBackToWhereItIsGivesUp() {
        append(0, 2_000);
        rate.set(1_000);
        moves.move(partition, node.second);
        assertThat(node.directories().futures().partitions()).containsExactly(ORDERS);
        assertThat(moves.move(partition, node.first)).isEqualTo(Errors.NONE);
        assertThat(node.directories().futures().partitions()).isEmpty();
        assertThat(node.directories().directoryOf(ORDERS)).hasValue(node.first);
        await().until(() -> node.second.path().toFile().list((dir, name) -> name.startsWith("orders")).length == 0);
        append(2_000, 2_001);
    }

    @Test
    void aReplicaThatIsNotHereYetGoesWhereItWasAskedToGo() {
        TopicPartition other = new TopicPartition("later", 0);
        node.directories().prefer(other, node.second);
        node.directories().getOrCreate(other, TwoDirectories.ORDERS, null, true);
        assertThat(node.directories().directoryOf(other)).hasValue(node.second);
    }

    @Test
    void theThrottleSpreadsCopiesOverTime() {
        MoveThrottle throttle = new MoveThrottle();
        assertThat(throttle.copied(1 << 30, 0)).isZero();
        throttle.limitBy(() -> 100_000);
        assertThat(throttle.portionBytes()).isEqualTo(25_000);
        assertThat(throttle.copied(50_000, 0)).isEqualTo(500);
        assertThat(throttle.copied(50_000, 0)).as("after the first").isEqualTo(1_000);
        assertThat(throttle.copied(10_000, 5_000_000_000L)).isEqualTo(100);
    }
}
