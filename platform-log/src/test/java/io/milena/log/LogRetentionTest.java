package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes from the beginning of a log, and when. */
class LogRetentionTest {
    @TempDir
    Path logDir;

    private LogFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new LogFixture(logDir);
    }

    @Test
    void retentionBySizeDeletesOldSegmentsBelowTheHighWatermark() throws Exception {
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 1000)
                .with(TopicConfig.RETENTION_BYTES_CONFIG, 1500)
                .create();
        for (int i = 0; i < 60; i++) {
            fixture.append("v" + i);
        }
        assertThat(fixture.log.deleteOldSegments(fixture.nowMs)).isZero();
        fixture.log.updateHighWatermark(60);
        assertThat(fixture.log.deleteOldSegments(fixture.nowMs)).isPositive();
        assertThat(fixture.log.sizeInBytes()).isBetween(1500L, 2600L);
        assertThat(fixture.log.logStartOffset()).isPositive();
        assertThat(fixture.segmentFile(0, ".log.deleted")).exists();
        fixture.runDelayed();
        assertThat(fixture.segmentFile(0, ".log.deleted")).doesNotExist();
        long start = fixture.log.logStartOffset();
        assertThat(Batches.values(fixture.log, start)).hasSize((int) (60 - start));
        assertThat(fixture.reopen().logStartOffset()).isEqualTo(start);
    }

    @Test
    void retentionByTimeDeletesEvenTheActiveSegment() {
        fixture.with(TopicConfig.RETENTION_MS_CONFIG, 1000).create();
        fixture.append("old");
        fixture.log.updateHighWatermark(1);
        assertThat(fixture.log.deleteOldSegments(fixture.nowMs + 1000)).isZero();
        assertThat(fixture.log.deleteOldSegments(fixture.nowMs + 1001)).isEqualTo(1);
        assertThat(fixture.log.logStartOffset()).isEqualTo(1);
        assertThat(fixture.log.logEndOffset()).isEqualTo(1);
        assertThat(fixture.reopen().logEndOffset()).isEqualTo(1);
        assertThat(fixture.crash().logEndOffset()).isEqualTo(1);
    }

    @Test
    void compactOnlyTopicsLoseNothing() {
        fixture.with(TopicConfig.CLEANUP_POLICY_CONFIG, "compact")
                .with(TopicConfig.RETENTION_MS_CONFIG, 1)
                .with(TopicConfig.RETENTION_BYTES_CONFIG, 1)
                .create();
        fixture.append("kept");
        fixture.log.updateHighWatermark(1);
        assertThat(fixture.log.deleteOldSegments(fixture.nowMs + 99_999_999)).isZero();
    }

    @Test
    void deleteRecordsMovesTheStartAndDropsWholeSegments() {
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 1000)
                .with(TopicConfig.RETENTION_MS_CONFIG, -1)
                .create();
        for (int i = 0; i < 60; i++) {
            fixture.append("v" + i);
        }
        assertThatThrownBy(() -> fixture.log.advanceLogStartOffset(30, "test"))
                .isInstanceOf(OffsetOutOfRangeException.class);
        fixture.log.updateHighWatermark(60);
        assertThat(fixture.log.advanceLogStartOffset(30, "test")).isTrue();
        assertThat(fixture.log.advanceLogStartOffset(20, "test")).isFalse();
        assertThatThrownBy(() -> fixture.log.read(29, 100, 60, true)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(fixture.log.deleteOldSegments(fixture.nowMs)).isPositive();
        assertThat(Batches.values(fixture.log, 30)).hasSize(30);
    }
}
