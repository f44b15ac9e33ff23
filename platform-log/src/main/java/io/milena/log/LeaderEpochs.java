package io.milena.log;

import io.milena.records.OffsetAndEpoch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which leader epoch starts at which offset (KIP-101), kept in {@code leader-epoch-checkpoint}. An epoch is in the file before
 * its first record is written, and the file is synced before the recovery point passes that record: what a crash takes is
 * found again in the records above the recovery point, and a file that a crash left damaged is rebuilt from all records
 * (the guarantee of KAFKA-16541 without its sync on the append path, see docs/adr). An epoch without records only matters
 * while its leader lives and stays in memory, so that an election of thousands of leaders writes no files. Stale entries
 * that a crash brings back after a truncation are cut again when the log is opened.
 *
 * <p>Changes under the partition's lock; readers use an immutable copy.
 */
final class LeaderEpochs {
    static final String FILE_NAME = "leader-epoch-checkpoint";
    private static final Logger LOG = LoggerFactory.getLogger(LeaderEpochs.class);
    private static final int UNDEFINED_EPOCH = -1;
    private static final long UNDEFINED_OFFSET = -1;

    private volatile Path directory;
    private volatile Entry[] entries;
    private boolean stored;
    private volatile boolean synced = true;
    private boolean damaged;

    record Entry(int epoch, long startOffset) {}

    private LeaderEpochs(Path directory, Entry[] entries) {
        this.directory = directory;
        this.entries = entries;
        this.stored = true;
    }

    static LeaderEpochs empty(Path directory) {
        return new LeaderEpochs(directory, new Entry[0]);
    }

    /** Reads the file; a missing one is empty, a damaged one is logged and empty (recovery and appends fill it). */
    static LeaderEpochs load(Path directory) throws IOException {
        Path path = directory.resolve(FILE_NAME);
        try {
            return new LeaderEpochs(directory, parse(new String(PlainFile.read(path), StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            return empty(directory);
        } catch (RuntimeException e) {
            LOG.warn("{} is damaged and will be rebuilt: {}", path, e.getMessage());
            LeaderEpochs damaged = empty(directory);
            damaged.damaged = true;
            return damaged;
        }
    }

    private static Entry[] parse(String text) {
        if (!text.endsWith("\n")) {
            // A torn write may leave 24 of 245: only a line that ends is whole.
            throw new IllegalArgumentException("its last line does not end");
        }
        List<String> lines = text.lines().toList();
        if (lines.size() < 2 || !lines.get(0).trim().equals("0")) {
            throw new IllegalArgumentException("expected version 0 and a count");
        }
        int count = Integer.parseInt(lines.get(1).trim());
        if (count < 0 || lines.size() < count + 2) {
            throw new IllegalArgumentException("expected " + count + " entries");
        }
        Entry[] parsed = new Entry[count];
        for (int i = 0; i < count; i++) {
            String line = lines.get(i + 2).trim();
            int space = line.indexOf(' ');
            parsed[i] = new Entry(
                    Integer.parseInt(line.substring(0, space)),
                    Long.parseLong(line.substring(space + 1).trim()));
        }
        return parsed;
    }

    /** The file was there but could not be read. */
    boolean isDamaged() {
        return damaged;
    }

    boolean isEmpty() {
        return entries.length == 0;
    }

    OptionalInt latestEpoch() {
        Entry[] all = entries;
        return all.length == 0 ? OptionalInt.empty() : OptionalInt.of(all[all.length - 1].epoch);
    }

    /** Notes in memory that {@code epoch} starts at {@code startOffset}; entries that contradict it go. */
    void assign(int epoch, long startOffset) {
        Entry[] all = entries;
        int n = all.length;
        if (n > 0 && all[n - 1].epoch == epoch && startOffset >= all[n - 1].startOffset) {
            return;
        }
        while (n > 0 && (all[n - 1].epoch >= epoch || all[n - 1].startOffset >= startOffset)) {
            n--;
        }
        Entry[] next = Arrays.copyOf(all, n + 1);
        next[n] = new Entry(epoch, startOffset);
        entries = next;
        stored = false;
    }

    /** Before records of {@code epoch} are written at {@code offset}: the epoch is in the file when this returns. */
    void beforeAppend(int epoch, long offset) throws IOException {
        Entry[] all = entries;
        if (stored && all.length > 0 && all[all.length - 1].epoch == epoch) {
            return;
        }
        if (epoch >= 0) {
            assign(epoch, offset);
        }
        store();
    }

    /** Drops epochs that start at or above {@code endOffset}. */
    void truncateFromEnd(long endOffset) throws IOException {
        Entry[] all = entries;
        int n = all.length;
        while (n > 0 && all[n - 1].startOffset >= endOffset) {
            n--;
        }
        if (n < all.length) {
            entries = Arrays.copyOf(all, n);
            stored = false;
            store();
        }
    }

    /** The log starts at {@code startOffset} now: older epochs go, the one it lies in starts there. */
    void truncateFromStart(long startOffset) throws IOException {
        Entry[] all = entries;
        int first = -1;
        while (first + 1 < all.length && all[first + 1].startOffset <= startOffset) {
            first++;
        }
        if (first < 0 || (first == 0 && all[0].startOffset == startOffset)) {
            return;
        }
        Entry[] kept = Arrays.copyOfRange(all, first, all.length);
        kept[0] = new Entry(kept[0].epoch, startOffset);
        entries = kept;
        stored = false;
        store();
    }

    void clear() throws IOException {
        if (entries.length > 0) {
            entries = new Entry[0];
            stored = false;
            store();
        }
    }

    OffsetAndEpoch endOffsetFor(int epoch, long logEndOffset) {
        Entry[] all = entries;
        if (epoch == UNDEFINED_EPOCH || all.length == 0) {
            return new OffsetAndEpoch(UNDEFINED_OFFSET, UNDEFINED_EPOCH);
        }
        if (all[all.length - 1].epoch == epoch) {
            return new OffsetAndEpoch(logEndOffset, epoch);
        }
        int higher = 0;
        while (higher < all.length && all[higher].epoch <= epoch) {
            higher++;
        }
        if (higher == all.length) {
            return new OffsetAndEpoch(UNDEFINED_OFFSET, UNDEFINED_EPOCH);
        }
        int found = higher == 0 ? epoch : all[higher - 1].epoch;
        return new OffsetAndEpoch(all[higher].startOffset, found);
    }

    OptionalInt epochForOffset(long offset) {
        Entry[] all = entries;
        for (int i = all.length - 1; i >= 0; i--) {
            if (all[i].startOffset <= offset) {
                return OptionalInt.of(all[i].epoch);
            }
        }
        return OptionalInt.empty();
    }

    /** Writes pending changes; durable with the next {@link #sync}. */
    void store() throws IOException {
        if (stored) {
            return;
        }
        Entry[] all = entries;
        List<String> lines = new ArrayList<>(all.length + 2);
        lines.add("0");
        lines.add(Integer.toString(all.length));
        for (Entry entry : all) {
            lines.add(entry.epoch + " " + entry.startOffset);
        }
        synced = false;
        AtomicFile.write(directory.resolve(FILE_NAME), lines, false);
        stored = true;
    }

    /**
     * Makes the file durable, on any thread; a change meanwhile waits for the next call.
     *
     * @return true if there was something to sync: the directory has to be synced as well
     */
    boolean sync() throws IOException {
        if (synced) {
            return false;
        }
        synced = true;
        try {
            PlainFile.sync(directory.resolve(FILE_NAME));
            return true;
        } catch (IOException e) {
            synced = false;
            throw e;
        }
    }

    void movedTo(Path newDirectory) {
        directory = newDirectory;
    }
}
