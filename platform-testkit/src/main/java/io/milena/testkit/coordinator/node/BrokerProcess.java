package io.milena.testkit.coordinator.node;

import io.milena.coordinator.runtime.CoordinatorEnvironment;
import io.milena.coordinator.runtime.CoordinatorThreads;
import io.milena.coordinator.runtime.CoordinatorTime;
import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.HostClock;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** One life of a broker: its threads, its clocks, and which of them runs now. */
public final class BrokerProcess {
    private final Broker broker;
    private final Life life;
    private final Dice dice;
    private final WorkCount work = new WorkCount();
    private final List<SimulatedThread> turns = new ArrayList<>();
    private final List<SimulatedThread> loaders = new ArrayList<>();
    private final CoordinatorEnvironment environment;
    private @Nullable SimulatedThread current;
    private boolean locksHeld;
    private int nextLoader;

    BrokerProcess(Broker broker, Life life, int threads) {
        this.broker = broker;
        this.life = life;
        this.dice = broker.cluster().world().dice().fork();
        for (int i = 0; i < threads; i++) {
            turns.add(new SimulatedThread(this));
            loaders.add(new SimulatedThread(this));
        }
        this.environment = new CoordinatorEnvironment(
                new BrokerLog(this, broker.cluster().plan().odds()), new Time(), new Threads(), this::newId);
    }

    public Broker broker() {
        return broker;
    }

    public Life life() {
        return life;
    }

    public World world() {
        return broker.cluster().world();
    }

    /** What a coordinator of this process runs on. */
    public CoordinatorEnvironment environment() {
        return environment;
    }

    Dice dice() {
        return dice;
    }

    WorkCount work() {
        return work;
    }

    private Uuid newId() {
        return new Uuid(dice.nextLong() >>> 2 | 1, dice.nextLong());
    }

    // ---- threads

    /** The time of the thread that runs now; what it hands on leaves then. */
    long nowUs() {
        SimulatedThread running = current;
        return running == null ? world().nowUs() : running.nowUs();
    }

    boolean isCurrent(SimulatedThread thread) {
        return current == thread;
    }

    void runOn(SimulatedThread thread, Runnable task) {
        SimulatedThread outer = current;
        current = thread;
        work.task();
        try {
            task.run();
        } finally {
            current = outer;
        }
    }

    /** What the running thread does takes time, in which the world goes on, or nearly so if somebody else is in the middle of something too. */
    void takeTime(long durationUs) {
        SimulatedThread running = current;
        if (running == null || locksHeld) {
            return;
        }
        running.work(durationUs);
        if (broker.cluster().enterMiddle()) {
            try {
                while (world().nowUs() < running.nowUs() && world().nextUs() <= running.nowUs()) {
                    current = null;
                    world().step();
                }
            } finally {
                current = running;
                broker.cluster().leaveMiddle();
            }
        }
    }

    /** A turn thread gets no processor for a while. */
    void stallTurns(int thread, long durationUs) {
        turns.get(thread % turns.size()).work(durationUs);
    }

    /** Something that the data plane does with locks in its hands. */
    void withLocks(Runnable what) {
        locksHeld = true;
        try {
            what.run();
        } finally {
            locksHeld = false;
        }
    }

    void mustHoldNoLocks(String what) {
        Violation.unless(
                !locksHeld,
                "%s on broker %d while the data plane's locks are held",
                what,
                life.host().id());
    }

    private final class Threads implements CoordinatorThreads {
        @Override
        public ScheduledExecutorService turns(int partition) {
            return turns.get(partition % turns.size());
        }

        @Override
        public Executor loader() {
            return task -> loaders.get(nextLoader++ % loaders.size()).execute(task);
        }

        @Override
        public void close() {
            turns.forEach(SimulatedThread::shutdown);
            loaders.forEach(SimulatedThread::shutdownNow);
        }
    }

    private final class Time implements CoordinatorTime {
        @Override
        public long monotonicMs() {
            mustHoldNoLocks("A turn is run");
            return clock().msAt(nowUs());
        }

        @Override
        public long wallClockMs() {
            return clock().msAt(nowUs()) + clock().jumpedMs();
        }

        private HostClock clock() {
            return life.host().clock();
        }
    }
}
