package io.milena.controller.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;

/** Rules for replica assignments that an operator wrote, and the first state of a newly placed partition. */
final class Assignments {
    private final Brokers brokers;

    Assignments(Brokers brokers) {
        this.brokers = brokers;
    }

    /**
     * Checks one manual assignment.
     *
     * @param replicationFactor that of the partitions before it, if there were any
     */
    void check(List<Integer> replicas, OptionalInt replicationFactor) {
        if (replicas.isEmpty()) {
            throw new InvalidReplicaAssignmentException(
                    "The manual partition assignment includes an empty replica list.");
        }
        Set<Integer> seen = new HashSet<>();
        for (int replica : replicas) {
            if (brokers.get(replica) == null) {
                throw new InvalidReplicaAssignmentException("The manual partition assignment includes broker " + replica
                        + ", but no such broker is registered.");
            }
            if (!seen.add(replica)) {
                throw new InvalidReplicaAssignmentException(
                        "The manual partition assignment includes the broker " + replica + " more than once.");
            }
        }
        if (replicationFactor.isPresent() && replicas.size() != replicationFactor.getAsInt()) {
            throw new InvalidReplicaAssignmentException("The manual partition assignment includes a partition with "
                    + replicas.size() + " replica(s), but this is not consistent with previous partitions, which have "
                    + replicationFactor.getAsInt() + " replica(s).");
        }
    }

    /** Those of the replicas that are alive, in order; they form the first ISR. */
    int[] aliveOf(int[] replicas) {
        List<Integer> alive = new ArrayList<>(replicas.length);
        for (int replica : replicas) {
            if (brokers.active(replica)) {
                alive.add(replica);
            }
        }
        return alive.size() == replicas.length ? replicas : Ids.of(alive);
    }

    /** New partitions of one topic on replicas chosen for it. */
    List<PartitionState> place(RandomGenerator random, int count, int replicationFactor) {
        ReplicaPlacement placement = new ReplicaPlacement(brokers.all(), new Random(random.nextLong()));
        List<PartitionState> partitions = new ArrayList<>(count);
        try {
            for (int[] replicas : placement.place(count, replicationFactor)) {
                int[] isr = aliveOf(replicas);
                if (isr.length == 0) {
                    throw new InvalidReplicationFactorException(
                            "All brokers are currently fenced or in controlled shutdown.");
                }
                partitions.add(create(replicas, isr));
            }
        } catch (InvalidReplicationFactorException impossible) {
            throw new InvalidReplicationFactorException(
                    "Unable to replicate the partition " + replicationFactor + " time(s): " + impossible.getMessage());
        }
        return partitions;
    }

    /** A partition that nobody has written to: the first live replica leads, epochs start at 0. */
    PartitionState create(int[] replicas, int[] isr) {
        Uuid[] directories = new Uuid[replicas.length];
        for (int i = 0; i < replicas.length; i++) {
            directories[i] = brokers.defaultDirectory(replicas[i]);
        }
        return new PartitionState(
                replicas, directories, isr, Ids.NONE, Ids.NONE, Ids.NONE, Ids.NONE, isr[0], false, 0, 0);
    }
}
