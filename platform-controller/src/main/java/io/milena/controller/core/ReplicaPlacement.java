package io.milena.controller.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;

/**
 * Chooses brokers for new partitions: leaders spread evenly over unfenced brokers, replicas over as many racks as there are,
 * fenced brokers only when unfenced ones run out and never as the first replica. Brokers stand in one ring in which racks
 * alternate; each partition starts one place further, and each turn of the ring shifts its followers.
 */
final class ReplicaPlacement {
    private final List<BrokerState> ring;
    private final List<BrokerState> fenced;
    private final int racks;
    private int next;
    private int shift;

    /** Brokers whose directories are all cordoned take no part (KIP-1066). */
    ReplicaPlacement(Collection<BrokerState> brokers, RandomGenerator random) {
        List<BrokerState> unfenced = new ArrayList<>();
        List<BrokerState> rest = new ArrayList<>();
        for (BrokerState broker : brokers) {
            if (broker.takesReplicas() && !broker.inControlledShutdown()) {
                (broker.fenced() ? rest : unfenced).add(broker);
            }
        }
        Random shuffle = new Random(random.nextLong());
        this.ring = alternatingRacks(unfenced, shuffle);
        this.fenced = alternatingRacks(rest, shuffle);
        this.racks = (int) ring.stream().map(BrokerState::rack).distinct().count();
        this.next = ring.isEmpty() ? 0 : shuffle.nextInt(ring.size());
        this.shift = ring.size() < 2 ? 0 : shuffle.nextInt(ring.size() - 1);
    }

    /**
     * Places partitions.
     *
     * @throws InvalidReplicationFactorException if there are not enough brokers, with Kafka's text
     */
    List<int[]> place(int partitions, int replicationFactor) {
        if (replicationFactor <= 0) {
            throw new InvalidReplicationFactorException(
                    "Invalid replication factor " + replicationFactor + ": the replication factor must be positive.");
        }
        if (ring.isEmpty()) {
            throw new InvalidReplicationFactorException(
                    "All brokers are currently fenced, or have all their log directories cordoned.");
        }
        int usable = ring.size() + fenced.size();
        if (replicationFactor > usable) {
            throw new InvalidReplicationFactorException("The target replication factor of " + replicationFactor
                    + " cannot be reached because only " + usable
                    + " broker(s) are registered or some brokers have all their log directories cordoned.");
        }
        List<int[]> placed = new ArrayList<>(partitions);
        for (int i = 0; i < partitions; i++) {
            placed.add(placeOne(replicationFactor));
        }
        return placed;
    }

    private int[] placeOne(int replicationFactor) {
        int[] replicas = new int[replicationFactor];
        int leader = next;
        advance();
        replicas[0] = ring.get(leader).id();
        if (replicationFactor > 1) {
            fill(replicas, leader);
        }
        return replicas;
    }

    private void advance() {
        next++;
        if (next == ring.size()) {
            next = 0;
            shift = ring.size() < 2 ? 0 : (shift + 1) % (ring.size() - 1);
        }
    }

    private void fill(int[] replicas, int leader) {
        Set<Integer> taken = new HashSet<>();
        Set<Object> racksTaken = new HashSet<>();
        taken.add(replicas[0]);
        racksTaken.add(ring.get(leader).rack());
        int filled = 1;
        int others = ring.size() - 1;
        for (int pass = 0; pass < 2 && filled < replicas.length; pass++) {
            for (int i = 0; i < others && filled < replicas.length; i++) {
                BrokerState candidate = ring.get((leader + 1 + (shift + i) % others) % ring.size());
                boolean newRack = !racksTaken.contains(candidate.rack());
                if (pass == 0 && !newRack && racksTaken.size() < racks || taken.contains(candidate.id())) {
                    continue;
                }
                taken.add(candidate.id());
                racksTaken.add(candidate.rack());
                replicas[filled++] = candidate.id();
            }
        }
        for (int i = 0; filled < replicas.length; i++) {
            replicas[filled++] = fenced.get((leader + i) % fenced.size()).id();
        }
    }

    private static List<BrokerState> alternatingRacks(List<BrokerState> brokers, Random shuffle) {
        Map<String, List<BrokerState>> byRack = new TreeMap<>();
        for (BrokerState broker : brokers) {
            byRack.computeIfAbsent(broker.rack().orElse(""), each -> new ArrayList<>())
                    .add(broker);
        }
        byRack.values().forEach(rack -> Collections.shuffle(rack, shuffle));
        List<BrokerState> ring = new ArrayList<>(brokers.size());
        for (int i = 0; ring.size() < brokers.size(); i++) {
            for (List<BrokerState> rack : byRack.values()) {
                if (i < rack.size()) {
                    ring.add(rack.get(i));
                }
            }
        }
        return ring;
    }
}
