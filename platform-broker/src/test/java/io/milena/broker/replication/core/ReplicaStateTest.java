package io.milena.broker.replication.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.broker.replication.core.PartitionRole.Following;
import io.milena.broker.replication.core.PartitionRole.Leading;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

/** Broker 1 and its replica of a partition on brokers 1, 2 and 3; min.insync.replicas is 2. */
class ReplicaStateTest {
    private static final long NOW = 1_000_000;

    private final Surroundings around = new Surroundings();
    private final ReplicaState replica = new ReplicaState(1);

    @Test
    void leadsOnceTheImageSaysSoAndItsLogKnowsTheEpoch() {
        around.end = 10;
        assertThat(assume(1, 5, 7, List.of(1, 2, 3)).taken()).isTrue();
        assertThat(replica.isPrepared()).isFalse();
        assertThat(replica.prepare(10)).as("where the epoch begins").isEqualTo(10);
        assertThat(replica.isPrepared()).isTrue();
        assertThat(replica.check(4, true)).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(replica.check(5, true)).isEqualTo(Errors.NONE);
        assertThat(replica.check(6, true)).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void aNewLeaderIsBehindItsEpochUntilTheFollowersHaveFetchedUpToItsStart() {
        // given a new leader whose log ends at 100, with a high watermark of 90
        leadFrom(100, List.of(1, 2));
        around.highWatermark = 90;

        // then what it could tell may be less than the leader before has told
        assertThat(replica.isBehindEpochStart(90)).isTrue();

        // when the follower has everything of the epochs before
        long highWatermark = replica.fetched(fetch(2, 100), around, NOW).highWatermark();

        // then
        assertThat(highWatermark).isEqualTo(100);
        assertThat(replica.isBehindEpochStart(highWatermark)).isFalse();
    }

    @Test
    void deletedRecordsAreWaitedForAtLiveReplicasOnly() {
        // given a leader whose follower 2 has deleted up to 8, and whose follower 3 is dead and has never fetched
        leadFrom(10, List.of(1, 2));
        replica.fetched(new FollowerFetch(2, 5, 10, 8, 90), around, NOW);
        Leading leading = (Leading) replica.role();

        // then
        assertThat(leading.lowWatermark(9, around)).as("3 lives").isEqualTo(-1);
        around.dead.add(3);
        assertThat(leading.lowWatermark(9, around)).as("3 is dead").isEqualTo(8);
        around.dead.add(2);
        assertThat(leading.lowWatermark(9, around)).as("both are dead").isEqualTo(9);
    }

    @Test
    void movesTheHighWatermarkWhenAllInSyncHaveTheRecords() {
        leadFrom(10, List.of(1, 2));
        around.end = 12;
        assertThat(replica.advance(around, NOW)).isEqualTo(-1);
        ReplicaEffects effects = replica.fetched(fetch(2, 12), around, NOW);
        assertThat(effects).isEqualTo(new ReplicaEffects(true, 12, true, null));
    }

    @Test
    void theHighWatermarkStandsStillBelowTheMinimum() {
        leadFrom(10, List.of(1));
        around.end = 12;
        assertThat(replica.advance(around, NOW)).isEqualTo(-1);
        assertThat(replica.fetched(fetch(2, 9), around, NOW).highWatermark()).isEqualTo(-1);
    }

    @Test
    void whoHasCaughtUpIsProposedOnceAndCountsFromTheDecisionOn() {
        leadFrom(10, List.of(1));
        IsrProposal proposal = proposalOf(replica.fetched(fetch(2, 10), around, NOW));
        assertThat(proposal.isr()).containsExactly(1, 2);
        assertThat(proposal.brokerEpochs()).containsEntry(2, 90L);
        assertThat(replica.fetched(fetch(3, 10), around, NOW).proposal()).isNull();
        around.highWatermark = 8;
        ReplicaEffects decided = replica.decided(proposal, List.of(1, 2), 8, around, NOW);
        assertThat(decided.highWatermark()).isEqualTo(10);
        assertThat(((Leading) replica.role()).isr()).containsExactly(1, 2);
    }

    @Test
    void anAnswerToAnEarlierProposalChangesNothing() {
        leadFrom(10, List.of(1));
        IsrProposal proposal = proposalOf(replica.fetched(fetch(2, 10), around, NOW));
        assume(1, 5, 9, List.of(1));
        assertThat(replica.decided(proposal, List.of(1, 2), 8, around, NOW).taken())
                .isFalse();
        assertThat(((Leading) replica.role()).isr()).containsExactly(1);
    }

    @Test
    void anEarlierImageChangesNothing() {
        leadFrom(10, List.of(1, 2));
        assertThat(assume(2, 4, 9, List.of(2)).taken()).as("leader epoch").isFalse();
        assertThat(assume(1, 5, 6, List.of(1)).taken()).as("partition epoch").isFalse();
        assertThat(((Leading) replica.role()).isr()).containsExactly(1, 2);
    }

    @Test
    void aFetchOfAnEarlierRegistrationIsNotCounted() {
        leadFrom(10, List.of(1, 2));
        replica.fetched(new FollowerFetch(2, 5, 10, 0, 90), around, NOW);
        assertThat(replica.fetched(new FollowerFetch(2, 5, 12, 0, 89), around, NOW)
                        .taken())
                .isFalse();
        assertThat(replica.fetched(fetch(4, 12), around, NOW).taken())
                .as("no replica")
                .isFalse();
    }

    @Test
    void aFetchThatWasComparedInAnEarlierEpochIsNotCounted() {
        leadFrom(10, List.of(1, 2));
        assume(2, 6, 8, List.of(1, 2));
        assume(1, 7, 9, List.of(1, 2));
        replica.prepare(10);
        around.end = 12;
        assertThat(replica.fetched(new FollowerFetch(2, 5, 12, 0, 90), around, NOW))
                .as("its log may differ since from this one")
                .isEqualTo(ReplicaEffects.IGNORED);
        assertThat(replica.fetched(new FollowerFetch(2, 7, 12, 0, 90), around, NOW)
                        .highWatermark())
                .isEqualTo(12);
    }

    @Test
    void whatWasAppendedInAnEarlierEpochIsNeverAcknowledged() {
        leadFrom(10, List.of(1, 2));
        assertThat(replica.acknowledgement(5, 12, 11, 2)).as("not yet").isNull();
        assertThat(replica.acknowledgement(5, 12, 12, 2)).isEqualTo(Errors.NONE);
        assertThat(replica.acknowledgement(5, 12, 12, 3)).isEqualTo(Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        assume(2, 6, 8, List.of(1, 2));
        assume(1, 7, 9, List.of(1, 2));
        assertThat(replica.acknowledgement(5, 12, 20, 2))
                .as("the offset may hold another record since")
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void aFollowerThatLagsIsProposedToLeave() {
        leadFrom(10, List.of(1, 2, 3));
        replica.fetched(fetch(2, 10), around, NOW);
        long later = NOW + around.lagTimeMaxMs() + 1;
        around.end = 11;
        replica.fetched(fetch(2, 11), around, later);
        IsrProposal proposal = proposalOf(replica.reconsider(around, later));
        assertThat(proposal.isr()).containsExactly(1, 2);
    }

    @Test
    void whoFollowsInAnotherEpochMayNotTouchTheLog() {
        assume(2, 5, 7, List.of(2));
        assertThat(replica.follows(5)).isTrue();
        assertThat(replica.follows(4)).isFalse();
        assertThat(replica.prepare(10)).isEqualTo(-1);
        assertThat(replica.role()).isEqualTo(new Following(5, 2));
        replica.leave();
        assertThat(replica.follows(5)).isFalse();
        assertThat(assume(1, 6, 8, List.of(1)).taken()).isFalse();
    }

    private void leadFrom(long offset, List<Integer> isr) {
        around.end = offset;
        around.highWatermark = offset;
        assume(1, 5, 7, isr);
        replica.prepare(offset);
    }

    private ReplicaEffects assume(int leader, int leaderEpoch, int partitionEpoch, List<Integer> isr) {
        return replica.assume(
                new ReplicaAssignment(leader, leaderEpoch, partitionEpoch, List.of(1, 2, 3), isr), around, NOW);
    }

    private static FollowerFetch fetch(int replicaId, long offset) {
        return new FollowerFetch(replicaId, 5, offset, 0, 90);
    }

    private static IsrProposal proposalOf(ReplicaEffects effects) {
        return Objects.requireNonNull(effects.proposal());
    }

    private static final class Surroundings implements ReplicaView {
        long end;
        long highWatermark;
        final Set<Integer> dead = new HashSet<>();

        @Override
        public long logEndOffset() {
            return end;
        }

        @Override
        public long highWatermark() {
            return highWatermark;
        }

        @Override
        public int minInSyncReplicas() {
            return 2;
        }

        @Override
        public long lagTimeMaxMs() {
            return 30_000;
        }

        @Override
        public boolean mayJoin(int replicaId, long brokerEpoch) {
            return brokerEpoch == 90;
        }

        @Override
        public boolean isAlive(int replicaId) {
            return !dead.contains(replicaId);
        }
    }
}
