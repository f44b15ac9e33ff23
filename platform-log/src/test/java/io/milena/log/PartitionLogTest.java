package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionLogTest {
    @TempDir
    Path logDir;

    private LogFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new LogFixture(logDir);
    }

    @Test
    void whatIsAppendedIsReadBackInOrder() {
        PartitionLog log = fixture.create();
        for (int i = 0; i < 500; i++) {
            AppendInfo info = fixture.append("a" + i, "b" + i);
            assertThat(info.firstOffset()).isEqualTo(2L * i);
            assertThat(info.lastOffset()).isEqualTo(2L * i + 1);
        }
        List<String> values = Batches.values(log, 0);
        assertThat(values).hasSize(1000).startsWith("a0", "b0", "a1").endsWith("a499", "b499");
        assertThat(Batches.values(log, 777)).hasSize(223).startsWith("b388");
    }

    @Test
    void readsNothingAtTheEndAndRefusesOffsetsOutside() {
        PartitionLog log = fixture.create();
        fixture.append("a", "b");
        assertThat(log.read(2, 100, 2, true).records().sizeInBytes()).isZero();
        assertThat(log.read(0, 100, 0, true).records().sizeInBytes()).isZero();
        assertThatThrownBy(() -> log.read(3, 100, 3, true)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThatThrownBy(() -> log.read(-1, 100, 3, true)).isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void aReadStopsAtTheOffsetGivenEvenBehindTheRememberedBatches() {
        PartitionLog log = fixture.create();
        for (int i = 0; i < 300; i++) {
            fixture.append("v" + i);
        }
        for (int from : new int[] {0, 10, 100, 250, 290, 299}) {
            for (int max : new int[] {from + 1, from + 5, 200, 280, 295, 300}) {
                if (max > from && max <= 300) {
                    LogRead read = log.read(from, 1 << 20, max, true);
                    MemoryRecords records = read.records().readFully();
                    read.records().release();
                    long last = -1;
                    for (var batch : records.batches()) {
                        last = batch.lastOffset();
                    }
                    assertThat(last).as("from %s to %s", from, max).isEqualTo(max - 1);
                }
            }
        }
    }

    @Test
    void minOneBatchReturnsABatchLargerThanTheLimit() {
        PartitionLog log = fixture.create();
        fixture.append("x".repeat(5000));
        assertThat(log.read(0, 10, 1, false).records().sizeInBytes()).isZero();
        LogRead read = log.read(0, 10, 1, true);
        assertThat(read.records().sizeInBytes()).isGreaterThan(5000);
        read.records().release();
    }

    @Test
    void segmentsRollBySizeAndAReadCrossesThem() {
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 2000).create();
        for (int i = 0; i < 100; i++) {
            fixture.append("value-" + i);
        }
        assertThat(fixture.log.segmentCount()).isGreaterThan(3);
        assertThat(Batches.values(fixture.log, 0)).hasSize(100);
        fixture.reopen();
        assertThat(Batches.values(fixture.log, 0))
                .hasSize(100)
                .startsWith("value-0")
                .endsWith("value-99");
    }

    @Test
    void aRolledSegmentIsSyncedSoThatACrashRecoversOnlyTheNewest() throws Exception {
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 2000).create();
        for (int i = 0; i < 100; i++) {
            fixture.append("value-" + i);
        }
        assertThat(fixture.log.recoveryPoint()).isZero();
        fixture.runDelayed();
        long base = fixture.log.logEndOffsetMetadata().segmentBaseOffset();
        assertThat(fixture.log.recoveryPoint()).isEqualTo(base);
        assertThat(base).isPositive();
        assertThat(Batches.values(fixture.crash(), 0)).hasSize(100);
    }

    @Test
    void segmentsRollByTimeOfTheirRecords() {
        fixture.with(TopicConfig.SEGMENT_MS_CONFIG, 1000).create();
        fixture.append("a");
        fixture.nowMs += 500;
        fixture.append("b");
        assertThat(fixture.log.segmentCount()).isEqualTo(1);
        fixture.nowMs += 600;
        fixture.append("c");
        assertThat(fixture.log.segmentCount()).isEqualTo(2);
        fixture.nowMs += 5000;
        assertThat(fixture.log.maybeRoll(fixture.nowMs)).isTrue();
        assertThat(fixture.log.maybeRoll(fixture.nowMs)).isFalse();
    }

    @Test
    void segmentsRollWhenAnIndexIsFull() {
        fixture.with(TopicConfig.SEGMENT_INDEX_BYTES_CONFIG, 40)
                .with(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, 0)
                .create();
        for (int i = 0; i < 20; i++) {
            fixture.nowMs++;
            fixture.append("v" + i);
        }
        assertThat(fixture.log.segmentCount()).isGreaterThan(4);
        assertThat(Batches.values(fixture.log, 0)).hasSize(20);
    }

    @Test
    void aCleanRestartKeepsEverything() {
        fixture.create();
        for (int i = 0; i < 200; i++) {
            fixture.append("v" + i);
        }
        fixture.log.updateHighWatermark(150);
        PartitionLog log = fixture.reopen();
        assertThat(log.logEndOffset()).isEqualTo(200);
        assertThat(log.highWatermark()).isEqualTo(150);
        assertThat(Batches.values(log, 0)).hasSize(200);
        fixture.append("more");
        assertThat(Batches.values(fixture.reopen(), 190)).hasSize(11).endsWith("more");
    }

    @Test
    void aCrashKeepsWhatWasWritten() {
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 2000).create();
        for (int i = 0; i < 100; i++) {
            fixture.append("v" + i);
        }
        PartitionLog log = fixture.crash();
        assertThat(log.logEndOffset()).isEqualTo(100);
        assertThat(Batches.values(log, 0)).hasSize(100);
        fixture.log.flush();
        fixture.append("after");
        assertThat(Batches.values(fixture.crash(), 0)).hasSize(101).endsWith("after");
    }

    @Test
    void aSliceOutlivesItsSegment() {
        PartitionLog log = fixture.create();
        fixture.append("kept");
        LogRead read = log.read(0, 1000, 1, true);
        log.truncateFullyAndStartAt(50);
        fixture.runDelayed();
        assertThat(read.records().readFully().batches().iterator().next().lastOffset())
                .isZero();
        read.records().release();
        assertThat(log.logStartOffset()).isEqualTo(50);
        assertThat(log.logEndOffset()).isEqualTo(50);
        assertThat(fixture.append("x").firstOffset()).isEqualTo(50);
    }

    @Test
    void truncationCutsAtABatch() {
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 1000).create();
        for (int i = 0; i < 60; i++) {
            fixture.append("v" + i);
        }
        assertThat(fixture.log.truncateTo(60)).isFalse();
        assertThat(fixture.log.truncateTo(17)).isTrue();
        assertThat(fixture.log.logEndOffset()).isEqualTo(17);
        assertThat(Batches.values(fixture.log, 0)).hasSize(17).endsWith("v16");
        fixture.append("new");
        assertThat(Batches.values(fixture.crash(), 0)).hasSize(18).endsWith("v16", "new");
    }

    @Test
    void timestampsAreLookedUpExactlyAlsoInsideCompressedBatches() {
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 3000)
                .with(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, 200)
                .create();
        long t0 = fixture.nowMs;
        for (int i = 0; i < 100; i++) {
            MemoryRecords batch = i % 2 == 0
                    ? Batches.plain(t0 + i * 10L, "a", "b", "c")
                    : Batches.compressed(Compression.gzip().build(), t0 + i * 10L, "a", "b", "c");
            fixture.log.appendAsLeader(Batches.copy(batch), 0, AppendOrigin.CLIENT);
        }
        for (int restart = 0; restart < 3; restart++) {
            for (int i = 0; i < 100; i++) {
                assertThat(fixture.log.offsetForTimestamp(t0 + i * 10L))
                        .hasValueSatisfying(
                                found -> assertThat(found.timestampMs()).isBetween(t0, t0 + 1000))
                        .get()
                        .extracting(TimestampOffset::offset)
                        .isEqualTo(i * 3L);
                assertThat(fixture.log
                                .offsetForTimestamp(t0 + i * 10L + 2)
                                .orElseThrow()
                                .offset())
                        .isEqualTo(i * 3L + 2);
            }
            assertThat(fixture.log.offsetForTimestamp(t0 + 2000)).isEmpty();
            assertThat(fixture.log.offsetForTimestamp(0).orElseThrow().offset()).isZero();
            assertThat(fixture.log.maxTimestampOffset().orElseThrow()).isEqualTo(new TimestampOffset(t0 + 992, 299, 0));
            if (restart == 0) {
                fixture.reopen();
            } else {
                fixture.crash();
            }
        }
    }

    @Test
    void aFollowerTakesOffsetsAsTheyCome() {
        PartitionLog leader = fixture.create();
        for (int i = 0; i < 50; i++) {
            leader.appendAsLeader(Batches.plain(fixture.nowMs, "v" + i), i / 10, AppendOrigin.CLIENT);
        }
        LogFixture other = new LogFixture(logDir.resolve("other")).with(TopicConfig.SEGMENT_BYTES_CONFIG, 1000);
        PartitionLog follower = other.create();
        while (follower.logEndOffset() < 50) {
            LogRead read = leader.read(follower.logEndOffset(), 2000, 50, true);
            follower.appendAsFollower(read.records().readFully(), 4);
            read.records().release();
        }
        assertThat(Batches.values(follower, 0)).isEqualTo(Batches.values(leader, 0));
        assertThat(follower.endOffsetForEpoch(2)).isEqualTo(leader.endOffsetForEpoch(2));
        assertThatThrownBy(() -> {
                    LogRead read = leader.read(10, 2000, 50, true);
                    follower.appendAsFollower(read.records().readFully(), 4);
                })
                .isInstanceOf(UnexpectedOffsetException.class);
        other.crash();
        assertThat(Batches.values(other.log, 0)).hasSize(50);
        assertThat(other.log.endOffsetForEpoch(2)).isEqualTo(leader.endOffsetForEpoch(2));
    }

    @Test
    void aWrongTopicIdIsRefusedAndAMissingOneIsWritten() throws Exception {
        fixture.create();
        fixture.append("a");
        fixture.log.close();
        Path metadata = fixture.directory.resolve("partition.metadata");
        assertThat(Files.readString(metadata)).isEqualTo("version: 0\ntopic_id: " + LogFixture.TOPIC_ID + "\n");
        Files.delete(metadata);
        fixture.open(LogStart.CLEAN);
        assertThat(metadata).exists();
        Files.writeString(metadata, "version: 0\ntopic_id: " + org.apache.kafka.common.Uuid.randomUuid() + "\n");
        assertThatThrownBy(() -> fixture.open(LogStart.CLEAN))
                .isInstanceOf(org.apache.kafka.common.errors.InconsistentTopicIdException.class);
    }

    @Test
    void anEmptyFollowerTakesTheBatchThatItsLogStartLiesIn() {
        LogFixture leader = new LogFixture(logDir.resolve("leader"));
        leader.create();
        leader.append("a", "b", "c");
        leader.append("d");
        LogRead read = leader.log.read(0, 10_000, 4, true);
        MemoryRecords records = read.records().readFully();
        read.records().release();
        LogFixture follower = new LogFixture(logDir.resolve("follower"));
        follower.create().truncateFullyAndStartAt(2);
        follower.log.appendAsFollower(records, 0);
        assertThat(follower.log.logStartOffset()).isEqualTo(2);
        assertThat(follower.log.highWatermark()).isEqualTo(2);
        assertThat(follower.log.logEndOffset()).isEqualTo(4);
        assertThat(Batches.values(follower.log, 2)).containsExactly("c", "d");
        follower.crash();
        assertThat(Batches.values(follower.log, 2)).containsExactly("c", "d");
        leader.log.close();
        follower.log.close();
    }
}
