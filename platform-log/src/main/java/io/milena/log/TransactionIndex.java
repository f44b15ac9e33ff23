package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's {@code .txnindex} (KIP-98): 2 bytes version 0, then producer id, first offset, last offset and last stable offset of
 * each aborted transaction, 8 bytes each. Aborts are rare: the file exists only if there is one, and each is written at once.
 * Readers get an immutable list. Loading and changes exclude each other: a reader that has loaded the file cannot put what it
 * read in the place of a list that has grown meanwhile.
 */
final class TransactionIndex {
    static final int ENTRY_SIZE = 34;
    private final SegmentNames names;
    private final Source source;
    private volatile @Nullable List<AbortedTransaction> entries;

    /** Reads a file as a whole. */
    interface Source {
        byte[] read(Path path) throws IOException;
    }

    TransactionIndex(SegmentNames names, boolean fresh) {
        this(names, fresh, PlainFile::read);
    }

    TransactionIndex(SegmentNames names, boolean fresh, Source source) {
        this.names = names;
        this.source = source;
        this.entries = fresh ? List.of() : null;
    }

    Path path() {
        return names.path(LogNames.TXN_INDEX);
    }

    List<AbortedTransaction> entries() throws IOException {
        List<AbortedTransaction> known = entries;
        return known != null ? known : loadOnce();
    }

    private synchronized List<AbortedTransaction> loadOnce() throws IOException {
        List<AbortedTransaction> known = entries;
        if (known == null) {
            known = load();
            entries = known;
        }
        return known;
    }

    private List<AbortedTransaction> load() throws IOException {
        ByteBuffer from;
        try {
            from = ByteBuffer.wrap(source.read(path()));
        } catch (NoSuchFileException e) {
            return List.of();
        }
        List<AbortedTransaction> loaded = new ArrayList<>();
        while (from.remaining() >= ENTRY_SIZE) {
            from.getShort();
            loaded.add(new AbortedTransaction(from.getLong(), from.getLong(), from.getLong(), from.getLong()));
        }
        return List.copyOf(loaded);
    }

    synchronized void append(AbortedTransaction aborted) throws IOException {
        List<AbortedTransaction> extended = new ArrayList<>(entries());
        extended.add(aborted);
        write(extended, extended.size() - 1);
        entries = List.copyOf(extended);
    }

    synchronized void reset() throws IOException {
        if (entries == null || !entries().isEmpty()) {
            Files.deleteIfExists(path());
        }
        entries = List.of();
    }

    /** Drops transactions that end at or above {@code offset}. */
    synchronized void truncateTo(long offset) throws IOException {
        List<AbortedTransaction> all = entries();
        List<AbortedTransaction> kept = new ArrayList<>(all);
        kept.removeIf(aborted -> aborted.lastOffset() >= offset);
        if (kept.size() < all.size()) {
            write(kept, kept.size());
            entries = List.copyOf(kept);
        }
    }

    void force() throws IOException {
        if (!entries().isEmpty()) {
            PlainFile.sync(path());
        }
    }

    /** Writes entries from {@code from} on at their place and cuts the file behind the last. */
    private void write(List<AbortedTransaction> all, int from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((all.size() - from) * ENTRY_SIZE);
        for (AbortedTransaction aborted : all.subList(from, all.size())) {
            bytes.putShort((short) 0)
                    .putLong(aborted.producerId())
                    .putLong(aborted.firstOffset())
                    .putLong(aborted.lastOffset())
                    .putLong(aborted.lastStableOffset());
        }
        bytes.flip();
        PlainFile.write(path(), (long) from * ENTRY_SIZE, bytes, false);
    }
}
