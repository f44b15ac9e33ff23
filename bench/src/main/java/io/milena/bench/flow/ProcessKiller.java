package io.milena.bench.flow;

import io.milena.bench.flow.KillTargets.Kind;
import io.milena.demo.load.Shop;
import io.milena.testkit.process.NodeProcess;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Kills (-9) as the {@link KillSchedule} says, and starts again after a moment. No two controllers and no two brokers are down at the same time, but
 * a broker may die before the one killed last has caught up. A service dies when it is ready, whatever the others do, and now and then
 * while it starts; if none is ready, the kill waits for one instead of hitting somebody else.
 */
final class ProcessKiller implements AutoCloseable {

    private static final int LONGEST_LIFE_MS = 4_000;
    private static final int LONGEST_DEATH_MS = 1_500;
    private static final int ONE_IN_SO_MANY_DIES_STARTING = 4;
    private static final long LOOK_MS = 100;

    private final FlowProcesses flow;
    private final int kills;
    private final Shop shop;
    private final Random dice;
    private final KillSchedule schedule;
    private final Consumer<String> told;
    private final List<String> victims = new ArrayList<>();
    private final Map<Kind, Integer> byKind = new EnumMap<>(Kind.class);
    private final Map<ServiceProcess, Long> startedNs = new HashMap<>();
    private final List<Double> secondsToReady = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "killer");
    private int together;
    private int whileStarting;
    private volatile boolean stopped;

    /** @param told of each kill as it happens */
    ProcessKiller(FlowProcesses flow, int kills, long seed, Consumer<String> told) {
        this.flow = flow;
        this.kills = kills;
        this.shop = flow.shop();
        this.dice = new Random(seed);
        this.schedule = new KillSchedule(new Random(~seed)); // a seed gives the same kinds, however long each takes
        this.told = told;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (victims.size() < kills && !stopped) {
                live(200 + dice.nextInt(LONGEST_LIFE_MS));
                if (!stopped) {
                    kill(schedule.next(kills - victims.size()));
                }
            }
            while (!startedNs.isEmpty() && !stopped) {
                live(LOOK_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets time pass, and sees who comes back meanwhile. */
    private void live(long ms) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        do {
            TimeUnit.MILLISECONDS.sleep(Math.min(ms, LOOK_MS));
            seeWhoIsBack();
        } while (System.nanoTime() < endNs && !stopped);
    }

    private void seeWhoIsBack() {
        for (ServiceProcess service : List.copyOf(startedNs.keySet())) {
            if (shop.isReady(service.name())) {
                double seconds = (System.nanoTime() - startedNs.remove(service)) / 1e9;
                secondsToReady.add(seconds);
                told.accept(
                        String.format(Locale.ROOT, "the %s is ready %.1f s after its start", service.name(), seconds));
            }
        }
    }

    private void kill(KillTargets targets) throws InterruptedException {
        ServiceProcess service = null;
        if (targets.kinds().contains(Kind.SERVICE)) {
            service = chosenService();
            if (service == null) {
                return;
            }
        }
        List<Runnable> returns = new ArrayList<>();
        for (Kind kind : targets.kinds()) {
            returns.add(kind == Kind.SERVICE && service != null ? kill(service) : kill(kind));
        }
        if (targets.kinds().size() > 1) {
            together++;
        }
        TimeUnit.MILLISECONDS.sleep(dice.nextInt(LONGEST_DEATH_MS));
        returns.forEach(Runnable::run);
    }

    /** One that is ready, or now and then one that is not yet; null if there was nobody left to kill before the end. */
    private @Nullable ServiceProcess chosenService() throws InterruptedException {
        if (!startedNs.isEmpty() && dice.nextInt(ONE_IN_SO_MANY_DIES_STARTING) == 0) {
            return startedNs.keySet().iterator().next();
        }
        int first = dice.nextInt(flow.services().size());
        while (!stopped) {
            for (int i = 0; i < flow.services().size(); i++) {
                ServiceProcess service =
                        flow.services().get((first + i) % flow.services().size());
                if (!startedNs.containsKey(service)) {
                    return service;
                }
            }
            live(LOOK_MS);
        }
        return null;
    }

    private Runnable kill(ServiceProcess service) {
        boolean starting = startedNs.remove(service) != null;
        service.kill();
        whileStarting += starting ? 1 : 0;
        tell(Kind.SERVICE, "the " + service.name() + (starting ? " while it starts" : ""));
        return () -> {
            service.start();
            startedNs.put(service, System.nanoTime());
        };
    }

    private Runnable kill(Kind kind) {
        List<NodeProcess> nodes =
                kind == Kind.BROKER ? flow.cluster().brokers() : flow.cluster().controllers();
        NodeProcess node = nodes.get(dice.nextInt(nodes.size()));
        node.kill();
        tell(kind, kind.name().toLowerCase(Locale.ROOT) + " " + node.id());
        return node::start;
    }

    private void tell(Kind kind, String victim) {
        victims.add("kill -9 of " + victim);
        byKind.merge(kind, 1, Integer::sum);
        told.accept("kill -9 of " + victim);
    }

    /** Kills no more; returns when what it killed has been started again, with what it did. */
    Kills end() {
        close();
        return new Kills(victims, byKind, together, whileStarting, secondsToReady);
    }

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
