package io.milena.raft.core;

import org.apache.kafka.common.Uuid;

/**
 * Identity of a replica (KIP-853): a node id says who, the directory id says with which disk.
 *
 * @param id node id, or -1 for a client that is no replica
 * @param directoryId id of its metadata directory; {@link Uuid#ZERO_UUID} when unknown (static voters, old peers)
 */
public record ReplicaKey(int id, Uuid directoryId) {
    public static final int NO_ID = -1;

    public static ReplicaKey of(int id) {
        return new ReplicaKey(id, Uuid.ZERO_UUID);
    }

    /** Same node, and not known to be another directory. */
    public boolean matches(ReplicaKey other) {
        return id == other.id
                && (directoryId.equals(Uuid.ZERO_UUID)
                        || other.directoryId.equals(Uuid.ZERO_UUID)
                        || directoryId.equals(other.directoryId));
    }

    public boolean hasDirectory() {
        return !directoryId.equals(Uuid.ZERO_UUID);
    }

    @Override
    public String toString() {
        return hasDirectory() ? id + "/" + directoryId : Integer.toString(id);
    }
}
