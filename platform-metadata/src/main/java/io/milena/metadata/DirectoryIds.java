package io.milena.metadata;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.common.Uuid;

/** Reserved ids of log directories (KIP-858). */
public final class DirectoryIds {
    /** The replica's broker has not said yet in which directory the replica lives. */
    public static final Uuid UNASSIGNED = new Uuid(0L, 1L);
    /** The replica lives in a directory that is offline or gone. */
    public static final Uuid LOST = new Uuid(0L, 2L);
    /** The metadata is older than directory assignment. */
    public static final Uuid MIGRATING = new Uuid(0L, 0L);

    private static final Uuid[][] MIGRATING_ARRAYS = filled(MIGRATING);

    /** The array last seen with a hash; what it forgets is only shared less. A power of two. */
    private static final AtomicReferenceArray<Uuid[]> SHARED = new AtomicReferenceArray<>(4_096);

    private DirectoryIds() {}

    /** Whether Kafka reserves this id (the first hundred), so that no directory may have it. */
    public static boolean isReserved(Uuid id) {
        return id.getMostSignificantBits() == 0L
                && id.getLeastSignificantBits() >= 0L
                && id.getLeastSignificantBits() < 100L;
    }

    /** Shared, not to be modified. */
    public static Uuid[] migrating(int count) {
        return constant(MIGRATING_ARRAYS, MIGRATING, count);
    }

    /** The ids as an array that partitions with equal ones share, as far as it is remembered; not to be modified. */
    public static Uuid[] of(List<Uuid> ids) {
        Uuid[] array = ids.toArray(new Uuid[0]);
        int hash = Arrays.hashCode(array);
        int slot = (hash ^ hash >>> 16) & (SHARED.length() - 1);
        Uuid[] known = SHARED.get(slot);
        if (known != null && Arrays.equals(known, array)) {
            return known;
        }
        SHARED.set(slot, array);
        return array;
    }

    private static Uuid[] constant(Uuid[][] arrays, Uuid id, int count) {
        if (count < arrays.length) {
            return arrays[count];
        }
        Uuid[] ids = new Uuid[count];
        Arrays.fill(ids, id);
        return ids;
    }

    private static Uuid[][] filled(Uuid id) {
        Uuid[][] arrays = new Uuid[8][];
        for (int count = 0; count < arrays.length; count++) {
            arrays[count] = new Uuid[count];
            Arrays.fill(arrays[count], id);
        }
        return arrays;
    }
}
