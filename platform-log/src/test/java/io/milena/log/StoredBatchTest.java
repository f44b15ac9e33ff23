package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch that lies and is on the disk already, from before there was a check, costs its reader an error and no memory. */
class StoredBatchTest {
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int COUNT_AT = 57;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();

    @TempDir
    Path logDir;

    private LogFixture open() {
        LogFixture fixture = new LogFixture(logDir);
        fixture.create();
        return fixture;
    }

    /** As a leader of before would have sent it. */
    private static void store(LogFixture fixture, MemoryRecords records, Consumer<ByteBuffer> change) {
        ByteBuffer bytes = Batches.copy(records).buffer();
        change.accept(bytes);
        BatchHeader.assign(bytes, 0, fixture.log.logEndOffset(), 0);
        BatchHeader.renewCrc(bytes, 0);
        fixture.log.appendAsFollower(MemoryRecords.readableRecords(bytes), 0);
    }

    private static void claimTwoBillion(ByteBuffer batch) {
        batch.putInt(COUNT_AT, Integer.MAX_VALUE).putInt(LAST_OFFSET_DELTA_AT, Integer.MAX_VALUE - 1);
    }

    @Test
    void aLookUpByTimeAmongTwoBillionClaimedRecordsIsAnErrorOfItsOwn() {
        // given
        LogFixture fixture = open();
        store(fixture, Batches.compressed(Compression.gzip().build(), fixture.nowMs, "a"), batch -> {
            claimTwoBillion(batch);
            BatchHeader.setMaxTimestamp(batch, 0, fixture.nowMs + 5, false);
        });
        long before = THREADS.getCurrentThreadAllocatedBytes();

        // when, then
        for (int round = 0; round < 3; round++) {
            assertThatThrownBy(() -> fixture.log.offsetForTimestamp(fixture.nowMs + 1))
                    .isInstanceOf(ApiException.class);
            assertThat(fixture.log
                            .offsetForTimestamp(fixture.nowMs)
                            .orElseThrow()
                            .offset())
                    .isZero();
            assertThat(fixture.failures).isEmpty();
            assertThat(fixture.log.isOffline()).isFalse();
            if (round == 0) {
                fixture.reopen();
            } else {
                fixture.crash();
            }
        }
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(64 << 20);
    }

    @Test
    void aBatchWhoseBytesAreSpoiltIsCorruptForALookUpByTime() throws Exception {
        // given
        LogFixture fixture = open();
        fixture.append("a".repeat(200_000));
        Path segment = fixture.segmentFile(0, ".log");
        try (var file = java.nio.channels.FileChannel.open(segment, java.nio.file.StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 1000);
        }

        // when, then
        assertThatThrownBy(() -> fixture.log.offsetForTimestamp(fixture.nowMs))
                .isInstanceOf(CorruptRecordException.class);
    }

    @Test
    void aBatchLargerThanTheWindowIsRecoveredAndFound() {
        // given
        LogFixture fixture = open();
        fixture.append("a");
        fixture.nowMs += 10;
        fixture.append("b".repeat(300_000), "c");
        fixture.nowMs += 10;
        fixture.append("d");

        // when
        fixture.crash();

        // then
        assertThat(fixture.log.logEndOffset()).isEqualTo(4);
        assertThat(fixture.log
                        .offsetForTimestamp(fixture.nowMs - 9)
                        .orElseThrow()
                        .offset())
                .isEqualTo(2);
    }

    @Test
    void aTornTailThatClaimsThirtyMegabytesTakesNoMemoryToCut() throws Exception {
        // given a tail whose length says that it goes on to the end of the file
        LogFixture fixture = open();
        fixture.append("a");
        Path segment = fixture.segmentFile(0, ".log");
        int tail = 32 << 20;
        ByteBuffer garbage = ByteBuffer.allocate(tail);
        garbage.putLong(0, 1).putInt(8, tail - 12).put(16, (byte) 2);
        try (var file = java.nio.channels.FileChannel.open(segment, java.nio.file.StandardOpenOption.APPEND)) {
            file.write(garbage);
        }

        // when
        long before = THREADS.getCurrentThreadAllocatedBytes();
        fixture.crash();

        // then
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
        assertThat(fixture.log.logEndOffset()).isEqualTo(1);
    }

    @Test
    void theCleanerRefusesALyingBatchAndKeepsTheLogAsItIs() {
        // given
        CompactedLog compacted = new CompactedLog(logDir);
        compacted.create();
        compacted.with(TopicConfig.CLEANUP_POLICY_CONFIG, "compact");
        store(
                compacted,
                Batches.compressed(Compression.gzip().build(), compacted.nowMs, "a"),
                StoredBatchTest::claimTwoBillion);
        compacted.log.roll();
        compacted.log.updateHighWatermark(compacted.log.logEndOffset());
        long size = compacted.log.sizeInBytes();
        long before = THREADS.getCurrentThreadAllocatedBytes();

        // when, then
        assertThatThrownBy(() -> compacted.clean(0, CompactedLog.MEMORY)).isInstanceOf(ApiException.class);
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
        assertThat(compacted.log.sizeInBytes()).isEqualTo(size);
        assertThat(compacted.log.isOffline()).isFalse();
    }

    @Test
    void aControlBatchThatLiesIsNoMarker() {
        LogFixture fixture = open();
        store(fixture, Batches.marker(1, 0, true, 0), batch -> {
            claimTwoBillion(batch);
            batch.putShort(21, (short) (batch.getShort(21) | 1));
        });
        assertThat(fixture.log.isOffline()).isFalse();
        fixture.crash();
        assertThat(fixture.log.logEndOffset()).isEqualTo(Integer.MAX_VALUE);
    }
}
