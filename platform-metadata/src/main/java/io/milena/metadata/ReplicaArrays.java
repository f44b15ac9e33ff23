package io.milena.metadata;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Broker ids as int arrays. Equal lists share one array where they can: a cluster has many partitions, but few different
 * lists of replicas. No array from here may be modified.
 */
public final class ReplicaArrays {
    public static final int[] EMPTY = {};

    private static final int[][] SINGLES = new int[256][];
    /** The array last seen with a hash; what it forgets is only shared less. A power of two. */
    private static final AtomicReferenceArray<int[]> SHARED = new AtomicReferenceArray<>(4_096);

    static {
        for (int id = 0; id < SINGLES.length; id++) {
            SINGLES[id] = new int[] {id};
        }
    }

    private ReplicaArrays() {}

    /** An array with the ids of the list; null means empty. */
    public static int[] of(@Nullable List<Integer> ids) {
        if (ids == null || ids.isEmpty()) {
            return EMPTY;
        }
        if (ids instanceof View view) {
            return view.ids;
        }
        int size = ids.size();
        if (size == 1) {
            int id = ids.get(0);
            return id >= 0 && id < SINGLES.length ? SINGLES[id] : new int[] {id};
        }
        int[] array = new int[size];
        for (int i = 0; i < size; i++) {
            array[i] = ids.get(i);
        }
        return shared(array);
    }

    private static int[] shared(int[] array) {
        int hash = Arrays.hashCode(array);
        int slot = (hash ^ hash >>> 16) & (SHARED.length() - 1);
        int[] known = SHARED.get(slot);
        if (known != null && Arrays.equals(known, array)) {
            return known;
        }
        SHARED.set(slot, array);
        return array;
    }

    /** An unmodifiable list that reads the array; nothing is copied. */
    public static List<Integer> asList(int[] ids) {
        return ids.length == 0 ? List.of() : new View(ids);
    }

    public static boolean contains(int[] ids, int id) {
        return indexOf(ids, id) >= 0;
    }

    /** Index of the id, or -1. */
    public static int indexOf(int[] ids, int id) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == id) {
                return i;
            }
        }
        return -1;
    }

    private static final class View extends AbstractList<Integer> implements RandomAccess {
        private final int[] ids;

        View(int[] ids) {
            this.ids = ids;
        }

        @Override
        public Integer get(int index) {
            return ids[index];
        }

        @Override
        public int size() {
            return ids.length;
        }
    }
}
