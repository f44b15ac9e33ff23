package io.milena.broker.replication.core;

/**
 * Where a replica stands, as its leader knows it.
 *
 * @param id of the broker
 * @param logStartOffset -1 if it has not fetched yet in this leader epoch
 * @param logEndOffset -1 if it has not fetched yet in this leader epoch
 * @param sinceCaughtUpMs how long ago it had everything the leader had, ms
 */
public record ReplicaPosition(int id, long logStartOffset, long logEndOffset, long sinceCaughtUpMs) {
    /** Whether a consumer that asks for {@code offset} may be sent there. */
    public boolean has(long offset) {
        return logStartOffset <= offset && offset <= logEndOffset;
    }
}
