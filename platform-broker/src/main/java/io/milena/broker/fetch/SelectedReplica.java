package io.milena.broker.fetch;

import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.Partition;
import io.milena.broker.replication.core.ReplicaPosition;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.replica.ClientMetadata;
import org.apache.kafka.common.replica.PartitionView;
import org.apache.kafka.common.replica.ReplicaSelector;
import org.apache.kafka.common.replica.ReplicaView;
import org.apache.kafka.common.requests.FetchResponse;

/**
 * Asks a {@link ReplicaSelector} (KIP-392) about partitions led here. It chooses among in-sync replicas alone, and among those
 * that have what the consumer asks for.
 */
final class SelectedReplica implements ReplicaChoice {
    private final ReplicaSelector selector;
    private final ImageLookup image;

    SelectedReplica(ReplicaSelector selector, ImageLookup image) {
        this.selector = selector;
        this.image = image;
    }

    @Override
    public int preferred(Partition partition, FetchParams params, long offset) {
        ClientMetadata client = params.client();
        if (client == null || !partition.isLeader()) {
            return FetchResponse.INVALID_PREFERRED_REPLICA_ID;
        }
        Set<ReplicaView> eligible = new HashSet<>();
        ReplicaView leader = null;
        for (ReplicaPosition replica : partition.inSyncReplicas().positions(System.currentTimeMillis())) {
            Node node = image.node(replica.id(), client.listenerName());
            boolean leads = replica.id() == partition.brokerId();
            if (node != null && (leads || replica.has(offset))) {
                ReplicaView view =
                        new ReplicaView.DefaultReplicaView(node, replica.logEndOffset(), replica.sinceCaughtUpMs());
                eligible.add(view);
                leader = leads ? view : leader;
            }
        }
        if (leader == null || eligible.size() < 2) {
            return FetchResponse.INVALID_PREFERRED_REPLICA_ID;
        }
        Optional<ReplicaView> selected = selector.select(
                partition.topicPartition(), client, new PartitionView.DefaultPartitionView(eligible, leader));
        return selected.map(view -> view.endpoint().id())
                .filter(id -> id != partition.brokerId())
                .orElse(FetchResponse.INVALID_PREFERRED_REPLICA_ID);
    }
}
