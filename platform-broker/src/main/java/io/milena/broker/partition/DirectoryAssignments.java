package io.milena.broker.partition;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/**
 * Where the broker reports that a replica lies in another log directory than the metadata image says; the receiver tells the
 * controller by AssignReplicasToDirs (KIP-858). Called on the metadata thread or an event loop; must not block.
 */
@FunctionalInterface
public interface DirectoryAssignments {
    void assigned(TopicIdPartition partition, Uuid directoryId);
}
