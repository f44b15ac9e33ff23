package io.milena.metadata;

import java.util.Arrays;
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
    private static final Uuid[][] UNASSIGNED_ARRAYS = filled(UNASSIGNED);

    private DirectoryIds() {}

    /** Whether Kafka reserves this id (the first hundred), so that no directory may have it. */
    public static boolean isReserved(Uuid id) {
        return id.getMostSignificantBits() == 0L
                && id.getLeastSignificantBits() >= 0L
                && id.getLeastSignificantBits() < 100L;
    }

    /** Shared, not to be modified. */
    static Uuid[] migrating(int count) {
        return constant(MIGRATING_ARRAYS, MIGRATING, count);
    }

    /** The shared equal array where all ids are the same reserved one, else {@code ids} itself. */
    static Uuid[] shared(Uuid[] ids) {
        if (ids.length < UNASSIGNED_ARRAYS.length) {
            if (Arrays.equals(ids, UNASSIGNED_ARRAYS[ids.length])) {
                return UNASSIGNED_ARRAYS[ids.length];
            }
            if (Arrays.equals(ids, MIGRATING_ARRAYS[ids.length])) {
                return MIGRATING_ARRAYS[ids.length];
            }
        }
        return ids;
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
