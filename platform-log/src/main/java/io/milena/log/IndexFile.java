package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What the offset index and the time index have in common: entries of fixed size, held in memory while in use and written
 * behind the file's end when the segment is rolled, flushed or closed. No preallocation and no mapping: Kafka accepts index
 * files of any length, and rebuilds those of segments above the recovery point after a crash, as we do.
 *
 * <p>Appends and truncation under the partition's lock; lookups from any thread see a consistent prefix.
 */
abstract class IndexFile {
    static final int NOT_LOADED = -1;
    private final int entrySize;
    private boolean fresh;
    private final SegmentNames names;
    private final String suffix;
    /** Entries in the file; all of them if {@link #count} says not loaded. */
    private int stored;
    /** Entries in memory, or {@link #NOT_LOADED}. Written last when an entry is added. */
    protected volatile int count;

    private boolean usedSinceSweep;

    /**
     * @param fresh true if there is no file
     */
    IndexFile(SegmentNames names, String suffix, int entrySize, boolean fresh) {
        this.names = names;
        this.suffix = suffix;
        this.entrySize = entrySize;
        this.fresh = fresh;
        this.count = fresh ? 0 : NOT_LOADED;
    }

    abstract void allocate(int entries);

    abstract void decode(ByteBuffer from, int entry);

    abstract void encode(ByteBuffer to, int entry);

    abstract void drop();

    Path path() {
        return names.path(suffix);
    }

    /** Entries; loads the file if need be. */
    int entries() throws IOException {
        int n = count;
        usedSinceSweep = true;
        return n != NOT_LOADED ? n : load();
    }

    private synchronized int load() throws IOException {
        if (count != NOT_LOADED) {
            return count;
        }
        byte[] bytes;
        try {
            bytes = PlainFile.read(path());
        } catch (NoSuchFileException e) {
            bytes = new byte[0];
        }
        int n = bytes.length / entrySize;
        allocate(n);
        ByteBuffer from = ByteBuffer.wrap(bytes);
        for (int i = 0; i < n; i++) {
            decode(from, i);
        }
        int good = usable(n);
        stored = good;
        count = good;
        return good;
    }

    /** How many of the {@code entries} just decoded can be used. */
    int usable(int entries) {
        return entries;
    }

    /** Forgets all entries, in memory and on disk. */
    void reset() throws IOException {
        if (!fresh) {
            Files.deleteIfExists(path());
        }
        stored = 0;
        allocate(0);
        count = 0;
    }

    void truncateToEntries(int entries) throws IOException {
        int n = entries();
        if (entries >= n) {
            return;
        }
        count = entries;
        if (stored > entries) {
            stored = entries;
            if (Files.exists(path())) {
                PlainFile.write(path(), (long) entries * entrySize, ByteBuffer.allocate(0), false);
            }
        }
    }

    /** Writes what the file lacks; creates the file even if there is no entry. */
    synchronized void store(boolean force) throws IOException {
        int n = count;
        if (n == NOT_LOADED) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate((n - stored) * entrySize);
        for (int i = stored; i < n; i++) {
            encode(bytes, i);
        }
        bytes.flip();
        PlainFile.write(path(), (long) stored * entrySize, bytes, force);
        fresh = false;
        stored = n;
    }

    /** Syncs what was stored. */
    void force() throws IOException {
        PlainFile.sync(path());
    }

    /** Frees the memory of an index that is on disk and was not used since the last sweep. */
    synchronized void sweep() {
        if (!usedSinceSweep && count == stored && Files.exists(path())) {
            count = NOT_LOADED;
            drop();
        }
        usedSinceSweep = false;
    }
}
