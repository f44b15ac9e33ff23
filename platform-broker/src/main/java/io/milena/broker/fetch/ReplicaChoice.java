package io.milena.broker.fetch;

import io.milena.broker.partition.Partition;
import org.apache.kafka.common.requests.FetchResponse;

/** Sends consumers to a replica nearer to them than the leader (KIP-392). Any thread. */
interface ReplicaChoice {
    /** Everybody reads from the leader. */
    ReplicaChoice LEADER = (partition, params, offset) -> FetchResponse.INVALID_PREFERRED_REPLICA_ID;

    /** The replica to read from {@code offset} on instead of this one, -1 for this one. */
    int preferred(Partition partition, FetchParams params, long offset);
}
