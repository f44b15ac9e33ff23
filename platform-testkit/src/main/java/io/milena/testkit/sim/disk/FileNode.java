package io.milena.testkit.sim.disk;

import io.milena.testkit.sim.Dice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A file's bytes: as readers see them, as they are on the platter, and the changes in between. */
final class FileNode implements Node {
    /** What a disk writes at once or not at all. */
    private static final int SECTOR_BYTES = 512;

    /** Bytes written at a position, or a cut to that size if {@code bytes} is null. */
    private record Change(int position, byte[] bytes, boolean cut) {}

    private static final class Content {
        private byte[] bytes = new byte[0];
        private int size;

        void write(int position, byte[] source, int from, int count) {
            int end = position + count;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
            }
            System.arraycopy(source, from, bytes, position, count);
            size = Math.max(size, end);
        }

        void cut(int newSize) {
            if (newSize < size) {
                Arrays.fill(bytes, newSize, size, (byte) 0);
                size = newSize;
            }
        }
    }

    private Content live = new Content();
    private final Content durable = new Content();
    private final List<Change> unsynced = new ArrayList<>();
    private boolean believedSynced;
    private long modifiedMs;

    int size() {
        return live.size;
    }

    long modifiedMs() {
        return modifiedMs;
    }

    void write(int position, byte[] bytes, long nowMs) {
        live.write(position, bytes, 0, bytes.length);
        unsynced.add(new Change(position, bytes, false));
        modifiedMs = nowMs;
    }

    void cut(int size, long nowMs) {
        if (size < live.size) {
            live.cut(size);
            unsynced.add(new Change(size, new byte[0], true));
            modifiedMs = nowMs;
        }
    }

    /** Copies from {@code position} on; -1 at the end. */
    int read(int position, byte[] target, int from, int count) {
        if (position >= live.size) {
            return -1;
        }
        int n = Math.min(count, live.size - position);
        System.arraycopy(live.bytes, position, target, from, n);
        return n;
    }

    void sync() {
        for (Change change : unsynced) {
            apply(change, 0, change.bytes().length);
        }
        unsynced.clear();
    }

    /** A failed sync: the pages count as clean afterwards, though nobody knows which of them were written. */
    void failSync(Dice dice) {
        keepSome(dice);
        unsynced.clear();
        believedSynced = true;
    }

    boolean isSynced() {
        return unsynced.isEmpty();
    }

    @Override
    public void losePower(Dice dice) {
        if (unsynced.isEmpty() && !believedSynced) {
            return;
        }
        keepSome(dice);
        unsynced.clear();
        believedSynced = false;
        live = new Content();
        live.write(0, durable.bytes, 0, durable.size);
    }

    private void keepSome(Dice dice) {
        double kept = dice.nextDouble() * 1.5 - 0.25; // often all or nothing
        for (Change change : unsynced) {
            if (dice.nextDouble() >= kept) {
                continue;
            }
            int length = change.bytes().length;
            if (!change.cut() && length > 1 && dice.chance(0.2)) {
                tear(change, dice);
            } else {
                apply(change, 0, length);
            }
        }
    }

    /** A part of a write: its beginning, its end behind a hole of zeros, or, of a small one, just some bytes. */
    private void tear(Change change, Dice dice) {
        int length = change.bytes().length;
        int at = length > SECTOR_BYTES ? dice.below(length / SECTOR_BYTES + 1) * SECTOR_BYTES : dice.below(length);
        if (dice.nextBoolean()) {
            apply(change, 0, Math.min(at, length));
        } else {
            apply(change, Math.min(at, length), length);
        }
    }

    private void apply(Change change, int from, int to) {
        if (change.cut()) {
            durable.cut(change.position());
        } else if (to > from) {
            durable.write(change.position() + from, change.bytes(), from, to - from);
        }
    }
}
