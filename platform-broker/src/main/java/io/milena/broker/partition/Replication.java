package io.milena.broker.partition;

import io.milena.broker.replication.core.IsrProposal;

/**
 * What a partition led here needs beyond itself to keep its in-sync replicas: what the cluster knows of the other brokers, and
 * the way to the controller. Any thread, also with the partition's lock held; must not block.
 */
public interface Replication {
    /** A broker without others. */
    Replication NONE = new Replication() {
        @Override
        public boolean mayJoin(int replicaId, long brokerEpoch) {
            return false;
        }

        @Override
        public boolean isAlive(int replicaId) {
            return true; // nothing is known that says otherwise
        }

        @Override
        public void propose(Partition partition, IsrProposal proposal) {}

        @Override
        public long lagTimeMaxMs() {
            return 30_000;
        }
    };

    /**
     * Whether a broker is registered, unfenced and not shutting down, and {@code brokerEpoch} is its present registration.
     *
     * @param brokerEpoch as its fetch told, -1 if it did not
     */
    boolean mayJoin(int replicaId, long brokerEpoch);

    /** Whether a broker is registered and unfenced. */
    boolean isAlive(int replicaId);

    /**
     * Takes a proposal to the controller; the answer comes back by {@link InSyncReplicas#decided} or {@link InSyncReplicas#refused}.
     * Called without the partition's lock.
     */
    void propose(Partition partition, IsrProposal proposal);

    /** replica.lag.time.max.ms */
    long lagTimeMaxMs();
}
