package io.milena.controller.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.records.metadata.PartitionChangeRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class PartitionChangeTest {
    private static final Uuid TOPIC = new Uuid(1, 2);
    private static final PartitionRules PLAIN = new PartitionRules(2, false, false, true);
    private static final PartitionRules ELR = new PartitionRules(2, false, true, true);

    private static PartitionState partition(int leader, int[] replicas, int[] isr, int[] elr) {
        Uuid[] directories = new Uuid[replicas.length];
        Arrays.fill(directories, Directories.UNASSIGNED);
        return new PartitionState(replicas, directories, isr, elr, Ids.NONE, Ids.NONE, Ids.NONE, leader, false, 5, 7);
    }

    private static PartitionChange change(PartitionState partition, PartitionRules rules, Integer... alive) {
        return new PartitionChange(partition, TOPIC, 0, Set.of(alive)::contains, new RecordVersions((short) 30), rules);
    }

    private static PartitionChangeRecord record(PartitionChange change) {
        return (PartitionChangeRecord) change.build().orElseThrow().message();
    }

    @Test
    void nothing_changes_when_everybody_is_well() {
        assertThat(change(partition(1, ids(1, 2, 3), ids(1, 2, 3), ids()), PLAIN, 1, 2, 3)
                        .build())
                .isEmpty();
    }

    @Test
    void a_lost_leader_is_replaced_by_the_next_in_sync_replica() {
        PartitionChangeRecord record = record(change(partition(1, ids(1, 2, 3), ids(1, 3), ids()), PLAIN, 2, 3)
                .isr(List.of(3)));

        assertThat(record.leader()).isEqualTo(3);
        assertThat(record.isr()).containsExactly(3);
    }

    @Test
    void without_elr_the_last_in_sync_replica_stays_and_the_partition_has_no_leader() {
        PartitionChangeRecord record =
                record(change(partition(1, ids(1, 2), ids(1), ids()), PLAIN, 2).isr(List.of()));

        assertThat(record.leader()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(record.isr()).isNull();
    }

    @Test
    void with_elr_the_last_in_sync_replica_becomes_eligible_and_is_remembered() {
        PartitionChangeRecord record =
                record(change(partition(1, ids(1, 2), ids(1), ids(2)), ELR, 9).isr(List.of()));

        assertThat(record.isr()).isEmpty();
        assertThat(record.eligibleLeaderReplicas()).containsExactly(2, 1);
        assertThat(record.lastKnownElr()).containsExactly(1);
        assertThat(record.leader()).isEqualTo(PartitionState.NO_LEADER);
    }

    @Test
    void an_eligible_replica_may_lead_when_nobody_is_in_sync() {
        PartitionChangeRecord record = record(change(partition(-1, ids(1, 2), ids(), ids(1, 2)), ELR, 2));

        assertThat(record.leader()).isEqualTo(2);
        assertThat(record.isr()).containsExactly(2);
        assertThat(record.eligibleLeaderReplicas()).containsExactly(1);
        assertThat(record.leaderRecoveryState()).isEqualTo(PartitionState.RECOVERY_UNCHANGED);
    }

    @Test
    void an_unclean_return_leaves_isr_and_elr_and_the_last_leader_can_still_be_recovered() {
        PartitionState before = partition(1, ids(1), ids(1), ids());
        PartitionChangeRecord gone =
                record(change(before, ELR, 9).isr(List.of()).uncleanlyShutDown(1));
        assertThat(gone.isr()).isEmpty();
        assertThat(gone.eligibleLeaderReplicas()).isNull();
        assertThat(gone.lastKnownElr()).containsExactly(1);

        PartitionChangeRecord back = record(change(before.after(gone), ELR, 1));
        assertThat(back.leader()).isEqualTo(1);
        assertThat(back.isr()).containsExactly(1);
        assertThat(back.leaderRecoveryState()).isEqualTo(PartitionState.RECOVERING);
    }

    @Test
    void unclean_election_takes_whoever_lives_and_marks_the_leader_as_recovering() {
        PartitionState before = partition(-1, ids(1, 2, 3), ids(1), ids());

        assertThat(change(before, PLAIN, 3).build()).isEmpty();
        PartitionChangeRecord record = record(change(before, PLAIN, 3).election(Election.UNCLEAN));
        assertThat(record.leader()).isEqualTo(3);
        assertThat(record.isr()).containsExactly(3);
        assertThat(record.leaderRecoveryState()).isEqualTo(PartitionState.RECOVERING);
    }

    @Test
    void a_preferred_election_moves_leadership_only_to_an_in_sync_first_replica() {
        PartitionState before = partition(2, ids(1, 2), ids(2, 1), ids());

        assertThat(record(change(before, PLAIN, 1, 2).election(Election.PREFERRED))
                        .leader())
                .isEqualTo(1);
        assertThat(change(before, PLAIN, 2).election(Election.PREFERRED).build())
                .isEmpty();
    }

    @Test
    void starting_a_reassignment_does_not_raise_the_leader_epoch_completing_it_does() {
        PartitionState before = partition(1, ids(1, 2), ids(1, 2), ids());
        PartitionChangeRecord start = record(change(before, PLAIN, 1, 2, 3)
                .replicas(List.of(1, 3, 2))
                .adding(List.of(3))
                .removing(List.of(2)));
        assertThat(start.leader()).isEqualTo(PartitionState.LEADER_UNCHANGED);
        PartitionState moving = before.after(start);
        assertThat(moving.leaderEpoch()).isEqualTo(5);

        PartitionChangeRecord done = record(change(moving, PLAIN, 1, 2, 3).isr(List.of(1, 2, 3)));
        PartitionState moved = moving.after(done);
        assertThat(moved.replicas()).containsExactly(1, 3);
        assertThat(moved.isr()).containsExactly(1, 3);
        assertThat(moved.isReassigning()).isFalse();
        assertThat(moved.leader()).isEqualTo(1);
        assertThat(moved.leaderEpoch()).isEqualTo(6);
    }

    @Test
    void an_older_metadata_version_writes_older_records_and_raises_the_epoch_when_the_isr_shrinks() {
        PartitionState before = partition(1, ids(1, 2), ids(1, 2), ids());
        var old = new PartitionChange(before, TOPIC, 0, Set.of(1, 2)::contains, new RecordVersions((short) 11), PLAIN)
                .isr(List.of(1))
                .build()
                .orElseThrow();

        assertThat(old.version()).isEqualTo((short) 0);
        assertThat(((PartitionChangeRecord) old.message()).leader()).isEqualTo(1);
    }

    private static int[] ids(int... ids) {
        return ids;
    }
}
