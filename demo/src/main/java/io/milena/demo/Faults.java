package io.milena.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Breaks one thing after another, chosen by dice, and mends each after a moment: kills a node, or tears a service from its database in
 * the middle of its work. Only one thing is broken at a time, so that there is always a majority to go on.
 */
final class Faults implements AutoCloseable {

    private static final int LONGEST_PEACE_MS = 1_500;
    private static final int LONGEST_DEATH_MS = 1_500;

    private final DemoBroker broker;
    private final Services services;
    private final Random dice;
    private final Consumer<String> told;
    private final List<String> happened = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "faults");
    private volatile boolean stopped;

    /** @param told of what happens, as it happens */
    Faults(DemoBroker broker, Services services, long seed, Consumer<String> told) {
        this.broker = broker;
        this.services = services;
        this.dice = new Random(seed);
        this.told = told;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!stopped) {
                TimeUnit.MILLISECONDS.sleep(300 + dice.nextInt(LONGEST_PEACE_MS));
                List<String> nodes = broker.nodes();
                if (!stopped && !nodes.isEmpty() && dice.nextInt(3) > 0) {
                    killNode(nodes.get(dice.nextInt(nodes.size())));
                } else if (!stopped) {
                    killService(
                            services.names().get(dice.nextInt(services.names().size())));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            tell("this could not be mended: " + e);
        }
    }

    private void killNode(String node) throws InterruptedException {
        broker.kill(node);
        tell("killed " + node);
        long beginNs = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(dice.nextInt(LONGEST_DEATH_MS));
        broker.restart(node);
        told.accept("  " + node + " is back after " + (System.nanoTime() - beginNs) / 1_000_000 + " ms");
    }

    private void killService(String service) {
        tell("tore the " + service + " from its database and ended it");
        long ms = services.restart(service);
        told.accept("  " + service + " is back after " + ms + " ms");
    }

    private synchronized void tell(String what) {
        happened.add(what);
        told.accept(what);
    }

    /** What was broken so far. */
    synchronized List<String> happened() {
        return List.copyOf(happened);
    }

    /** Returns when everything is mended and nothing more breaks. */
    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
