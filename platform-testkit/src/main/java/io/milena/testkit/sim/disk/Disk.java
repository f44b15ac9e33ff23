package io.milena.testkit.sim.disk;

import io.milena.testkit.sim.Dice;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;

/**
 * A disk as a file system of its own: the production code opens real {@link java.nio.channels.FileChannel}s on it. Written is
 * not durable: a loss of power keeps what was synced and any part of the rest. Durable needs a sync of the file for its bytes and
 * of its directory for its name; a directory's own name needs no more than that, as on the journaling file systems in use.
 */
public final class Disk {
    /** How long a machine is held up, in microseconds of true time. */
    public interface Delay {
        void holdUp(long durationUs);
    }

    private final String name;
    private final Dice dice;
    private final Delay delay;
    private DirectoryNode root = new DirectoryNode();
    private DiskFileSystem fileSystem;
    private long capacityBytes = Long.MAX_VALUE;
    private long syncUs = 100;
    private int syncsUntilFailure = -1;
    private int operationsUntilPowerLoss = -1;
    private boolean readOnly;
    private boolean powerLost;
    private long syncs;

    public Disk(String name, Dice dice, Delay delay) {
        this.name = name;
        this.dice = dice;
        this.delay = delay;
        this.fileSystem = new DiskFileSystem(this);
    }

    /** What the process that runs now sees; a dead one's channels do not work any more. */
    public FileSystem fileSystem() {
        return fileSystem;
    }

    public Path path(String absolute) {
        return fileSystem.getPath(absolute);
    }

    /** For {@code Host}: a new process starts. */
    public void mount() {
        powerLost = false;
        fileSystem = new DiskFileSystem(this);
    }

    /** For {@code Host}: the process is dead. */
    public void unmount() {
        fileSystem.detach();
    }

    /** For {@code Host}: only what is durable, and some of the rest, is left. */
    public void losePower() {
        fileSystem.detach();
        operationsUntilPowerLoss = -1;
        powerLost = false;
        root.losePower(dice);
    }

    /** A new, empty disk in its place. */
    public void wipe() {
        root = new DirectoryNode();
    }

    /** Whether the power went in the middle of what the process did, even if the process has hidden it from its machine. */
    public boolean isPowerLost() {
        return powerLost;
    }

    // ---- faults

    /** Writes beyond fail with "No space left on device"; files together, bytes. */
    public void capacity(long bytes) {
        capacityBytes = bytes;
    }

    public void readOnly(boolean now) {
        readOnly = now;
    }

    /** How long a sync takes. */
    public void syncUs(long durationUs) {
        syncUs = durationUs;
    }

    /** The sync after {@code more} good ones fails, and what it was to write may be lost. */
    public void failSync(int more) {
        syncsUntilFailure = more;
    }

    /** The power goes in the middle of what the process does: at the disk operation after {@code more} others. */
    public void losePowerAfter(int more) {
        operationsUntilPowerLoss = more;
    }

    /** No fault is waiting to happen any more. */
    public void heal() {
        capacityBytes = Long.MAX_VALUE;
        readOnly = false;
        syncsUntilFailure = -1;
        operationsUntilPowerLoss = -1;
    }

    /** Syncs done so far. */
    public long syncs() {
        return syncs;
    }

    // ---- for the file system

    DirectoryNode root() {
        return root;
    }

    String name() {
        return name;
    }

    /** Before anything that changes the disk. */
    void beforeChange() throws IOException {
        if (operationsUntilPowerLoss >= 0 && operationsUntilPowerLoss-- == 0) {
            fileSystem.detach();
            powerLost = true;
            throw new PowerLostException(name);
        }
        if (readOnly) {
            throw new IOException(name + ": Read-only file system");
        }
    }

    void write(FileNode file, long position, byte[] bytes) throws IOException {
        beforeChange();
        int grows = (int) Math.max(0, position + bytes.length - file.size());
        if (capacityBytes != Long.MAX_VALUE && used(root) + grows > capacityBytes) {
            throw new IOException(name + ": No space left on device");
        }
        file.write(Math.toIntExact(position), bytes, 0);
        delay.holdUp(1 + bytes.length / 4096);
    }

    private static long used(DirectoryNode directory) {
        long sum = 0;
        for (String each : directory.names()) {
            Node node = directory.get(each);
            sum += node instanceof FileNode file ? file.size() : node instanceof DirectoryNode below ? used(below) : 0;
        }
        return sum;
    }

    void sync(FileNode file) throws IOException {
        beforeSync(file);
        file.sync();
    }

    void sync(DirectoryNode directory) throws IOException {
        beforeSync(null);
        directory.sync();
    }

    private void beforeSync(@org.jspecify.annotations.Nullable FileNode file) throws IOException {
        beforeChange();
        syncs++;
        delay.holdUp(syncUs);
        if (syncsUntilFailure >= 0 && syncsUntilFailure-- == 0) {
            if (file != null) {
                file.failSync(dice);
            }
            throw new IOException(name + ": Input/output error");
        }
    }
}
