package io.milena.controller.core;

import io.milena.metadata.DirectoryIds;
import io.milena.metadata.ReplicaArrays;
import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.PartitionRecord;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * One partition as the controller knows it. Immutable: arrays are never written to after construction, and equal ones are
 * shared where they can.
 *
 * @param replicas broker ids in order of preference
 * @param directories log directory of each replica, parallel to {@code replicas} (KIP-858)
 * @param isr in-sync replicas
 * @param elr eligible leader replicas, outside the ISR but complete up to the high watermark (KIP-966)
 * @param lastKnownElr former members of ELR whose completeness is no longer sure; with unclean recovery the last leader
 * @param removing replicas a reassignment takes away (KIP-455)
 * @param adding replicas a reassignment adds
 * @param leader broker id, or -1
 * @param recovering the leader came by unclean election and has not confirmed its log yet (KIP-704)
 * @param leaderEpoch rises with each change of leader
 * @param partitionEpoch rises with each change of anything
 */
public record PartitionState(
        int[] replicas,
        Uuid[] directories,
        int[] isr,
        int[] elr,
        int[] lastKnownElr,
        int[] removing,
        int[] adding,
        int leader,
        boolean recovering,
        int leaderEpoch,
        int partitionEpoch) {

    public static final int NO_LEADER = -1;
    public static final int LEADER_UNCHANGED = -2;
    static final byte RECOVERED = 0;
    static final byte RECOVERING = 1;
    static final byte RECOVERY_UNCHANGED = -1;

    static PartitionState of(PartitionRecord record) {
        int[] replicas = ReplicaArrays.of(record.replicas());
        int[] isr = ReplicaArrays.of(record.isr());
        return new PartitionState(
                replicas,
                directories(record.directories(), replicas.length),
                Arrays.equals(isr, replicas) ? replicas : isr,
                ReplicaArrays.of(record.eligibleLeaderReplicas()),
                ReplicaArrays.of(record.lastKnownElr()),
                ReplicaArrays.of(record.removingReplicas()),
                ReplicaArrays.of(record.addingReplicas()),
                record.leader(),
                record.leaderRecoveryState() == RECOVERING,
                record.leaderEpoch(),
                record.partitionEpoch());
    }

    /** This partition after a change; a null list means unchanged, and any change of leader, even to itself, raises its epoch. */
    PartitionState after(PartitionChangeRecord change) {
        boolean elects = change.leader() != LEADER_UNCHANGED;
        int[] newReplicas = orKeep(change.replicas(), replicas);
        return new PartitionState(
                newReplicas,
                directoriesAfter(change, newReplicas),
                orKeep(change.isr(), isr),
                orKeep(change.eligibleLeaderReplicas(), elr),
                orKeep(change.lastKnownElr(), lastKnownElr),
                orKeep(change.removingReplicas(), removing),
                orKeep(change.addingReplicas(), adding),
                elects ? change.leader() : leader,
                change.leaderRecoveryState() == RECOVERY_UNCHANGED
                        ? recovering
                        : change.leaderRecoveryState() == RECOVERING,
                elects ? leaderEpoch + 1 : leaderEpoch,
                partitionEpoch + 1);
    }

    /** A ClearElrRecord is a change like any other: the partition epoch rises. */
    PartitionState withoutElr() {
        return new PartitionState(
                replicas,
                directories,
                isr,
                Ids.NONE,
                Ids.NONE,
                removing,
                adding,
                leader,
                recovering,
                leaderEpoch,
                partitionEpoch + 1);
    }

    PartitionRecord toRecord(Uuid topicId, int partitionId, RecordVersions versions) {
        PartitionRecord record = new PartitionRecord()
                .setTopicId(topicId)
                .setPartitionId(partitionId)
                .setReplicas(Ids.list(replicas))
                .setIsr(Ids.list(isr))
                .setRemovingReplicas(Ids.list(removing))
                .setAddingReplicas(Ids.list(adding))
                .setLeader(leader)
                .setLeaderRecoveryState(recovering ? RECOVERING : RECOVERED)
                .setLeaderEpoch(leaderEpoch)
                .setPartitionEpoch(partitionEpoch);
        if (versions.directories()) {
            record.setDirectories(List.of(directories));
        }
        if (versions.elr() && elr.length > 0) {
            record.setEligibleLeaderReplicas(Ids.list(elr));
        }
        if (versions.elr() && lastKnownElr.length > 0) {
            record.setLastKnownElr(Ids.list(lastKnownElr));
        }
        return record;
    }

    public boolean isReassigning() {
        return removing.length > 0 || adding.length > 0;
    }

    /** Whether the first replica leads; a partition without leader counts as imbalanced too. */
    boolean hasPreferredLeader() {
        return leader == replicas[0];
    }

    /** The directory of a replica, {@link Directories#MIGRATING} if the broker is none. */
    Uuid directoryOf(int brokerId) {
        int index = Ids.indexOf(replicas, brokerId);
        return index < 0 ? Directories.MIGRATING : directories[index];
    }

    private Uuid[] directoriesAfter(PartitionChangeRecord change, int[] newReplicas) {
        List<Uuid> changed = change.directories();
        if (changed != null) {
            return directories(changed, newReplicas.length);
        }
        if (change.replicas() == null) {
            return directories;
        }
        Uuid[] carried = new Uuid[newReplicas.length];
        for (int i = 0; i < carried.length; i++) {
            carried[i] = directoryOf(newReplicas[i]);
        }
        return carried;
    }

    private static Uuid[] directories(@Nullable List<Uuid> list, int replicas) {
        return list == null || list.size() != replicas ? DirectoryIds.migrating(replicas) : DirectoryIds.of(list);
    }

    private static int[] orKeep(@Nullable List<Integer> changed, int[] current) {
        return changed == null ? current : ReplicaArrays.of(changed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PartitionState that
                && Arrays.equals(replicas, that.replicas)
                && Arrays.equals(directories, that.directories)
                && Arrays.equals(isr, that.isr)
                && Arrays.equals(elr, that.elr)
                && Arrays.equals(lastKnownElr, that.lastKnownElr)
                && Arrays.equals(removing, that.removing)
                && Arrays.equals(adding, that.adding)
                && leader == that.leader
                && recovering == that.recovering
                && leaderEpoch == that.leaderEpoch
                && partitionEpoch == that.partitionEpoch;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(replicas) * 31 + partitionEpoch;
    }

    @Override
    public String toString() {
        return "replicas=" + Arrays.toString(replicas) + ", isr=" + Arrays.toString(isr) + ", elr="
                + Arrays.toString(elr) + ", lastKnownElr=" + Arrays.toString(lastKnownElr) + ", removing="
                + Arrays.toString(removing) + ", adding=" + Arrays.toString(adding) + ", leader=" + leader
                + (recovering ? " (recovering)" : "") + ", leaderEpoch=" + leaderEpoch + ", partitionEpoch="
                + partitionEpoch + ", directories=" + Arrays.toString(directories);
    }
}
