package io.milena.controller.core;

import org.apache.kafka.common.Uuid;

/** Reserved directory ids (KIP-858). */
final class Directories {
    /** The replica is older than directory ids. */
    static final Uuid MIGRATING = Uuid.ZERO_UUID;
    /** The broker has not chosen a directory yet. */
    static final Uuid UNASSIGNED = new Uuid(0L, 1L);
    /** The directory is gone for good. */
    static final Uuid LOST = new Uuid(0L, 2L);

    private static final long RESERVED = 100;

    private Directories() {}

    static boolean reserved(Uuid id) {
        return id.getMostSignificantBits() == 0
                && id.getLeastSignificantBits() >= 0
                && id.getLeastSignificantBits() < RESERVED;
    }
}
