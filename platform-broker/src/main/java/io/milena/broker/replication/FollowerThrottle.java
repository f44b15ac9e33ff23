package io.milena.broker.replication;

import io.milena.broker.partition.Partition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;

/** Holds followers back that are to catch up slowly (KIP-73). Any thread. */
public interface FollowerThrottle {
    /** Lets everything through. */
    FollowerThrottle NONE = new FollowerThrottle() {
        @Override
        public boolean holdsBack(Partition partition, boolean inSync) {
            return false;
        }

        @Override
        public void fetched(Partition partition, PartitionData answer) {}
    };

    /** Whether a partition may not be fetched for now. */
    boolean holdsBack(Partition partition, boolean inSync);

    /** What a leader has sent. */
    void fetched(Partition partition, PartitionData answer);
}
