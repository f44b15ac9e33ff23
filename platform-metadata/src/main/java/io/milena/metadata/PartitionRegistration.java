package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.PartitionRecord;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A partition as the metadata knows it. The arrays are shared between partitions and images to keep a million of them
 * small: they must never be modified. {@code isr} is the same array as {@code replicas} where both are equal.
 *
 * @param replicas broker ids, preferred leader first
 * @param directories log directory ids, index-parallel to {@code replicas} (KIP-858)
 * @param isr in-sync replicas, broker ids
 * @param elr eligible leader replicas outside the ISR (KIP-966), broker ids
 * @param lastKnownElr last known leader while ISR and ELR are empty (KIP-966), broker ids
 * @param removingReplicas replicas a reassignment removes
 * @param addingReplicas replicas a reassignment adds
 * @param leader broker id, or {@link #NO_LEADER}
 * @param leaderEpoch rises with every leader change
 * @param partitionEpoch rises with every change of anything here
 */
@SuppressWarnings("ArrayRecordComponent")
public record PartitionRegistration(
        int[] replicas,
        Uuid[] directories,
        int[] isr,
        int[] elr,
        int[] lastKnownElr,
        int[] removingReplicas,
        int[] addingReplicas,
        int leader,
        LeaderRecoveryState leaderRecoveryState,
        int leaderEpoch,
        int partitionEpoch) {
    /** Leader of a partition that has none. */
    public static final int NO_LEADER = -1;
    /** Leader in a PartitionChange record that leaves the leader and its epoch as they are. */
    public static final int NO_LEADER_CHANGE = -2;

    public PartitionRegistration {
        if (directories.length > 0 && directories.length != replicas.length) {
            throw new IllegalArgumentException("A partition has " + replicas.length + " replicas "
                    + Arrays.toString(replicas) + " but " + directories.length + " directories; they must be parallel");
        }
    }

    static PartitionRegistration of(PartitionRecord record) {
        int[] replicas = ReplicaArrays.of(record.replicas());
        return create(
                replicas,
                directoriesOrMigrating(record.directories(), replicas.length),
                ReplicaArrays.of(record.isr()),
                ReplicaArrays.of(record.eligibleLeaderReplicas()),
                ReplicaArrays.of(record.lastKnownElr()),
                ReplicaArrays.of(record.removingReplicas()),
                ReplicaArrays.of(record.addingReplicas()),
                record.leader(),
                LeaderRecoveryState.of(record.leaderRecoveryState()),
                record.leaderEpoch(),
                record.partitionEpoch());
    }

    /**
     * This partition after {@code change}: lists that are null stay, the leader epoch rises if the record names a leader
     * (the present one included), the partition epoch always rises by one.
     */
    public PartitionRegistration merge(PartitionChangeRecord change) {
        int[] newReplicas = changed(change.replicas(), replicas);
        Uuid[] newDirectories = change.directories() == null
                ? (allMigrating(directories) ? DirectoryIds.migrating(newReplicas.length) : directories)
                : directoriesOrMigrating(change.directories(), newReplicas.length);
        boolean leaderNamed = change.leader() != NO_LEADER_CHANGE;
        return create(
                newReplicas,
                newDirectories,
                changed(change.isr(), isr),
                changed(change.eligibleLeaderReplicas(), elr),
                changed(change.lastKnownElr(), lastKnownElr),
                changed(change.removingReplicas(), removingReplicas),
                changed(change.addingReplicas(), addingReplicas),
                leaderNamed ? change.leader() : leader,
                leaderRecoveryState.changedTo(change.leaderRecoveryState()),
                leaderNamed ? leaderEpoch + 1 : leaderEpoch,
                partitionEpoch + 1);
    }

    /** Without ELR; the partition epoch rises if there was one. Same instance if not. */
    PartitionRegistration withoutElr() {
        if (elr.length == 0 && lastKnownElr.length == 0) {
            return this;
        }
        return create(
                replicas,
                directories,
                isr,
                ReplicaArrays.EMPTY,
                ReplicaArrays.EMPTY,
                removingReplicas,
                addingReplicas,
                leader,
                leaderRecoveryState,
                leaderEpoch,
                partitionEpoch + 1);
    }

    public boolean hasLeader() {
        return leader != NO_LEADER;
    }

    /** First of the replicas, or {@link #NO_LEADER} if there are none. */
    public int preferredReplica() {
        return replicas.length == 0 ? NO_LEADER : replicas[0];
    }

    public boolean hasPreferredLeader() {
        return leader == preferredReplica();
    }

    public boolean isReassigning() {
        return removingReplicas.length > 0 || addingReplicas.length > 0;
    }

    public boolean isReplica(int brokerId) {
        return ReplicaArrays.contains(replicas, brokerId);
    }

    public boolean isInSync(int brokerId) {
        return ReplicaArrays.contains(isr, brokerId);
    }

    /**
     * The log directory of a replica.
     *
     * @throws IllegalArgumentException if the broker holds no replica
     */
    public Uuid directory(int brokerId) {
        int index = ReplicaArrays.indexOf(replicas, brokerId);
        if (index < 0 || index >= directories.length) {
            throw new IllegalArgumentException(
                    "Broker " + brokerId + " is not among the replicas " + Arrays.toString(replicas));
        }
        return directories[index];
    }

    /** As a Partition record, written with the version that {@code version} has; ELR fields only if the feature is on. */
    public VersionedRecord toRecord(Uuid topicId, int partitionId, MetadataVersion version, boolean elrEnabled) {
        PartitionRecord record = new PartitionRecord()
                .setPartitionId(partitionId)
                .setTopicId(topicId)
                .setReplicas(ReplicaArrays.asList(replicas))
                .setIsr(ReplicaArrays.asList(isr))
                .setRemovingReplicas(ReplicaArrays.asList(removingReplicas))
                .setAddingReplicas(ReplicaArrays.asList(addingReplicas))
                .setLeader(leader)
                .setLeaderRecoveryState(leaderRecoveryState.value())
                .setLeaderEpoch(leaderEpoch)
                .setPartitionEpoch(partitionEpoch);
        if (elrEnabled && version.isElrSupported()) {
            if (elr.length > 0) {
                record.setEligibleLeaderReplicas(ReplicaArrays.asList(elr));
            }
            if (lastKnownElr.length > 0) {
                record.setLastKnownElr(ReplicaArrays.asList(lastKnownElr));
            }
        }
        if (version.isDirectoryAssignmentSupported()) {
            record.setDirectories(Arrays.asList(directories));
        }
        return new VersionedRecord(record, version.partitionRecordVersion());
    }

    private static PartitionRegistration create(
            int[] replicas,
            Uuid[] directories,
            int[] isr,
            int[] elr,
            int[] lastKnownElr,
            int[] removing,
            int[] adding,
            int leader,
            LeaderRecoveryState recovery,
            int leaderEpoch,
            int partitionEpoch) {
        return new PartitionRegistration(
                replicas,
                directories,
                Arrays.equals(isr, replicas) ? replicas : isr,
                elr,
                lastKnownElr,
                removing,
                adding,
                leader,
                recovery,
                leaderEpoch,
                partitionEpoch);
    }

    private static int[] changed(@Nullable List<Integer> change, int[] present) {
        return change == null ? present : ReplicaArrays.of(change);
    }

    private static Uuid[] directoriesOrMigrating(@Nullable List<Uuid> ids, int replicaCount) {
        if (ids == null || ids.isEmpty()) {
            return DirectoryIds.migrating(replicaCount);
        }
        return DirectoryIds.of(ids);
    }

    private static boolean allMigrating(Uuid[] ids) {
        for (Uuid id : ids) {
            if (!id.equals(DirectoryIds.MIGRATING)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof PartitionRegistration that
                        && leader == that.leader
                        && leaderEpoch == that.leaderEpoch
                        && partitionEpoch == that.partitionEpoch
                        && leaderRecoveryState == that.leaderRecoveryState
                        && Arrays.equals(replicas, that.replicas)
                        && Arrays.equals(directories, that.directories)
                        && Arrays.equals(isr, that.isr)
                        && Arrays.equals(elr, that.elr)
                        && Arrays.equals(lastKnownElr, that.lastKnownElr)
                        && Arrays.equals(removingReplicas, that.removingReplicas)
                        && Arrays.equals(addingReplicas, that.addingReplicas));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(
                new int[] {Arrays.hashCode(replicas), Arrays.hashCode(isr), leader, leaderEpoch, partitionEpoch});
    }

    @Override
    public String toString() {
        return "PartitionRegistration(leader=" + leader + ", leaderEpoch=" + leaderEpoch + ", replicas="
                + Arrays.toString(replicas) + ", isr=" + Arrays.toString(isr) + ", elr=" + Arrays.toString(elr)
                + ", lastKnownElr=" + Arrays.toString(lastKnownElr) + ", removing=" + Arrays.toString(removingReplicas)
                + ", adding=" + Arrays.toString(addingReplicas) + ", directories=" + Arrays.toString(directories)
                + ", recovery=" + leaderRecoveryState + ", partitionEpoch=" + partitionEpoch + ")";
    }
}
