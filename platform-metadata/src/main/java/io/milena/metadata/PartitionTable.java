package io.milena.metadata;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of one topic by partition id: an immutable two-level array in chunks of 128, so that a change in a topic
 * with 100,000 partitions copies one chunk and 782 references. Ids may have gaps.
 */
final class PartitionTable {
    static final PartitionTable EMPTY = new PartitionTable(new PartitionRegistration[0][], 0);

    private static final int CHUNK_BITS = 7;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final @Nullable PartitionRegistration[] @Nullable [] chunks;
    private final int size;

    private PartitionTable(@Nullable PartitionRegistration[] @Nullable [] chunks, int size) {
        this.chunks = chunks;
        this.size = size;
    }

    int size() {
        return size;
    }

    @Nullable
    PartitionRegistration get(int partitionId) {
        int chunkIndex = partitionId >> CHUNK_BITS;
        if (partitionId < 0 || chunkIndex >= chunks.length) {
            return null;
        }
        @Nullable PartitionRegistration[] chunk = chunks[chunkIndex];
        int index = partitionId & (CHUNK - 1);
        return chunk == null || index >= chunk.length ? null : chunk[index];
    }

    /** This table with the changes put over it. */
    PartitionTable with(Map<Integer, PartitionRegistration> changes) {
        if (changes.isEmpty()) {
            return this;
        }
        int highest = -1;
        for (int partitionId : changes.keySet()) {
            highest = Math.max(highest, partitionId);
        }
        int chunkCount = Math.max(chunks.length, (highest >> CHUNK_BITS) + 1);
        @Nullable PartitionRegistration[] @Nullable [] copy = Arrays.copyOf(chunks, chunkCount);
        boolean[] own = new boolean[chunkCount];
        int newSize = size;
        for (Map.Entry<Integer, PartitionRegistration> change : changes.entrySet()) {
            int partitionId = change.getKey();
            @Nullable PartitionRegistration[] chunk = ownChunk(copy, own, partitionId, highest);
            int index = partitionId & (CHUNK - 1);
            if (chunk[index] == null) {
                newSize++;
            }
            chunk[index] = change.getValue();
        }
        return new PartitionTable(copy, newSize);
    }

    /** The last chunk is only as long as it must be: most topics have few partitions. */
    private static @Nullable PartitionRegistration[] ownChunk(
            @Nullable PartitionRegistration[] @Nullable [] copy, boolean[] own, int partitionId, int highest) {
        int chunkIndex = partitionId >> CHUNK_BITS;
        @Nullable PartitionRegistration[] chunk = copy[chunkIndex];
        if (chunk != null && own[chunkIndex]) {
            return chunk;
        }
        boolean last = chunkIndex == highest >> CHUNK_BITS;
        int needed = last ? (highest & (CHUNK - 1)) + 1 : CHUNK;
        @Nullable
        PartitionRegistration[] fresh = chunk == null
                ? new PartitionRegistration[needed]
                : Arrays.copyOf(chunk, Math.max(chunk.length, needed));
        copy[chunkIndex] = fresh;
        own[chunkIndex] = true;
        return fresh;
    }

    void forEach(ObjIntConsumer<PartitionRegistration> action) {
        for (int c = 0; c < chunks.length; c++) {
            @Nullable PartitionRegistration[] chunk = chunks[c];
            if (chunk == null) {
                continue;
            }
            for (int i = 0; i < chunk.length; i++) {
                PartitionRegistration partition = chunk[i];
                if (partition != null) {
                    action.accept(partition, (c << CHUNK_BITS) + i);
                }
            }
        }
    }

    /** An unmodifiable view, ordered by partition id. */
    Map<Integer, PartitionRegistration> asMap() {
        return new View();
    }

    private final class View extends AbstractMap<Integer, PartitionRegistration> {
        @Override
        public int size() {
            return size;
        }

        @Override
        public @Nullable PartitionRegistration get(@Nullable Object key) {
            return key instanceof Integer id ? PartitionTable.this.get(id) : null;
        }

        @Override
        public boolean containsKey(@Nullable Object key) {
            return get(key) != null;
        }

        @Override
        public Set<Entry<Integer, PartitionRegistration>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public int size() {
                    return size;
                }

                @Override
                public Iterator<Entry<Integer, PartitionRegistration>> iterator() {
                    return new Entries();
                }
            };
        }
    }

    private final class Entries implements Iterator<Map.Entry<Integer, PartitionRegistration>> {
        private int seen;
        private int nextId;

        @Override
        public boolean hasNext() {
            return seen < size;
        }

        @Override
        public Map.Entry<Integer, PartitionRegistration> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            PartitionRegistration partition;
            do {
                partition = get(nextId++);
            } while (partition == null);
            seen++;
            return Map.entry(nextId - 1, partition);
        }
    }
}
