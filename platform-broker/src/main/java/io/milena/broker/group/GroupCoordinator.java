package io.milena.broker.group;

import io.milena.broker.group.core.GroupConfig;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * The group coordinator of one node. All methods may be called from any thread and return without blocking.
 * {@code io.milena.broker.group.api.GroupApis.handlers(...)} gives the APIs on top of it.
 */
@SuppressWarnings("UnusedVariable") // until the runtime is in
public final class GroupCoordinator implements AutoCloseable {

    /** The topic that holds groups and committed offsets. */
    public static final String OFFSETS_TOPIC = "__consumer_offsets";

    private final GroupConfig config;
    private final CoordinatorLog log;
    private final CoordinatorView view;
    private final LongSupplier clockMs;

    /** @param clockMs wall clock in milliseconds, written into records as commit timestamps */
    public GroupCoordinator(GroupConfig config, CoordinatorLog log, CoordinatorView view, LongSupplier clockMs) {
        this.config = config;
        this.log = log;
        this.view = view;
        this.clockMs = clockMs;
    }

    /** This node became leader of a partition of {@code __consumer_offsets}: loads it, then serves its groups. */
    public void onElection(int partition, int leaderEpoch) {
        throw new UnsupportedOperationException();
    }

    /** This node is no longer leader of the partition: forgets it and answers whoever waits with NOT_COORDINATOR. */
    public void onResignation(int partition, int leaderEpoch) {
        throw new UnsupportedOperationException();
    }

    /** Topics were deleted: their committed offsets go too. */
    public void onPartitionsDeleted(Collection<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }

    /** All groups coordinated here, for operators. */
    public CompletableFuture<List<GroupSnapshot>> groups() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
