package io.milena.coordinator.group;

import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.consumer.ConsumerGroups;
import io.milena.coordinator.group.consumer.TopicsView;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.group.core.GroupShard;
import io.milena.coordinator.group.core.GroupView;
import io.milena.coordinator.group.core.ModernGroups;
import io.milena.coordinator.group.core.TimerQueue;
import io.milena.coordinator.group.core.Turn;
import io.milena.coordinator.runtime.CoordinatorLog;
import io.milena.coordinator.runtime.CoordinatorView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The group coordinator of one node: a shard for every partition of {@code __consumer_offsets} that this node leads. All
 * methods may be called from any thread and return without blocking. {@code io.milena.coordinator.group.api.GroupApis} puts the
 * APIs on top of it.
 *
 * <p>One daemon thread, started with the first partition, loads partitions and minds the clock.
 */
public final class GroupCoordinator implements AutoCloseable {

    /** The topic that holds groups and committed offsets. */
    public static final String OFFSETS_TOPIC = "__consumer_offsets";

    private static final Logger LOG = LoggerFactory.getLogger(GroupCoordinator.class);

    private final GroupConfig config;
    private final CoordinatorLog log;
    private final CoordinatorView view;
    private final LongSupplier clockMs;
    private final Function<TimerQueue, ModernGroups> modernGroups;
    private final Map<Integer, Led> led = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor background;

    /** A partition led by this node. */
    private record Led(int leaderEpoch, ShardRuntime runtime) {}

    /** @param clockMs wall clock in milliseconds; commit time-stamps in records come from it */
    public GroupCoordinator(GroupConfig config, CoordinatorLog log, CoordinatorView view, LongSupplier clockMs) {
        this(config, log, view, clockMs, timers -> ModernGroups.NONE);
    }

    /** As the other, and with consumer groups of KIP-848, which need to see the topics. */
    public GroupCoordinator(
            GroupConfig config,
            ConsumerConfig consumerConfig,
            TopicsView topics,
            CoordinatorLog log,
            CoordinatorView view,
            LongSupplier clockMs) {
        this(
                config,
                log,
                view,
                clockMs,
                timers -> new ConsumerGroups(
                        consumerConfig,
                        topics,
                        timers,
                        prefix -> Uuid.randomUuid().toString()));
    }

    private GroupCoordinator(
            GroupConfig config,
            CoordinatorLog log,
            CoordinatorView view,
            LongSupplier clockMs,
            Function<TimerQueue, ModernGroups> modernGroups) {
        this.config = config;
        this.log = log;
        this.view = view;
        this.clockMs = clockMs;
        this.modernGroups = modernGroups;
        this.background = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "group-coordinator");
            thread.setDaemon(true);
            return thread;
        });
        background.setRemoveOnCancelPolicy(true);
        background.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    // ---- partitions come and go

    /** This node became leader of a partition of {@code __consumer_offsets}: loads it, then serves its groups. */
    public void onElection(int partition, int leaderEpoch) {
        led.compute(partition, (index, present) -> {
            if (present != null) {
                // Still leader, in a later epoch: nobody else can have written in between.
                return present.leaderEpoch >= leaderEpoch ? present : new Led(leaderEpoch, present.runtime);
            }
            ShardRuntime runtime = new ShardRuntime(
                    new TopicPartition(OFFSETS_TOPIC, index),
                    config,
                    log,
                    clockMs,
                    background,
                    () -> new GroupShard(config, prefix -> prefix + "-" + UUID.randomUUID(), modernGroups));
            runtime.load();
            return new Led(leaderEpoch, runtime);
        });
        startExpiry();
    }

    /** This node no longer leads the partition: forgets it and answers whoever waits with NOT_COORDINATOR. */
    public void onResignation(int partition, int leaderEpoch) {
        led.computeIfPresent(partition, (index, present) -> {
            if (leaderEpoch < present.leaderEpoch) {
                return present;
            }
            present.runtime.close();
            return null;
        });
    }

    /** Topics were deleted, or partitions of them: what was committed for their topics is forgotten. */
    public void onPartitionsDeleted(Collection<TopicPartition> partitions) {
        Set<String> topics = new HashSet<>();
        partitions.forEach(p -> topics.add(p.topic()));
        onEveryShard("forgetting deleted topics", (shard, turn) -> shard.forgetTopics(turn, topics));
    }

    /**
     * A transaction marker was written to a partition of {@code __consumer_offsets} and is committed: offsets of that
     * producer's transaction there become visible, or vanish.
     */
    public void onTransactionMarker(int partition, long producerId, boolean commit) {
        Led here = led.get(partition);
        if (here != null) {
            here.runtime.execute(
                    operation((shard, turn) -> shard.replayEndOfTransaction(producerId, commit), error -> {}));
        }
    }

    private volatile boolean expiryStarted;

    private synchronized void startExpiry() {
        if (!expiryStarted) {
            expiryStarted = true;
            long intervalMs = config.offsetsRetentionCheckIntervalMs();
            background.scheduleWithFixedDelay(this::expireOffsets, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
        }
    }

    void expireOffsets() {
        onEveryShard("offset expiry", GroupShard::expireOffsets);
    }

    private void onEveryShard(String what, ShardAction action) {
        led.values()
                .forEach(here -> here.runtime.execute(operation(action, error -> {
                    LOG.debug("No {}: {}", what, error);
                })));
    }

    // ---- requests

    /** Which partition of {@code __consumer_offsets} a group lives in, of so many. */
    public static int partitionFor(String groupId, int partitions) {
        int hash = groupId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
    }

    /** Does something in the turn of the shard that a group belongs to; refuses at once if that is not here. */
    public void execute(String groupId, ShardOperation operation) {
        int partitions = view.partitionCount(OFFSETS_TOPIC);
        Led here = partitions == 0 ? null : led.get(partitionFor(groupId, partitions));
        if (here == null) {
            operation.refused(partitions == 0 ? Errors.COORDINATOR_NOT_AVAILABLE : Errors.NOT_COORDINATOR);
        } else {
            here.runtime.execute(operation);
        }
    }

    /** Something done in a shard's turn. */
    @FunctionalInterface
    public interface ShardAction {
        void run(GroupShard shard, Turn turn);
    }

    /**
     * Does something in a turn of every shard here.
     *
     * @return completes when all are through: with NONE, or with the error of a shard that could not
     */
    public CompletableFuture<Errors> executeOnAll(ShardAction action) {
        List<CompletableFuture<Errors>> parts = new ArrayList<>();
        for (Led here : led.values()) {
            CompletableFuture<Errors> part = new CompletableFuture<>();
            parts.add(part);
            here.runtime.execute(operation(
                    (shard, turn) -> {
                        action.run(shard, turn);
                        part.complete(Errors.NONE);
                    },
                    part::complete));
        }
        return CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> parts.stream()
                        .map(CompletableFuture::join)
                        .filter(error -> error != Errors.NONE)
                        .findFirst()
                        .orElse(Errors.NONE));
    }

    /** Whether consumer groups of KIP-848 are served. */
    public boolean servesConsumerGroups() {
        return modernGroups.apply(new TimerQueue()) != ModernGroups.NONE;
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

    static ShardOperation operation(ShardAction action, Consumer<Errors> refused) {
        return new ShardOperation() {
            @Override
            public void run(GroupShard shard, Turn turn) {
                action.run(shard, turn);
            }

            @Override
            public void refused(Errors error) {
                refused.accept(error);
            }
        };
    }

    /** Sends everybody away with NOT_COORDINATOR and ends the thread. */
    @Override
    public void close() {
        led.keySet().forEach(partition -> onResignation(partition, Integer.MAX_VALUE));
        background.shutdownNow();
    }
}
