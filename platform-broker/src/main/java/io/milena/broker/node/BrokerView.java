package io.milena.broker.node;

import io.milena.broker.control.BrokerLifecycle;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.TopicMeters;
import io.milena.coordinator.group.GroupSnapshot;
import io.milena.log.PartitionLog;
import io.milena.metadata.Endpoint;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;

/** A running broker as an operator sees it: for health, metrics and endpoints. Any thread. */
public final class BrokerView {
    private final BrokerRole role;

    BrokerView(BrokerRole role) {
        this.role = role;
    }

    /**
     * Where a partition's log stands.
     *
     * @param logStartOffset first offset that can be read
     * @param highWatermark first offset that consumers do not see yet
     * @param logEndOffset offset of the next record
     * @param sizeInBytes of all segments
     */
    public record Offsets(long logStartOffset, long highWatermark, long logEndOffset, long sizeInBytes) {}

    public BrokerLifecycle.State state() {
        return role.lifecycle().state();
    }

    public long brokerEpoch() {
        return role.lifecycle().brokerEpoch();
    }

    /** Where the cluster's metadata send clients, in the order of registration; empty before this broker is in them. */
    public List<Endpoint> advertised() {
        return role.registered()
                .map(registered -> List.copyOf(registered.endpoints().values()))
                .orElse(List.of());
    }

    /**
     * Sends clients to another address of a listener from now on, until this broker is started again. Clients that are connected
     * stay so, leaderships stay where they are (docs/adr/0093-advertised-at-run-time.md).
     *
     * @return completes when the controller has taken it; this node's own metadata follow
     */
    public CompletableFuture<Void> advertise(String listener, String host, int port) {
        return role.lifecycle().advertise(listener, host, port);
    }

    /** Empty if the partition is not hosted here, or its directory is offline. */
    public Optional<Offsets> offsets(String topic, int partition) {
        return role.dataPlane()
                .registry()
                .partition(new TopicPartition(topic, partition))
                .flatMap(BrokerView::offsets);
    }

    private static Optional<Offsets> offsets(Partition partition) {
        try {
            PartitionLog log = partition.log();
            return Optional.of(
                    new Offsets(log.logStartOffset(), log.highWatermark(), log.logEndOffset(), log.sizeInBytes()));
        } catch (ApiException offline) {
            return Optional.empty();
        }
    }

    public TopicMeters topicMeters() {
        return role.dataPlane().meters();
    }

    public int partitions() {
        return role.dataPlane().registry().count(partition -> true);
    }

    public int leaders() {
        return role.dataPlane().registry().count(Partition::isLeader);
    }

    public int underReplicated() {
        return role.dataPlane()
                .registry()
                .count(partition -> partition.inSyncReplicas().isUnderReplicated());
    }

    public int underMinIsr() {
        return role.dataPlane()
                .registry()
                .count(partition -> partition.inSyncReplicas().isUnderMinIsr());
    }

    /** Bytes of one topic's logs on this broker. */
    public long sizeInBytes(String topic) {
        AtomicLong size = new AtomicLong();
        role.dataPlane().registry().forEach(partition -> {
            if (partition.topic().equals(topic)) {
                offsets(partition).ifPresent(offsets -> size.addAndGet(offsets.sizeInBytes()));
            }
        });
        return size.get();
    }

    /** Fetches that wait for bytes now. */
    public int parkedFetches() {
        return role.dataPlane().parkedFetches();
    }

    /** Produces that wait for replicas now. */
    public int waitingProduces() {
        return role.dataPlane().waitingProduces();
    }

    /** The groups coordinated here. */
    public CompletableFuture<List<GroupSnapshot>> groups() {
        return role.groups().groups();
    }
}
