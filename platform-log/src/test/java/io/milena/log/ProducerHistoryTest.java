package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A producer's first batch met a leader that did not know of its leadership yet; the second one comes with a sequence that is
 * not 0. A log that can know that nothing of the producer was ever forgotten refuses it (KAFKA-14359, KAFKA-15591): else
 * the first one could never be written.
 */
class ProducerHistoryTest {
    private static final long OLD = 10;
    private static final long NEW = 20;

    @TempDir
    Path logDir;

    private LogFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new LogFixture(logDir);
        fixture.create();
    }

    private Errors send(long id, int sequence) {
        try {
            fixture.log.appendAsLeader(
                    Batches.copy(Batches.idempotent(id, 0, sequence, fixture.nowMs, "v" + sequence)),
                    0,
                    AppendOrigin.CLIENT);
            return Errors.NONE;
        } catch (RuntimeException e) {
            return Errors.forException(e);
        }
    }

    private void expire() {
        fixture.nowMs += fixture.config.producerIdExpirationMs();
        fixture.log.expireProducers(fixture.nowMs);
        assertThat(fixture.log.activeProducers()).isEmpty();
    }

    private void fill(int batches) {
        for (int i = 0; i < batches; i++) {
            fixture.append("x".repeat(100));
        }
    }

    @Test
    void aLogThatKnowsAllRefusesASecondBatchWithoutAFirst() {
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        fill(3);
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(send(NEW, 0)).isEqualTo(Errors.NONE);
        assertThat(send(NEW, 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void itKnowsAllAfterARestartWithSnapshotsAndWithout() {
        fill(1);
        fixture.reopen();
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        fixture.crash();
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        send(OLD, 0);
        fixture.log.roll();
        fill(2);
        fixture.reopen();
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        fixture.crash();
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void itKnowsAllAfterTruncationAndAfterTheLogStartMoved() {
        send(OLD, 0);
        fixture.log.roll();
        fill(5);
        fixture.log.truncateTo(3);
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        fixture.log.updateHighWatermark(3);
        fixture.log.advanceLogStartOffset(2, "deleted");
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        fixture.reopen();
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(send(OLD, 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void itKnowsAllAfterRetentionTookTheFirstSegment() {
        send(OLD, 0);
        fixture.log.roll();
        fill(2);
        fixture.with(TopicConfig.RETENTION_BYTES_CONFIG, 1).with(TopicConfig.RETENTION_MS_CONFIG, -1);
        fixture.log.updateHighWatermark(3);
        assertThat(fixture.log.deleteOldSegments(fixture.nowMs)).isPositive();
        assertThat(fixture.log.logStartOffset()).isPositive();
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        fixture.reopen();
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void aProducerThatExpiredMayGoOnAndALaterOneMayNot() {
        send(OLD, 0);
        expire();
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        for (int round = 0; round < 2; round++) {
            fixture.reopen();
            assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        }
        assertThat(send(OLD, 5)).isEqualTo(Errors.NONE);
    }

    @Test
    void aProducerThatExpiredWhileTheNodeWasDownMayGoOn() {
        send(OLD, 0);
        fixture.log.close();
        fixture.nowMs += fixture.config.producerIdExpirationMs();
        fixture.open(new LogStart(1, 0, 1, LogStart.Files.CLOSED));
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(send(OLD, 5)).isEqualTo(Errors.NONE);
    }

    @Test
    void aLogThatBeginsLaterCannotKnow() {
        fixture.log.truncateFullyAndStartAt(7);
        assertThat(send(NEW, 5)).isEqualTo(Errors.NONE);
        fixture.reopen();
        assertThat(send(NEW + 1, 5)).isEqualTo(Errors.NONE);
    }

    @Test
    void recordsThatAreGoneWithTheirSnapshotsMakeItForget() throws Exception {
        // given a log whose first segment and whose snapshots are gone
        send(OLD, 0);
        fixture.log.roll();
        fill(2);
        fixture.log.updateHighWatermark(3);
        fixture.log.advanceLogStartOffset(1, "deleted");
        fixture.log.deleteOldSegments(fixture.nowMs);
        LogStart last = fixture.log.slot().checkpoint();
        fixture.log.close();
        for (java.io.File file : fixture.directory.toFile().listFiles((dir, name) -> name.endsWith(".snapshot"))) {
            Files.delete(file.toPath());
        }

        // when
        fixture.open(new LogStart(
                last.recoveryPoint(), last.logStartOffset(), last.highWatermark(), LogStart.Files.CRASHED_CONTIGUOUS));

        // then
        assertThat(send(OLD, 5)).isEqualTo(Errors.NONE);
    }

    @Test
    void aFollowerKnowsWhatItsLeaderHadFromTheStartAndNothingAcrossAGap() {
        // given a follower
        follow(Batches.idempotent(OLD, 0, 0, fixture.nowMs, "a"), 0);
        follow(Batches.plain(fixture.nowMs, "b"), 1);
        assertThat(send(NEW, 5)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);

        // when compaction has taken batches from its leader's log
        follow(Batches.plain(fixture.nowMs, "c"), 9);

        // then
        assertThat(send(NEW, 5)).isEqualTo(Errors.NONE);
        fixture.reopen();
        assertThat(send(NEW + 1, 5)).isEqualTo(Errors.NONE);
        fixture.crash();
        assertThat(send(NEW + 2, 5)).isEqualTo(Errors.NONE);
    }

    private void follow(MemoryRecords records, long offset) {
        MemoryRecords copy = Batches.copy(records);
        BatchHeader.assign(copy.buffer(), 0, offset, 0);
        fixture.log.appendAsFollower(copy, 0);
    }

    @Test
    void aDamagedSnapshotMakesItForget() throws Exception {
        send(OLD, 0);
        fixture.log.close();
        Path snapshot = fixture.segmentFile(1, ".snapshot");
        byte[] bytes = Files.readAllBytes(snapshot);
        bytes[bytes.length - 1] ^= 1;
        Files.write(snapshot, bytes);
        fixture.open(new LogStart(1, 0, 1, LogStart.Files.CLOSED));
        assertThat(send(OLD, 5)).isEqualTo(Errors.NONE);
    }

    @Test
    void aSnapshotOfKafkaDoesNotTellWhatWasForgottenAndOursIsReadByKafka() throws Exception {
        // given
        send(OLD, 0);
        fixture.log.close();
        Path snapshot = fixture.segmentFile(1, ".snapshot");
        var entries = ProducerStateManager.readSnapshot(snapshot.toFile());
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).producerId()).isEqualTo(OLD);

        // when Kafka writes it anew
        ProducerStateManager.writeSnapshot(
                snapshot.toFile(),
                List.copyOf(entries).stream().collect(java.util.stream.Collectors.toMap(e -> e.producerId(), e -> e)),
                true);
        fixture.open(new LogStart(1, 0, 1, LogStart.Files.CLOSED));

        // then
        assertThat(send(NEW, 5)).isEqualTo(Errors.NONE);
        assertThat(send(OLD, 1)).isEqualTo(Errors.NONE);
        assertThat(Optional.of(fixture.log.logEndOffset())).contains(3L);
    }
}
