package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProducerStateTest {
    @TempDir
    Path logDir;

    private LogFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new LogFixture(logDir);
        fixture.create();
    }

    private AppendInfo send(long id, int epoch, int sequence, String... values) {
        return fixture.log.appendAsLeader(
                Batches.copy(Batches.idempotent(id, epoch, sequence, fixture.nowMs, values)), 0, AppendOrigin.CLIENT);
    }

    private AppendInfo sendInTransaction(long id, int epoch, int sequence, String... values) {
        return fixture.log.appendAsLeader(
                Batches.copy(Batches.transactional(id, epoch, sequence, fixture.nowMs, values)),
                0,
                AppendOrigin.CLIENT);
    }

    private void end(long id, int epoch, boolean commit, int coordinatorEpoch) {
        fixture.log.appendAsLeader(
                Batches.copy(Batches.marker(id, epoch, commit, coordinatorEpoch)), 0, AppendOrigin.COORDINATOR);
    }

    /** After epoch 5 with sequences 0 to 9: what may follow. */
    @ParameterizedTest
    @CsvSource({
        "5, 10, ok",
        "5, 11, out of order",
        "5, 9, out of order",
        "5, 5, out of order",
        "4, 10, fenced",
        "4, 0, fenced",
        "6, 0, ok",
        "6, 1, out of order",
        "6, 10, out of order"
    })
    void whatMayFollowABatch(int epoch, int sequence, String outcome) {
        send(1, 5, 0, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        for (int round = 0; round < 3; round++) {
            if (outcome.equals("ok")) {
                break;
            }
            assertThatThrownBy(() -> send(1, epoch, sequence, "x"))
                    .isInstanceOf(
                            outcome.equals("fenced")
                                    ? InvalidProducerEpochException.class
                                    : OutOfOrderSequenceException.class);
            assertThat(fixture.log.logEndOffset()).isEqualTo(10);
            if (round == 0) {
                fixture.reopen();
            } else {
                fixture.crash();
            }
        }
        if (outcome.equals("ok")) {
            assertThat(send(1, epoch, sequence, "x").firstOffset()).isEqualTo(10);
        }
    }

    @Test
    void anyOfTheLastFiveBatchesIsADuplicateAndAnOlderOneIsNot() {
        for (int i = 0; i < 7; i++) {
            send(1, 0, 2 * i, "a" + i, "b" + i);
        }
        for (int i = 2; i < 7; i++) {
            AppendInfo again = send(1, 0, 2 * i, "a" + i, "b" + i);
            assertThat(again.duplicate()).isTrue();
            assertThat(again.firstOffset()).isEqualTo(2 * i);
            assertThat(again.lastOffset()).isEqualTo(2 * i + 1);
        }
        assertThatThrownBy(() -> send(1, 0, 2, "a1", "b1")).isInstanceOf(OutOfOrderSequenceException.class);
        assertThatThrownBy(() -> send(1, 0, 12, "one")).isInstanceOf(OutOfOrderSequenceException.class);
        assertThat(fixture.log.logEndOffset()).isEqualTo(14);
    }

    @Test
    void aDuplicateIsRecognisedAfterARestartAndAfterACrash() {
        send(1, 0, 0, "a", "b");
        send(1, 0, 2, "c");
        fixture.reopen();
        assertThat(send(1, 0, 2, "c").duplicate()).isTrue();
        fixture.crash();
        assertThat(send(1, 0, 2, "c").firstOffset()).isEqualTo(2);
        assertThat(send(1, 0, 3, "d").firstOffset()).isEqualTo(3);
    }

    @Test
    void sequencesWrapFromTheLargestIntegerToZero() {
        // given a log that cannot know who wrote before
        fixture.log.truncateFullyAndStartAt(10);
        int max = Integer.MAX_VALUE;
        send(1, 0, max - 1, "a", "b");
        assertThat(send(1, 0, 0, "c").firstOffset()).isEqualTo(12);
        send(2, 0, max - 1, "a", "b", "c");
        assertThat(send(2, 0, max - 1, "a", "b", "c").duplicate()).isTrue();
        assertThatThrownBy(() -> send(2, 0, 0, "d")).isInstanceOf(OutOfOrderSequenceException.class);
        assertThat(send(2, 0, 1, "d").firstOffset()).isEqualTo(16);
    }

    @Test
    void aProducerThatExpiredMayGoOnAnywhere() {
        assertThat(send(1, 3, 0, "a").firstOffset()).isZero();
        fixture.log.expireProducers(fixture.nowMs + fixture.config.producerIdExpirationMs() - 1);
        assertThatThrownBy(() -> send(1, 3, 100, "b")).isInstanceOf(OutOfOrderSequenceException.class);
        fixture.log.expireProducers(fixture.nowMs + fixture.config.producerIdExpirationMs());
        assertThat(fixture.log.activeProducers()).isEmpty();
        assertThat(send(1, 3, 100, "b").firstOffset()).isEqualTo(1);
    }

    @Test
    void snapshotsAreTakenAtRollAndCloseAndTruncationGoesBackToThem() {
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 400);
        for (int i = 0; i < 30; i++) {
            send(1, 0, i, "v" + i);
        }
        assertThat(fixture.directory.toFile().list()).anyMatch(name -> name.endsWith(".snapshot"));
        fixture.log.truncateTo(20);
        assertThatThrownBy(() -> send(1, 0, 30, "x")).isInstanceOf(OutOfOrderSequenceException.class);
        assertThat(send(1, 0, 20, "v20").firstOffset()).isEqualTo(20);
        fixture.reopen();
        assertThat(send(1, 0, 21, "v21").firstOffset()).isEqualTo(21);
        assertThat(fixture.log.activeProducers())
                .containsExactly(new ActiveProducer(1, (short) 0, 21, fixture.nowMs, -1, OptionalLong.empty()));
    }

    @Test
    void aDamagedSnapshotIsPassedOver() throws Exception {
        send(1, 0, 0, "a");
        fixture.log.roll();
        send(1, 0, 1, "b");
        fixture.log.close();
        Path newest = fixture.segmentFile(2, ".snapshot");
        byte[] bytes = Files.readAllBytes(newest);
        bytes[bytes.length - 1] ^= 1;
        Files.write(newest, bytes);
        fixture.open(LogStart.CLEAN);
        assertThat(send(1, 0, 1, "b").duplicate()).isTrue();
        assertThat(newest).doesNotExist();
    }

    @Test
    void theLastStableOffsetWaitsForTheMarkerAndForItsReplication() {
        send(7, 0, 0, "plain");
        sendInTransaction(1, 0, 0, "t1");
        sendInTransaction(2, 0, 0, "t2");
        fixture.log.updateHighWatermark(3);
        assertThat(fixture.log.lastStableOffset()).isEqualTo(1);
        end(1, 0, true, 0);
        fixture.log.updateHighWatermark(3);
        assertThat(fixture.log.lastStableOffset()).isEqualTo(1);
        fixture.log.updateHighWatermark(4);
        assertThat(fixture.log.lastStableOffset()).isEqualTo(2);
        end(2, 0, false, 0);
        fixture.log.updateHighWatermark(5);
        assertThat(fixture.log.lastStableOffset()).isEqualTo(5);
        for (int round = 0; round < 3; round++) {
            assertThat(fixture.log.abortedTransactions(0, 5)).containsExactly(new AbortedTransaction(2, 2, 4, 5));
            assertThat(fixture.log.abortedTransactions(0, 2)).isEmpty();
            assertThat(fixture.log.abortedTransactions(5, 9)).isEmpty();
            if (round == 0) {
                fixture.reopen();
            } else {
                fixture.crash();
            }
        }
    }

    @Test
    void anOpenTransactionSurvivesRestartAndCrash() {
        sendInTransaction(1, 0, 0, "t1");
        fixture.log.updateHighWatermark(1);
        fixture.reopen();
        assertThat(fixture.log.lastStableOffset()).isZero();
        fixture.crash();
        assertThat(fixture.log.lastStableOffset()).isZero();
        fixture.log.expireProducers(Long.MAX_VALUE / 2);
        assertThat(fixture.log.activeProducers().get(0).currentTransactionStartOffset())
                .hasValue(0);
        end(1, 0, false, 3);
        fixture.log.updateHighWatermark(2);
        assertThat(fixture.log.lastStableOffset()).isEqualTo(2);
        assertThat(fixture.log.abortedTransactions(0, 1)).hasSize(1);
        fixture.log.truncateTo(1);
        assertThat(fixture.log.abortedTransactions(0, 1)).isEmpty();
        fixture.log.updateHighWatermark(1);
        assertThat(fixture.log.lastStableOffset()).isZero();
    }

    @Test
    void zombiesAreFenced() {
        sendInTransaction(1, 4, 0, "t1");
        assertThatThrownBy(() -> end(1, 3, true, 0)).isInstanceOf(InvalidProducerEpochException.class);
        assertThatThrownBy(() -> send(1, 4, 1, "plain")).isInstanceOf(InvalidTxnStateException.class);
        end(1, 4, true, 5);
        sendInTransaction(1, 4, 1, "t2");
        assertThatThrownBy(() -> end(1, 4, true, 4)).isInstanceOf(TransactionCoordinatorFencedException.class);
        end(1, 5, false, 5);
        assertThatThrownBy(() -> sendInTransaction(1, 4, 2, "late")).isInstanceOf(InvalidProducerEpochException.class);
        assertThat(sendInTransaction(1, 5, 0, "t3").firstOffset()).isEqualTo(4);
    }
}
