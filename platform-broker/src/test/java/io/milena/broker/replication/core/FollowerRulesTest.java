package io.milena.broker.replication.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.records.OffsetAndEpoch;
import org.apache.kafka.common.message.AlterPartitionResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A follower's log ends at 40 with epoch 4; in it epoch 1 ends at 10 and epoch 3 at 30. Its high watermark is 25. */
class FollowerRulesTest {
    private static final FollowerRules.LogView LOG = new FollowerRules.LogView() {
        @Override
        public long logEndOffset() {
            return 40;
        }

        @Override
        public long highWatermark() {
            return 25;
        }

        @Override
        public OffsetAndEpoch endOffsetForEpoch(int epoch) {
            return epoch < 0 || epoch > 4
                    ? new OffsetAndEpoch(-1, -1)
                    : epoch == 4
                            ? new OffsetAndEpoch(40, 4)
                            : epoch == 3 ? new OffsetAndEpoch(30, 3) : new OffsetAndEpoch(10, 1);
        }
    };

    @ParameterizedTest(name = "asked from {0}, the leader''s epoch {1} ends at {2}: {3} {4}")
    @CsvSource({
        "39, -1, -1, IGNORE,    0", // the log has grown since
        "39,  3, 20, IGNORE,    0",
        "40, -1, -1, APPEND,    0",
        "40,  3, 35, TRUNCATE, 30", // the leader has more of epoch 3 and nothing of epoch 4
        "40,  4, 35, TRUNCATE, 35",
        "40,  2, 28, TRUNCATE, 10", // an epoch unknown here: back to the end of the one before (KIP-279)
        "40,  9, 38, TRUNCATE, 38",
    })
    void anAnswerIsTakenTruncatesOrIsStale(long from, int epoch, long end, String step, long to) {
        FollowerStep taken = FollowerRules.upon(LOG, from, new OffsetAndEpoch(end, epoch));
        assertThat(taken)
                .isEqualTo(
                        switch (step) {
                            case "IGNORE" -> new FollowerStep.Ignore();
                            case "APPEND" -> new FollowerStep.Append();
                            default -> new FollowerStep.Truncate(to, to < 25);
                        });
    }

    @Test
    void aLogOutsideTheLeadersIsCutOrBegunAnew() {
        assertThat(FollowerRules.outside(LOG, 0, 30)).isEqualTo(new FollowerStep.Truncate(30, false));
        assertThat(FollowerRules.outside(LOG, 50, 60)).isEqualTo(new FollowerStep.StartOver(50));
        assertThat(FollowerRules.outside(LOG, 0, 60)).isEqualTo(new FollowerStep.Ignore());
    }

    @Test
    void theHighWatermarkRisesAsFarAsTheRecordsAreHere() {
        assertThat(FollowerRules.highWatermark(LOG, 30)).isEqualTo(30);
        assertThat(FollowerRules.highWatermark(LOG, 99)).isEqualTo(40);
        assertThat(FollowerRules.highWatermark(LOG, 20)).as("never lowered").isEqualTo(-1);
    }

    @Test
    void theLogStartFollowsAsFarAsItIsCommitted() {
        assertThat(FollowerRules.logStartOffset(LOG, 5, 25)).isEqualTo(25);
        assertThat(FollowerRules.logStartOffset(LOG, 5, 26)).isEqualTo(-1);
        assertThat(FollowerRules.logStartOffset(LOG, 5, 4)).isEqualTo(-1);
    }

    @ParameterizedTest(name = "last epoch {0}, fetches from {1}; at the leader epoch {2} ends at {3}: {4}")
    @CsvSource({
        "-1, 10, -1, -1, NONE",
        " 3, 30,  3, 30, NONE",
        " 3, 31,  3, 30, DIVERGING",
        " 3, 20,  2, 25, DIVERGING",
        " 3, 20, -1, -1, UNKNOWN",
    })
    void aLeaderFindsDivergence(int lastEpoch, long from, int epoch, long end, Divergence found) {
        assertThat(Divergence.of(lastEpoch, from, new OffsetAndEpoch(end, epoch)))
                .isEqualTo(found);
    }

    @ParameterizedTest
    @CsvSource({
        "NONE,                  5, 8, DECIDED",
        "NONE,                  6, 8, OVERTAKEN",
        "NONE,                  5, 6, OVERTAKEN",
        "INELIGIBLE_REPLICA,    0, 0, REFUSED",
        "INVALID_UPDATE_VERSION,0, 0, OVERTAKEN",
        "FENCED_LEADER_EPOCH,   0, 0, OVERTAKEN",
        "NOT_CONTROLLER,        0, 0, UNKNOWN",
    })
    void aControllersAnswerDecidesRefusesOrLeavesOpen(
            Errors error, int leaderEpoch, int partitionEpoch, ProposalAnswer answer) {
        IsrProposal proposal = new IsrProposal(5, 7, java.util.List.of(1, 2), java.util.Map.of(2, 90L));
        PartitionData data = new PartitionData()
                .setErrorCode(error.code())
                .setLeaderEpoch(leaderEpoch)
                .setPartitionEpoch(partitionEpoch);
        assertThat(ProposalAnswer.of(proposal, data)).isEqualTo(answer);
    }
}
