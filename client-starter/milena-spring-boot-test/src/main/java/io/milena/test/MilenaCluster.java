package io.milena.test;

import io.milena.embedded.EmbeddedCluster;
import io.milena.embedded.FaultOnDemand;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** The cluster of a test: where it is, and what can be done to it. Thread-safe. */
public final class MilenaCluster {
    private final EmbeddedCluster cluster;
    private final FreshTopics topics;

    MilenaCluster(EmbeddedCluster cluster) {
        this.cluster = cluster;
        this.topics = new FreshTopics(cluster.bootstrapServers());
    }

    /** {@code host:port} of all brokers, for clients of the test's own. */
    public String bootstrapServers() {
        return cluster.bootstrapServers();
    }

    /** Ids of the brokers, from 1 on. */
    public List<Integer> brokers() {
        return cluster.brokers();
    }

    /** Ids of the controllers: those of the brokers, or from 101 on where they are nothing else. */
    public List<Integer> controllers() {
        return cluster.controllers();
    }

    public boolean isRunning(int id) {
        return cluster.isRunning(id);
    }

    /** The active controller; empty while there is none. */
    public OptionalInt activeController() {
        return cluster.activeController();
    }

    /** The leader of a partition; empty while there is none. */
    public OptionalInt leaderOf(String topic, int partition) {
        return cluster.leaderOf(topic, partition);
    }

    /** Kills a node as {@code kill -9} does. It runs again after the test, or from {@link #restart} on. */
    public void kill(int id) {
        cluster.kill(id);
    }

    /** Stops a node in an orderly way. */
    public void stop(int id) {
        cluster.stop(id);
    }

    /** Starts a node that was killed or stopped, with its data; one that runs is stopped first. Returns when it serves. */
    public void restart(int id) {
        cluster.restart(id);
    }

    /** Something goes wrong with the next requests it concerns. */
    public void inject(FaultOnDemand fault) {
        cluster.faults().add(fault);
    }

    /** How many requests fared badly in this test so far. */
    public int faultsStruck() {
        return cluster.faults().struck();
    }

    /** All faults are forgotten, all nodes run, all topics are empty: done after each test. */
    public void reset() {
        cluster.faults().clear();
        Stream.concat(controllers().stream(), brokers().stream())
                .distinct()
                .filter(id -> !cluster.isRunning(id))
                .forEach(cluster::restart);
        topics.empty();
    }

    void close() {
        topics.close();
        cluster.close();
    }
}
