package io.milena.testkit.sim;

import io.milena.testkit.sim.disk.Disk;
import io.milena.testkit.sim.disk.PowerLostException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A machine: clock, disk, and at most one process that lives on it. What the process does takes time where the disk takes
 * time: until then nothing else happens on this machine, and what it sends leaves that much later.
 */
public final class Host {
    /** What a machine runs: sets up timers and listeners of its life. Everything it had in memory before is gone. */
    public interface Program {
        void start(Life life);
    }

    private final World world;
    private final Network network;
    private final int id;
    private final Disk disk;
    private final HostClock clock;
    private @Nullable Life life;
    private boolean off;
    private long busyUntilUs;
    private long pausedUntilUs;
    private Predicate<Throwable> expected = fault -> false;
    private @Nullable Throwable lastFault;

    Host(World world, Network network, int id) {
        this.world = world;
        this.network = network;
        this.id = id;
        this.clock = new HostClock(this);
        this.disk = new Disk("disk" + id, world.dice().fork(), this::work);
    }

    public int id() {
        return id;
    }

    public World world() {
        return world;
    }

    public Network network() {
        return network;
    }

    public Disk disk() {
        return disk;
    }

    public HostClock clock() {
        return clock;
    }

    /**
     * Faults that end the process as they should (a full disk, a failed fsync). Any other exception out of a process is a bug
     * and ends the simulation.
     */
    public void expectFaults(Predicate<Throwable> predicate) {
        expected = predicate;
    }

    /** What ended the process the last time it ended by itself; null if it never did. */
    public @Nullable Throwable lastFault() {
        return lastFault;
    }

    public boolean isUp() {
        return life != null;
    }

    /** The process that runs now. */
    public @Nullable Life life() {
        return life;
    }

    /** Starts a process; the machine is down before. */
    public void boot(Program program) {
        if (life != null) {
            throw new IllegalStateException("Host " + id + " is up");
        }
        world.note("boot", id);
        busyUntilUs = Math.max(busyUntilUs, world.nowUs());
        off = false;
        disk.mount();
        Life born = new Life(this);
        life = born;
        born.run(() -> program.start(born));
    }

    /** {@code kill -9}: the process is gone, what it wrote is in the page cache and stays; peers see connections break. */
    public void kill() {
        end("kill", true);
    }

    /** The plug is pulled: of what was not synced, any part is lost, and peers see nothing at all. */
    public void cutPower() {
        end("power cut", false);
        disk.losePower();
        off = true;
    }

    /** Without power since {@link #cutPower()}: nobody there even to refuse a connection. */
    boolean isOff() {
        return off;
    }

    /**
     * SIGSTOP or a long garbage collection: for so long nothing happens here, and afterwards everything at once. Of two pauses
     * that overlap the longer one counts; a process that is killed takes its pause with it.
     */
    public void pause(long durationMs) {
        world.note("pause", id, durationMs);
        pausedUntilUs = Math.max(pausedUntilUs, world.nowUs() + durationMs * 1_000);
        busyUntilUs = Math.max(busyUntilUs, pausedUntilUs);
    }

    /** Whether a pause is not over yet. */
    public boolean isPaused() {
        return pausedUntilUs > world.nowUs();
    }

    private void end(String how, boolean peersNotice) {
        Life dying = life;
        if (dying != null) {
            world.note(how, id);
            life = null;
            busyUntilUs = world.nowUs();
            pausedUntilUs = world.nowUs();
            disk.unmount();
            dying.die(peersNotice);
        }
    }

    /** Now, as this machine has it: what it is doing has taken until then. */
    long nowUs() {
        return Math.max(world.nowUs(), busyUntilUs);
    }

    long busyUntilUs() {
        return busyUntilUs;
    }

    /** The process is held up for so long, as by a slow disk. */
    public void work(long durationUs) {
        busyUntilUs = nowUs() + durationUs;
    }

    /** An exception came out of the process. */
    void failed(Throwable fault) {
        if (fault instanceof PowerLostException) {
            cutPower();
            return;
        }
        if (fault instanceof Violation violation) {
            throw violation;
        }
        if (!expected.test(fault)) {
            throw new Violation("Host " + id + " failed: " + fault, fault);
        }
        lastFault = fault;
        world.trace().say(world.nowUs(), "host " + id + " ends itself: " + fault);
        end("fault", true);
    }
}
