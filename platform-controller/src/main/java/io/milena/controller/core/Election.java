package io.milena.controller.core;

/** How a leader may be chosen (KIP-460). */
enum Election {
    /** The first replica if it can lead, else the present leader, else any in-sync or eligible replica. */
    PREFERRED,
    /** The present leader if it can lead, else any in-sync or eligible replica in order of preference. */
    ONLINE,
    /** As ONLINE, and if nobody in sync is left, any live replica: acknowledged records may be lost. */
    UNCLEAN
}
