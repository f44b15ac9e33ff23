package io.milena.testkit.cluster;

import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Network;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.World;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All machines of a simulated cluster and its clients, and what is known of their common history. */
final class Cluster {
    private static final int FIRST_PRODUCER = 201;
    private static final int READER = 301;
    private static final int OPERATOR = 302;

    private final World world;
    private final Network network;
    private final ClusterMap map;
    private final Ledger ledger;
    private final MetadataObserver observer;
    private final List<ControllerNode> controllers = new ArrayList<>();
    private final List<BrokerNode> brokers = new ArrayList<>();
    private final List<ProducerClient> producers = new ArrayList<>();
    private final ReaderClient reader;
    private final OperatorClient operator;
    private final Set<Long> producerIds = new HashSet<>();

    Cluster(World world, ClusterPlan plan) {
        this.world = world;
        this.network = new Network(world);
        this.map = new ClusterMap(plan);
        this.ledger = new Ledger(world);
        this.observer = new MetadataObserver(world);
        for (int id : map.controllers()) {
            controllers.add(new ControllerNode(network.host(id), plan, map, observer));
        }
        for (int id : map.brokers()) {
            brokers.add(new BrokerNode(network.host(id), map, observer));
        }
        for (int i = 0; i < plan.producers(); i++) {
            producers.add(new ProducerClient(network.host(FIRST_PRODUCER + i), this, plan.partitions()));
        }
        reader = new ReaderClient(network.host(READER), this, plan.partitions());
        operator = new OperatorClient(network.host(OPERATOR), this, plan);
    }

    void boot() {
        controllers.forEach(ControllerNode::boot);
        brokers.forEach(BrokerNode::boot);
        operator.host().boot(operator);
        reader.host().boot(reader);
        producers.forEach(each -> each.host().boot(each));
    }

    World world() {
        return world;
    }

    Network network() {
        return network;
    }

    ClusterMap map() {
        return map;
    }

    Ledger ledger() {
        return ledger;
    }

    MetadataObserver observer() {
        return observer;
    }

    List<ControllerNode> controllers() {
        return controllers;
    }

    List<BrokerNode> brokers() {
        return brokers;
    }

    List<ProducerClient> producers() {
        return producers;
    }

    ReaderClient reader() {
        return reader;
    }

    OperatorClient operator() {
        return operator;
    }

    /** Every process that has images. */
    List<MetadataObserver.Source> members() {
        List<MetadataObserver.Source> members = new ArrayList<>(controllers);
        members.addAll(brokers);
        return members;
    }

    /** Machines that trouble may come over. */
    List<Host> hosts() {
        List<Host> hosts = new ArrayList<>();
        controllers.forEach(each -> hosts.add(each.host()));
        brokers.forEach(each -> hosts.add(each.host()));
        return hosts;
    }

    /** Nobody else has it: blocks of producer ids are disjoint. */
    void producerIdGiven(long id) {
        Violation.unless(producerIds.add(id), "producer id %d was given twice", id);
    }
}
