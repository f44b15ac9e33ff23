package io.milena.coordinator.group;

import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.consumer.ConsumerGroups;
import io.milena.coordinator.group.consumer.TopicsView;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.group.core.GroupRecordSerde;
import io.milena.coordinator.group.core.GroupShard;
import io.milena.coordinator.group.core.GroupView;
import io.milena.coordinator.group.core.MemberMemory;
import io.milena.coordinator.runtime.CoordinatorEnvironment;
import io.milena.coordinator.runtime.CoordinatorLog;
import io.milena.coordinator.runtime.CoordinatorRuntime;
import io.milena.coordinator.runtime.CoordinatorRuntime.ShardAction;
import io.milena.coordinator.runtime.CoordinatorThreads;
import io.milena.coordinator.runtime.CoordinatorTime;
import io.milena.coordinator.runtime.CoordinatorView;
import io.milena.coordinator.runtime.ShardOperation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The group coordinator of one node: a shard for every partition of {@code __consumer_offsets} that this node leads. All
 * methods may be called from any thread and return without blocking. {@code io.milena.coordinator.group.api.GroupApis} puts
 * the APIs on top of it.
 */
public final class GroupCoordinator implements AutoCloseable {

    /** The topic that holds groups and committed offsets. */
    public static final String OFFSETS_TOPIC = "__consumer_offsets";

    private static final Logger LOG = LoggerFactory.getLogger(GroupCoordinator.class);

    private final CoordinatorView view;
    private final boolean consumerProtocolEnabled;
    private final CoordinatorRuntime<GroupShard> runtime;

    /** @param topics what consumer groups (KIP-848) are assigned */
    public GroupCoordinator(
            GroupConfig config,
            ConsumerConfig consumerConfig,
            TopicsView topics,
            CoordinatorLog log,
            CoordinatorView view,
            CoordinatorTime time) {
        this(
                config,
                consumerConfig,
                topics,
                view,
                new CoordinatorEnvironment(
                        log,
                        time,
                        CoordinatorThreads.start(
                                "group-coordinator", config.runtime().threads()),
                        Uuid::randomUuid));
    }

    /**
     * @param topics what consumer groups (KIP-848) are assigned
     * @param environment its threads end with the coordinator
     */
    public GroupCoordinator(
            GroupConfig config,
            ConsumerConfig consumerConfig,
            TopicsView topics,
            CoordinatorView view,
            CoordinatorEnvironment environment) {
        this.view = view;
        this.consumerProtocolEnabled = consumerConfig.enabled();
        MemberMemory memory = MemberMemory.ofHeap();
        this.runtime = new CoordinatorRuntime<>(
                OFFSETS_TOPIC,
                config.runtime(),
                environment,
                GroupRecordSerde::read,
                () -> new GroupShard(
                        config,
                        memory,
                        prefix -> prefix + "-" + uuid(environment.ids().get()),
                        context -> List.of(new ConsumerGroups(
                                consumerConfig,
                                topics,
                                context,
                                prefix -> environment.ids().get().toString()))));
    }

    private static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /** Whether groups of the consumer protocol (KIP-848) are served: by this node's settings, and once the feature is finalized. */
    public boolean servesConsumerGroups() {
        return consumerProtocolEnabled && view.consumerGroupsFinalized();
    }

    // ---- partitions come and go

    /** This node became leader of a partition of {@code __consumer_offsets}: loads it, then serves its groups. */
    public void onElection(int partition, int leaderEpoch) {
        runtime.onElection(partition, leaderEpoch);
    }

    /** This node no longer leads the partition: forgets it and answers whoever waits with NOT_COORDINATOR. */
    public void onResignation(int partition, int leaderEpoch) {
        runtime.onResignation(partition, leaderEpoch);
    }

    /** Topics were deleted, or partitions of them: what was committed for their topics is forgotten. */
    public void onPartitionsDeleted(Collection<TopicPartition> partitions) {
        Set<String> topics = new HashSet<>();
        partitions.forEach(p -> topics.add(p.topic()));
        runtime.executeOnAll((shard, turn) -> shard.forgetTopics(turn, topics)).thenAccept(error -> {
            if (error != Errors.NONE) {
                LOG.debug("Offsets of deleted topics stay in some partition until they expire: {}", error);
            }
        });
    }

    /**
     * A transaction marker was written to a partition of {@code __consumer_offsets} and is committed: offsets of that
     * producer's transaction there become visible, or vanish.
     */
    public void onTransactionMarker(int partition, long producerId, boolean commit) {
        runtime.onTransactionMarker(partition, producerId, commit);
    }

    // ---- requests

    /** Which partition of {@code __consumer_offsets} a group lives in, of so many. */
    public static int partitionFor(String groupId, int partitions) {
        int hash = groupId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
    }

    /** Does something in a turn of the shard that a group belongs to; refuses if that is not here. */
    public void execute(String groupId, ShardOperation<GroupShard> operation) {
        int partitions = view.partitionCount(OFFSETS_TOPIC);
        if (partitions == 0) {
            operation.refused(Errors.COORDINATOR_NOT_AVAILABLE);
        } else {
            runtime.execute(partitionFor(groupId, partitions), operation);
        }
    }

    /**
     * Does something in a turn of every shard here.
     *
     * @return completes when all are through: with NONE, or with the error of a shard that could not
     */
    public CompletableFuture<Errors> executeOnAll(ShardAction<GroupShard> action) {
        return runtime.executeOnAll(action);
    }

    /** All groups coordinated here, for operators; completes on any thread. Shards that are loading have none yet. */
    public CompletableFuture<List<GroupSnapshot>> groups() {
        List<GroupSnapshot> snapshots = new ArrayList<>();
        return executeOnAll((shard, turn) -> shard.look(group -> {
                    GroupSnapshot snapshot = snapshot(group);
                    synchronized (snapshots) {
                        snapshots.add(snapshot);
                    }
                }))
                .thenApply(done -> List.copyOf(snapshots));
    }

    private static GroupSnapshot snapshot(GroupView group) {
        List<GroupSnapshot.Member> members = new ArrayList<>();
        for (GroupView.Member m : group.members()) {
            members.add(new GroupSnapshot.Member(m.memberId(), m.instanceId(), m.clientId(), m.clientHost()));
        }
        return new GroupSnapshot(
                group.groupId(),
                group.type(),
                group.state(),
                group.protocolType(),
                group.protocol(),
                group.generation(),
                members,
                group.committedOffsets());
    }

    /** Answers everybody who waits with NOT_COORDINATOR and ends the threads. */
    @Override
    public void close() {
        runtime.close();
    }
}
