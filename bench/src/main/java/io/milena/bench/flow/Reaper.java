package io.milena.bench.flow;

import io.milena.demo.load.Shop;
import io.milena.testkit.process.NodeProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Kills (-9) one process after another, chosen by dice, and starts each again after a moment. No two controllers and no two brokers are
 * down at the same time, but a broker may die before the one killed last has caught up. While a service starts no other is killed: on a
 * busy machine nothing would be up otherwise.
 */
final class Reaper implements AutoCloseable {

    private static final int LONGEST_LIFE_MS = 5_000;
    private static final int LONGEST_DEATH_MS = 1_500;

    private final FlowProcesses flow;
    private final int kills;
    private final Shop shop;
    private final Random dice;
    private final Consumer<String> told;
    private final List<String> victims = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "reaper");
    private volatile boolean stopped;

    /** @param told of each kill as it happens */
    Reaper(FlowProcesses flow, int kills, long seed, Consumer<String> told) {
        this.flow = flow;
        this.kills = kills;
        this.shop = flow.shop();
        this.dice = new Random(seed);
        this.told = told;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (victims().size() < kills && !stopped) {
                TimeUnit.MILLISECONDS.sleep(200 + dice.nextInt(LONGEST_LIFE_MS));
                switch (dice.nextInt(3)) {
                    case 0 ->
                        strikeService(
                                flow.services().get(dice.nextInt(flow.services().size())));
                    case 1 -> strikeNode("broker", oneOf(flow.cluster().brokers()));
                    default -> strikeNode("controller", oneOf(flow.cluster().controllers()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private NodeProcess oneOf(List<NodeProcess> nodes) {
        return nodes.get(dice.nextInt(nodes.size()));
    }

    private void strikeService(ServiceProcess service) throws InterruptedException {
        if (!shop.areReady()) {
            return;
        }
        service.kill();
        tell("kill -9 of the " + service.name());
        pauseInDeath();
        service.start();
    }

    private void strikeNode(String role, NodeProcess node) throws InterruptedException {
        node.kill();
        tell("kill -9 of " + role + " " + node.id());
        pauseInDeath();
        node.start();
    }

    private void pauseInDeath() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(dice.nextInt(LONGEST_DEATH_MS));
    }

    private synchronized void tell(String what) {
        victims.add(what);
        told.accept(what);
    }

    /** Whom it killed so far. */
    synchronized List<String> victims() {
        return List.copyOf(victims);
    }

    boolean atWork() {
        return thread.isAlive();
    }

    /** Returns when it kills no more; what it killed has been started again. */
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
