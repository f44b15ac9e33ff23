package io.milena.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.log.LogConfig;
import io.milena.log.LogEnvironment;
import io.milena.log.LogStart;
import io.milena.log.PartitionLog;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowerLogTest {
    @TempDir
    Path directory;

    private PartitionLog log;

    @BeforeEach
    void open() {
        LogConfig config = LogConfig.defaults();
        log = PartitionLog.open(
                directory.resolve("t-0"),
                new TopicPartition("t", 0),
                Uuid.randomUuid(),
                () -> config,
                LogEnvironment.standalone(),
                LogStart.CLEAN);
        append(0, 1);
        append(1, 1);
        append(2, 2);
        append(3, 2);
    }

    @AfterEach
    void close() {
        log.close();
    }

    private void append(long offset, int epoch) {
        FollowerLog.take(log, epoch, offset, answer(offset).setRecords(records(offset, epoch)));
    }

    @Test
    void takesRecordsAndTheHighWatermarkAsFarAsItHasThem() {
        FollowerLog.take(log, 2, 4, answer(9).setRecords(records(4, 2)));
        assertThat(log.logEndOffset()).isEqualTo(5);
        assertThat(log.highWatermark()).isEqualTo(5);
        FollowerLog.take(log, 2, 5, answer(3));
        assertThat(log.highWatermark()).as("never lowered").isEqualTo(5);
    }

    @Test
    void ignoresAnAnswerToWhatItAskedBefore() {
        FollowerLog.take(log, 2, 3, answer(4).setRecords(records(3, 2)));
        assertThat(log.logEndOffset()).isEqualTo(4);
    }

    @Test
    void cutsAnEpochTheLeaderDoesNotHave() {
        FollowerLog.take(log, 3, 4, diverging(1, 5));
        assertThat(log.logEndOffset()).isEqualTo(2);
        assertThat(log.latestEpoch()).hasValue(1);
    }

    @Test
    void cutsWhereTheSameEpochEndsAtTheLeader() {
        FollowerLog.take(log, 3, 4, diverging(2, 3));
        assertThat(log.logEndOffset()).isEqualTo(3);
    }

    @Test
    void anEpochWithoutRecordsGoesToo() {
        log.assignEpochStartOffset(5, 4);
        FollowerLog.take(log, 6, 4, diverging(2, 4));
        assertThat(log.logEndOffset()).isEqualTo(4);
        assertThat(log.latestEpoch())
                .as("or the leader would say the same for ever")
                .hasValue(2);
    }

    @Test
    void followsTheLogStart() {
        FollowerLog.take(log, 2, 4, answer(4).setLogStartOffset(3));
        assertThat(log.logStartOffset()).isEqualTo(3);
    }

    @Test
    void movesIntoTheLeadersLog() {
        FollowerLog.moveInto(log, 0, 3);
        assertThat(log.logEndOffset()).isEqualTo(3);
        FollowerLog.moveInto(log, 50, 90);
        assertThat(log.logStartOffset()).isEqualTo(50);
        assertThat(log.logEndOffset()).isEqualTo(50);
    }

    private static PartitionData answer(long highWatermark) {
        return new PartitionData().setHighWatermark(highWatermark).setLogStartOffset(0);
    }

    private static PartitionData diverging(int epoch, long end) {
        return answer(0).setDivergingEpoch(new EpochEndOffset().setEpoch(epoch).setEndOffset(end));
    }

    private static MemoryRecords records(long offset, int epoch) {
        return MemoryRecords.withRecords(
                offset,
                Compression.NONE,
                epoch,
                new SimpleRecord(("value-" + offset).getBytes(StandardCharsets.UTF_8)));
    }
}
