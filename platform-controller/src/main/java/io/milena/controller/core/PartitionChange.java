package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Works out one PartitionChangeRecord from what a caller wants of a partition: completes a reassignment whose new replicas
 * are in sync, keeps the eligible leader replicas (KIP-966), elects a leader, and raises the leader epoch where Kafka's rules
 * ask for it. A pure calculator: give it targets, call {@link #build()}.
 */
final class PartitionChange {
    private final PartitionState partition;
    private final Uuid topicId;
    private final int partitionId;
    private final IntPredicate acceptableLeader;
    private final RecordVersions versions;
    private final PartitionRules rules;
    private final Map<Integer, Uuid> newDirectories = new LinkedHashMap<>();

    private Election election = Election.ONLINE;
    private List<Integer> isr;
    private List<Integer> replicas;
    private List<Integer> removing;
    private List<Integer> adding;
    private List<Integer> elr;
    private List<Integer> lastKnownElr;
    private Set<Integer> uncleanlyShutDown = Set.of();
    private boolean recovering;
    private IntFunction<Uuid> defaultDirectory = broker -> Directories.UNASSIGNED;

    /**
     * @param acceptableLeader whether a broker may lead now: unfenced, not shutting down, directory online
     * @param rules the topic's minimum ISR and the cluster's election features
     */
    PartitionChange(
            PartitionState partition,
            Uuid topicId,
            int partitionId,
            IntPredicate acceptableLeader,
            RecordVersions versions,
            PartitionRules rules) {
        this.partition = partition;
        this.topicId = topicId;
        this.partitionId = partitionId;
        this.acceptableLeader = acceptableLeader;
        this.versions = versions;
        this.rules = rules;
        this.isr = Ids.list(partition.isr());
        this.replicas = Ids.list(partition.replicas());
        this.removing = Ids.list(partition.removing());
        this.adding = Ids.list(partition.adding());
        this.elr = Ids.list(partition.elr());
        this.lastKnownElr = Ids.list(partition.lastKnownElr());
        this.recovering = partition.recovering();
        if (rules.uncleanElection()) {
            this.election = Election.UNCLEAN;
        }
    }

    PartitionChange election(Election value) {
        election = value;
        return this;
    }

    PartitionChange isr(List<Integer> value) {
        isr = value;
        return this;
    }

    PartitionChange replicas(List<Integer> value) {
        replicas = value;
        return this;
    }

    PartitionChange removing(List<Integer> value) {
        removing = value;
        return this;
    }

    PartitionChange adding(List<Integer> value) {
        adding = value;
        return this;
    }

    PartitionChange recovering(boolean value) {
        recovering = value;
        return this;
    }

    /** Brokers that came back without a clean shutdown: what they had in memory may be gone, so they leave the ELR too. */
    PartitionChange uncleanlyShutDown(int broker) {
        uncleanlyShutDown = Set.of(broker);
        return this;
    }

    PartitionChange directory(int broker, Uuid directory) {
        newDirectories.put(broker, directory);
        return this;
    }

    PartitionChange defaultDirectory(IntFunction<Uuid> value) {
        defaultDirectory = value;
        return this;
    }

    /** The record, or empty when the partition already is what was asked for. */
    Optional<VersionedRecord> build() {
        PartitionChangeRecord record =
                new PartitionChangeRecord().setTopicId(topicId).setPartitionId(partitionId);
        completeReassignment();
        keepEligibleReplicas();
        elect(record);
        raiseEpochIfReplicaLeft(record);
        setElr(record);
        setIsr(record);
        raiseEpochIfIsrShrank(record);
        rememberLastLeader(record);
        setAssignment(record);
        if (recovering != partition.recovering()) {
            record.setLeaderRecoveryState(recovering ? PartitionState.RECOVERING : PartitionState.RECOVERED);
        }
        return isNoOp(record) ? Optional.empty() : Optional.of(new VersionedRecord(record, versions.partitionChange()));
    }

    /** A reassignment is complete once every adding replica is in the ISR and somebody remains (KIP-455). */
    private void completeReassignment() {
        if (removing.isEmpty() && adding.isEmpty()) {
            return;
        }
        List<Integer> remainingIsr = Ids.without(isr, removing);
        List<Integer> remaining = Ids.without(replicas, removing);
        if (remaining.isEmpty() || remainingIsr.isEmpty() || !remainingIsr.containsAll(adding)) {
            return;
        }
        isr = remainingIsr;
        replicas = remaining;
        removing = List.of();
        adding = List.of();
    }

    private void keepEligibleReplicas() {
        if (!rules.elrEnabled()) {
            elr = List.of();
            lastKnownElr = List.of();
            return;
        }
        if (isr.size() >= Math.min(rules.minIsr(), replicas.size())) {
            elr = List.of();
            lastKnownElr = List.of();
            return;
        }
        Set<Integer> candidates = new LinkedHashSet<>(Ids.list(partition.elr()));
        candidates.addAll(Ids.list(partition.isr()));
        Set<Integer> knownBefore = new LinkedHashSet<>(candidates);
        knownBefore.addAll(Ids.list(partition.lastKnownElr()));
        List<Integer> eligible = new ArrayList<>(candidates);
        eligible.removeIf(id -> isr.contains(id) || uncleanlyShutDown.contains(id) || !replicas.contains(id));
        List<Integer> known = new ArrayList<>(knownBefore);
        known.removeIf(id -> isr.contains(id) || eligible.contains(id) || !replicas.contains(id));
        elr = eligible;
        if (rules.recoversLastLeader()) {
            // Here it holds the last leader, as long as that is a replica still.
            lastKnownElr.retainAll(replicas);
        } else {
            lastKnownElr = known;
        }
    }

    private void elect(PartitionChangeRecord record) {
        Choice choice = choose();
        if (choice.leader() == partition.leader()) {
            return;
        }
        record.setLeader(choice.leader());
        if (choice.unclean()) {
            isr = List.of(choice.leader());
            elr = Ids.without(elr, choice.leader());
            lastKnownElr = Ids.without(lastKnownElr, choice.leader());
            recovering = true;
        } else if (elr.contains(choice.leader())) {
            isr = List.of(choice.leader());
            elr = Ids.without(elr, choice.leader());
        }
    }

    private Choice choose() {
        if (election == Election.PREFERRED && canLead(replicas.get(0))) {
            return new Choice(replicas.get(0), false);
        }
        if (canLead(partition.leader())) {
            return new Choice(partition.leader(), false);
        }
        for (int replica : replicas) {
            if (canLead(replica)) {
                return new Choice(replica, false);
            }
        }
        if (election != Election.PREFERRED && canRecoverLastLeader()) {
            return new Choice(lastKnownElr.get(0), true);
        }
        if (election == Election.UNCLEAN) {
            for (int replica : replicas) {
                if (acceptableLeader.test(replica)) {
                    return new Choice(replica, true);
                }
            }
        }
        return new Choice(PartitionState.NO_LEADER, false);
    }

    private boolean canLead(int replica) {
        return (isr.contains(replica) || elr.contains(replica)) && acceptableLeader.test(replica);
    }

    /** KIP-966, balanced recovery: with ISR and ELR both lost, the last leader holds the most anybody can still have. */
    private boolean canRecoverLastLeader() {
        return rules.elrEnabled()
                && rules.recoversLastLeader()
                && isr.isEmpty()
                && elr.isEmpty()
                && lastKnownElr.size() == 1
                && acceptableLeader.test(lastKnownElr.get(0));
    }

    /** Followers must learn of a replica's removal by a new epoch, even if the leader stays; a mere addition raises nothing. */
    private void raiseEpochIfReplicaLeft(PartitionChangeRecord record) {
        if (record.leader() != PartitionState.LEADER_UNCHANGED) {
            return;
        }
        for (int replica : partition.replicas()) {
            if (!replicas.contains(replica)) {
                record.setLeader(partition.leader());
                return;
            }
        }
    }

    private void raiseEpochIfIsrShrank(PartitionChangeRecord record) {
        if (!versions.bumpsLeaderEpochOnShrink()
                || record.leader() != PartitionState.LEADER_UNCHANGED
                || record.isr() == null) {
            return;
        }
        if (!record.isr().containsAll(Ids.list(partition.isr()))) {
            record.setLeader(partition.leader());
        }
    }

    private void setElr(PartitionChangeRecord record) {
        if (!versions.elr()) {
            return;
        }
        if (!Ids.same(elr, partition.elr())) {
            record.setEligibleLeaderReplicas(elr);
        }
        if (!Ids.same(lastKnownElr, partition.lastKnownElr())) {
            record.setLastKnownElr(lastKnownElr);
        }
    }

    /** Without ELR the last member stays in the ISR even when it is gone: somebody has to hold the data. */
    private void setIsr(PartitionChangeRecord record) {
        boolean writable = !isr.isEmpty() || rules.elrEnabled();
        if (writable && !Ids.same(isr, partition.isr())) {
            record.setIsr(isr);
        }
    }

    private void rememberLastLeader(PartitionChangeRecord record) {
        if (!rules.elrEnabled() || !rules.recoversLastLeader() || record.isr() == null) {
            return;
        }
        boolean known = partition.lastKnownElr().length == 1 && partition.lastKnownElr()[0] == partition.leader();
        if (record.isr().isEmpty() && !known && replicas.contains(partition.leader())) {
            record.setLastKnownElr(List.of(partition.leader()));
        }
    }

    private void setAssignment(PartitionChangeRecord record) {
        if (!replicas.isEmpty() && !Ids.same(replicas, partition.replicas())) {
            record.setReplicas(replicas);
        }
        if (!Ids.same(removing, partition.removing())) {
            record.setRemovingReplicas(removing);
        }
        if (!Ids.same(adding, partition.adding())) {
            record.setAddingReplicas(adding);
        }
        List<Uuid> directories = directories();
        if (versions.directories() && directories != null) {
            record.setDirectories(directories);
        }
    }

    private @Nullable List<Uuid> directories() {
        List<Uuid> target = new ArrayList<>(replicas.size());
        for (int replica : replicas) {
            Uuid named = newDirectories.get(replica);
            int old = Ids.indexOf(partition.replicas(), replica);
            if (named != null) {
                target.add(named);
            } else {
                target.add(old >= 0 ? partition.directories()[old] : defaultDirectory.apply(replica));
            }
        }
        return target.equals(Arrays.asList(partition.directories())) ? null : target;
    }

    static boolean isNoOp(PartitionChangeRecord record) {
        return record.isr() == null
                && record.eligibleLeaderReplicas() == null
                && record.lastKnownElr() == null
                && record.leader() == PartitionState.LEADER_UNCHANGED
                && record.replicas() == null
                && record.removingReplicas() == null
                && record.addingReplicas() == null
                && record.leaderRecoveryState() == PartitionState.RECOVERY_UNCHANGED
                && record.directories() == null;
    }

    private record Choice(int leader, boolean unclean) {}
}
