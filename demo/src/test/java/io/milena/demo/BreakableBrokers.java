package io.milena.demo;

import io.milena.embedded.EmbeddedCluster;
import io.milena.starter.testing.Gate;
import io.milena.starter.testing.TestBroker;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Brokers that go and come back: three of ours, or one of Apache Kafka behind a gate, as {@code milena.test.broker} says. */
interface BreakableBrokers extends AutoCloseable {

    /** {@code host:port} of each. */
    List<String> addresses();

    /** @param which from 0 on */
    void lose(int which);

    void loseAll();

    /** Brings back what was lost, and returns when that is done. */
    void mend();

    @Override
    void close();

    static BreakableBrokers start() {
        return "apache".equals(System.getProperty("milena.test.broker")) ? new Gated() : new Cluster();
    }

    /** Three nodes, each broker and controller. */
    final class Cluster implements BreakableBrokers {

        private final EmbeddedCluster cluster =
                EmbeddedCluster.builder().combined(3).start();

        @Override
        public List<String> addresses() {
            return cluster.brokers().stream().map(cluster::addressOf).toList();
        }

        @Override
        public void lose(int which) {
            cluster.kill(cluster.brokers().get(which));
        }

        @Override
        public void loseAll() {
            cluster.brokers().forEach(cluster::kill);
        }

        @Override
        public void mend() {
            CompletableFuture.allOf(cluster.brokers().stream()
                            .filter(id -> !cluster.isRunning(id))
                            .map(id -> CompletableFuture.runAsync(() -> cluster.restart(id), Cluster::inBackground))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }

        /** No node is back before a majority is. */
        private static void inBackground(Runnable task) {
            new Thread(task, "mend").start();
        }

        @Override
        public void close() {
            cluster.close();
        }
    }

    /** The only broker there is, which cannot be reached while the gate is shut. */
    final class Gated implements BreakableBrokers {

        private final Gate gate = new Gate();

        Gated() {
            gate.leadTo(TestBroker.advertising(gate.address()).bootstrapServers());
        }

        @Override
        public List<String> addresses() {
            return List.of(gate.address());
        }

        @Override
        public void lose(int which) {
            gate.close();
        }

        @Override
        public void loseAll() {
            gate.close();
        }

        @Override
        public void mend() {
            gate.open();
        }

        @Override
        public void close() {
            gate.close();
        }
    }
}
