package io.milena.broker.control;

import io.milena.metadata.BrokerRegistration;
import io.milena.metadata.Endpoint;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.PartitionRegistration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * An image as the clients of one listener see it: which brokers they can reach, and what to tell them of a partition.
 * Immutable; made per request.
 *
 * @param image the metadata image
 * @param listener the listener that the client came through
 */
record ClusterView(MetadataImage image, String listener) {

    /** The broker's endpoint on this listener; null if it is unknown, fenced, or has no such listener. */
    @Nullable
    Endpoint endpoint(int brokerId) {
        BrokerRegistration broker = image.cluster().brokers().get(brokerId);
        return broker == null || broker.fenced() ? null : broker.endpoints().get(listener);
    }

    boolean isAlive(int brokerId) {
        BrokerRegistration broker = image.cluster().brokers().get(brokerId);
        return broker != null && !broker.fenced();
    }

    /** Why clients cannot be sent to the partition's leader; NONE if they can. */
    Errors leaderError(PartitionRegistration partition) {
        if (!partition.hasLeader() || !isAlive(partition.leader())) {
            return Errors.LEADER_NOT_AVAILABLE;
        }
        return endpoint(partition.leader()) == null ? Errors.LISTENER_NOT_FOUND : Errors.NONE;
    }

    /** Replicas on brokers that are not there, or in directories that are offline. */
    List<Integer> offlineReplicas(PartitionRegistration partition) {
        List<Integer> offline = new ArrayList<>(0);
        for (int replica : partition.replicas()) {
            BrokerRegistration broker = image.cluster().brokers().get(replica);
            if (broker == null || broker.fenced() || !broker.hasOnlineDirectory(partition.directory(replica))) {
                offline.add(replica);
            }
        }
        return offline;
    }

    static List<Integer> ids(int[] brokerIds) {
        List<Integer> ids = new ArrayList<>(brokerIds.length);
        for (int id : brokerIds) {
            ids.add(id);
        }
        return ids;
    }
}
