package io.milena.controller.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;

/**
 * Chooses brokers for the partitions of one topic, as Kafka's striped placement does and, with the same random numbers, with the same
 * result. Racks are asked in turn for one broker each, and each partition begins one rack further; within a rack brokers take turns, and
 * each partition begins one broker further. So leaders and replicas spread evenly over brokers, and replicas over as many racks as there
 * are. A rack gives fenced brokers only after its unfenced ones, and nobody fenced is a first replica.
 *
 * <p>Once each unfenced broker had a turn, racks and brokers are shuffled, lest the same brokers always share partitions.
 */
final class ReplicaPlacement {
    private final Random random;
    /** In the order of a hash map, in which Kafka draws its random numbers. */
    private final Map<Optional<String>, Rack> racks = new HashMap<>();

    private final List<Optional<String>> rackOrder;
    private final int registered;
    private final int unfenced;
    private int turn;
    private int firstRack;

    /** Brokers whose directories are all cordoned take no part (KIP-1066), nor do those that are shutting down. */
    ReplicaPlacement(Collection<BrokerState> brokers, Random random) {
        this.random = random;
        int fencedCount = 0;
        int unfencedCount = 0;
        for (BrokerState broker : brokers) {
            if (broker.takesReplicas() && !broker.inControlledShutdown()) {
                Rack rack = racks.computeIfAbsent(broker.rack(), name -> new Rack());
                (broker.fenced() ? rack.fenced : rack.unfenced).ids.add(broker.id());
                fencedCount += broker.fenced() ? 1 : 0;
                unfencedCount += broker.fenced() ? 0 : 1;
            }
        }
        racks.values().forEach(rack -> rack.begin(random));
        this.rackOrder = new ArrayList<>(racks.keySet());
        rackOrder.sort(Comparator.comparing(name -> name.orElse("")));
        this.registered = fencedCount + unfencedCount;
        this.unfenced = unfencedCount;
        this.firstRack = rackOrder.isEmpty() ? 0 : random.nextInt(rackOrder.size());
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
        if (unfenced == 0) {
            throw new InvalidReplicationFactorException(
                    "All brokers are currently fenced, or have all their log directories cordoned.");
        }
        if (replicationFactor > registered) {
            throw new InvalidReplicationFactorException("The target replication factor of " + replicationFactor
                    + " cannot be reached because only " + registered
                    + " broker(s) are registered or some brokers have all their log directories cordoned.");
        }
        List<int[]> placed = new ArrayList<>(partitions);
        for (int i = 0; i < partitions; i++) {
            placed.add(placeOne(replicationFactor));
        }
        return placed;
    }

    private int[] placeOne(int replicationFactor) {
        if (turn == unfenced && unfenced > 1) {
            Collections.shuffle(rackOrder, random);
            racks.values().forEach(rack -> rack.shuffle(random));
            turn = 0;
        }
        if (firstRack == rackOrder.size()) {
            firstRack = 0;
        }
        int[] replicas = new int[replicationFactor];
        int leaderRack = firstRack;
        replicas[0] = rack(leaderRack).unfenced.next(turn);
        while (replicas[0] < 0) {
            leaderRack = (leaderRack + 1) % rackOrder.size();
            replicas[0] = rack(leaderRack).unfenced.next(turn);
        }
        placeFollowers(replicas, leaderRack);
        turn++;
        firstRack++;
        return replicas;
    }

    /** The first time round, the leader's rack has given its broker already. */
    private void placeFollowers(int[] replicas, int leaderRack) {
        boolean leaderRackPassed = false;
        int rack = firstRack;
        for (int replica = 1; replica < replicas.length; ) {
            int broker = -1;
            if (rack == leaderRack && !leaderRackPassed) {
                leaderRackPassed = true;
            } else {
                broker = rack(rack).next(turn);
            }
            if (broker >= 0) {
                replicas[replica++] = broker;
            }
            rack = (rack + 1) % rackOrder.size();
        }
    }

    private Rack rack(int index) {
        return racks.getOrDefault(rackOrder.get(index), new Rack());
    }

    private static final class Rack {
        final Ring unfenced = new Ring();
        final Ring fenced = new Ring();

        void begin(Random random) {
            fenced.begin(random);
            unfenced.begin(random);
        }

        void shuffle(Random random) {
            Collections.shuffle(fenced.ids, random);
            Collections.shuffle(unfenced.ids, random);
        }

        int next(int turn) {
            int broker = unfenced.next(turn);
            return broker >= 0 ? broker : fenced.next(turn);
        }
    }

    /** Brokers that each can be had once a turn; a new turn begins one broker further. */
    private static final class Ring {
        final List<Integer> ids = new ArrayList<>();
        private int start;
        private int given;
        private int turn;

        void begin(Random random) {
            if (!ids.isEmpty()) {
                ids.sort(null);
                start = random.nextInt(ids.size());
            }
        }

        /** A broker that had none in this turn, or -1. */
        int next(int currentTurn) {
            if (ids.isEmpty()) {
                return -1;
            }
            if (turn != currentTurn) {
                turn = currentTurn;
                given = 0;
                start = (start + 1) % ids.size();
            }
            if (given >= ids.size()) {
                return -1;
            }
            return ids.get((start + given++) % ids.size());
        }
    }
}
