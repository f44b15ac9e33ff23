package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.records.OffsetAndEpoch;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The leader epochs of a log, across restarts and damage (KIP-101, KIP-279). */
class LeaderEpochsTest {
    @TempDir
    Path logDir;

    private LogFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new LogFixture(logDir);
    }

    @Test
    void leaderEpochsAnswerAsKip101And279Say() {
        PartitionLog log = fixture.create();
        log.assignEpochStartOffset(3, 0);
        log.appendAsLeader(Batches.plain(fixture.nowMs, "a", "b"), 3, AppendOrigin.CLIENT);
        log.assignEpochStartOffset(7, 2);
        assertThat(log.endOffsetForEpoch(3).offset()).isEqualTo(2);
        log.appendAsLeader(Batches.plain(fixture.nowMs, "c"), 7, AppendOrigin.CLIENT);
        for (int round = 0; round < 3; round++) {
            log = fixture.log;
            assertThat(log.latestEpoch()).hasValue(7);
            assertThat(log.endOffsetForEpoch(7)).isEqualTo(new OffsetAndEpoch(3, 7));
            assertThat(log.endOffsetForEpoch(5)).isEqualTo(new OffsetAndEpoch(2, 3));
            assertThat(log.endOffsetForEpoch(1)).isEqualTo(new OffsetAndEpoch(0, 1));
            assertThat(log.endOffsetForEpoch(8)).isEqualTo(new OffsetAndEpoch(-1, -1));
            assertThat(log.epochForOffset(1)).hasValue(3);
            if (round == 0) {
                fixture.reopen();
            } else {
                fixture.crash();
            }
        }
        fixture.log.truncateTo(2);
        assertThat(fixture.log.latestEpoch()).hasValue(3);
    }

    @Test
    void aDamagedEpochFileIsRebuiltFromTheRecords() throws Exception {
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 300).create();
        for (int epoch = 0; epoch < 10; epoch++) {
            fixture.log.appendAsLeader(Batches.plain(fixture.nowMs, "a", "b"), epoch, AppendOrigin.CLIENT);
        }
        fixture.log.flush();
        String whole = Files.readString(fixture.directory.resolve("leader-epoch-checkpoint"));
        String torn = whole.substring(0, whole.length() - 2); // epoch 9 from 1 instead of 18
        for (String damage : new String[] {"", "0\n10\n0 0\n1 2\n", "garbage", torn}) {
            Files.writeString(fixture.directory.resolve("leader-epoch-checkpoint"), damage);
            fixture.crash();
            for (int epoch = 0; epoch < 9; epoch++) {
                assertThat(fixture.log.endOffsetForEpoch(epoch).offset()).isEqualTo(2 * (epoch + 1));
            }
        }
    }

    @Test
    void epochsThatRecoveryFoundOutliveACleanStop() throws Exception {
        Path file = fixture.directory.resolve("leader-epoch-checkpoint");
        fixture.create();
        fixture.log.appendAsLeader(Batches.plain(fixture.nowMs, "a", "b"), 0, AppendOrigin.CLIENT);
        String atEpoch0 = Files.readString(file);
        fixture.log.appendAsLeader(Batches.plain(fixture.nowMs, "c", "d"), 1, AppendOrigin.CLIENT);
        Files.writeString(
                file, atEpoch0); // as after a power cut: the records were on disk already, the file's change was not
        fixture.crash();
        assertThat(fixture.log.latestEpoch()).hasValue(1);
        fixture.reopen();
        assertThat(fixture.log.latestEpoch()).hasValue(1);
        assertThat(fixture.log.endOffsetForEpoch(0).offset()).isEqualTo(2);
    }
}
