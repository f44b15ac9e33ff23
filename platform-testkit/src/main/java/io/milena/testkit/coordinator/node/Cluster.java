package io.milena.testkit.coordinator.node;

import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Network;
import io.milena.testkit.sim.World;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** The brokers and the partitions of internal topics that they have coordinators for. */
public final class Cluster {
    public static final int PORT = 9092;
    static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

    private final World world;
    private final NodePlan plan;
    private final Network network;
    private final Dice dice;
    private final List<Broker> brokers = new ArrayList<>();
    private final Map<TopicPartition, ReplicatedPartition> partitions = new TreeMap<>(ORDER);
    private final List<Resident.Factory> factories;
    private boolean inTheMiddle;
    private boolean troubled;

    public Cluster(World world, NodePlan plan, List<String> topics, List<Resident.Factory> factories) {
        this.world = world;
        this.plan = plan;
        this.factories = factories;
        this.network = new Network(world);
        this.dice = world.dice().fork();
        for (int id = 1; id <= plan.brokers(); id++) {
            brokers.add(new Broker(this, network.host(id)));
        }
        for (String topic : topics) {
            for (int index = 0; index < plan.partitions(); index++) {
                TopicPartition id = new TopicPartition(topic, index);
                partitions.put(id, new ReplicatedPartition(this, id));
            }
        }
    }

    public World world() {
        return world;
    }

    public NodePlan plan() {
        return plan;
    }

    public Network network() {
        return network;
    }

    Dice dice() {
        return dice;
    }

    public List<Broker> brokers() {
        return brokers;
    }

    public Broker broker(int id) {
        return brokers.get(id - 1);
    }

    public Collection<ReplicatedPartition> partitions() {
        return partitions.values();
    }

    public ReplicatedPartition partition(TopicPartition id) {
        ReplicatedPartition partition = partitions.get(id);
        if (partition == null) {
            throw new IllegalArgumentException("There is no partition " + id);
        }
        return partition;
    }

    List<Resident.Factory> factories() {
        return factories;
    }

    public void boot() {
        brokers.forEach(broker -> broker.host().boot(broker));
        partitions
                .values()
                .forEach(partition -> move(partition, dice.pick(brokers).id(), 100_000));
    }

    /** A new leader, or none; everybody hears of it within that time. */
    void move(ReplicatedPartition partition, int leader, long withinUs) {
        partition.elect(leader);
        brokers.forEach(broker -> broker.hear(partition, dice.between(500, withinUs)));
    }

    boolean isTroubled() {
        return troubled;
    }

    void troubled(boolean now) {
        troubled = now;
    }

    /** One task at a time is left in its middle while the world goes on; false if another one is. */
    boolean enterMiddle() {
        boolean free = !inTheMiddle;
        inTheMiddle = true;
        return free;
    }

    void leaveMiddle() {
        inTheMiddle = false;
    }
}
