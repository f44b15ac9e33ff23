package io.milena.broker.fetch;

import io.milena.broker.partition.Partition;

/** Holds back what leaders here send to followers that are to catch up slowly (KIP-73). Any thread. */
public interface LeaderThrottle {
    /** Lets everything through. */
    LeaderThrottle NONE = new LeaderThrottle() {
        @Override
        public boolean holdsBack(Partition partition, int replicaId) {
            return false;
        }

        @Override
        public void sent(Partition partition, int replicaId, int bytes) {}
    };

    /** Whether a replica may not have records of a partition for now. */
    boolean holdsBack(Partition partition, int replicaId);

    void sent(Partition partition, int replicaId, int bytes);
}
