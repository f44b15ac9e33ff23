package io.milena.broker.partition;

import io.milena.broker.replication.core.ReplicaAssignment;
import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import io.milena.log.PartitionLog;
import io.milena.metadata.DirectoryIds;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All partitions this broker hosts, by topic name and by topic id. Lookups are lock-free and make no objects. Changes come
 * from one thread, the one that publishes metadata images ({@link ImageFollower}).
 */
public final class PartitionRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionRegistry.class);

    private final int brokerId;
    private final LogDirectories directories;
    private final TopicSettings settings;
    private final TopicMeters meters;
    private final DirectoryAssignments assignments;
    private final InstantSource clock;
    private final PartitionChanges changes = new PartitionChanges();
    private final PartitionContext context;
    private final RoleAnnouncer announcer = new RoleAnnouncer();
    private volatile Replication replication = Replication.NONE;
    private final Map<String, HostedTopic> byName = new ConcurrentHashMap<>();
    private final Map<Uuid, HostedTopic> byId = new ConcurrentHashMap<>();
    /** The first image has been taken over: a replica that comes from now on is new here. */
    private boolean begun;

    public PartitionRegistry(
            int brokerId,
            LogDirectories directories,
            TopicSettings settings,
            TopicMeters meters,
            DirectoryAssignments assignments,
            InstantSource clock) {
        this.brokerId = brokerId;
        this.directories = directories;
        this.settings = settings;
        this.meters = meters;
        this.assignments = assignments;
        this.clock = clock;
        this.context = new PartitionContext(brokerId, () -> replication, clock, changes);
    }

    /** The hosted partition, or null. */
    public @Nullable Partition find(String topic, int index) {
        HostedTopic hosted = byName.get(topic);
        return hosted == null ? null : hosted.partition(index);
    }

    /** The hosted partition, or null. */
    public @Nullable Partition find(Uuid topicId, int index) {
        HostedTopic hosted = byId.get(topicId);
        return hosted == null ? null : hosted.partition(index);
    }

    public Optional<Partition> partition(TopicPartition partition) {
        return Optional.ofNullable(find(partition.topic(), partition.partition()));
    }

    public void forEach(Consumer<Partition> visitor) {
        byName.values().forEach(topic -> topic.forEach(visitor));
    }

    /** Has all leaders here look at their followers and their high watermarks again: other in-sync replicas are asked for. */
    void reconsiderAll() {
        long nowMs = clock.millis();
        forEach(partition -> reconsider(partition, nowMs));
    }

    /**
     * Has the leaders here look at their followers again, since time has passed, or brokers came or went. Visits only partitions
     * with a follower that is behind or not in sync: to all others neither means anything.
     */
    public void reconsiderUnsettled() {
        long nowMs = clock.millis();
        changes.visitUnsettled(partition -> {
            reconsider(partition, nowMs);
            return partition.isSettled();
        });
    }

    /** Partitions that {@link #reconsiderUnsettled} would visit. */
    public int unsettledCount() {
        return changes.unsettledCount();
    }

    /** replica.lag.time.max.ms */
    public long lagTimeMaxMs() {
        return replication.lagTimeMaxMs();
    }

    PartitionChanges changes() {
        return changes;
    }

    /** Whether a topic here is flushed by the time (flush.ms). */
    boolean isFlushedByTime() {
        return byName.values().stream()
                .anyMatch(topic -> topic.logConfig().flush().ms() != Long.MAX_VALUE);
    }

    void reconsider(String topic) {
        HostedTopic hosted = byName.get(topic);
        if (hosted != null) {
            long nowMs = clock.millis();
            hosted.forEach(partition -> reconsider(partition, nowMs));
        }
    }

    private static void reconsider(Partition partition, long nowMs) {
        try {
            partition.inSyncReplicas().reconsider(nowMs);
        } catch (RuntimeException e) {
            LOG.warn("The in-sync replicas of {} cannot be checked", partition, e);
        }
    }

    /** Number of hosted partitions for which {@code condition} holds now. */
    public int count(Predicate<Partition> condition) {
        int[] count = {0};
        forEach(partition -> count[0] += condition.test(partition) ? 1 : 0);
        return count[0];
    }

    /** Tells {@code listener} of all elections from now on, and at once of the partitions led already. */
    public void addListener(LeadershipListener listener) {
        announcer.add(listener);
        forEach(partition -> {
            if (partition.isLeader()) {
                listener.onElected(partition, partition.leaderEpoch());
            }
        });
    }

    /** Tells {@code listener} of all roles from now on, and at once of those taken already. Metadata thread, or before it. */
    public void addRoleListener(RoleListener listener) {
        announcer.add(listener);
        forEach(listener::onRole);
    }

    /** Gives the partitions their way to other brokers and the controller; before they are hosted. */
    public void replicateBy(Replication with) {
        replication = with;
    }

    public int brokerId() {
        return brokerId;
    }

    public LogDirectories directories() {
        return directories;
    }

    TopicSettings settings() {
        return settings;
    }

    /**
     * Takes over a registration that lists this broker among the replicas. Hosts the partition if it is new.
     *
     * @param partitionCount of the topic, so that there is room for all at once
     * @param directoryId the directory the image has for this replica, possibly one of the reserved ids (unassigned, lost)
     */
    synchronized void assign(
            String name, Uuid id, int partitionCount, int index, ReplicaAssignment assignment, Uuid directoryId) {
        HostedTopic topic = byName.get(name);
        if (topic != null && !topic.id.equals(id)) {
            // Deleted and created anew within one delta.
            removeTopic(topic.id);
            topic = null;
        }
        if (topic == null) {
            topic = new HostedTopic(name, id, meters.of(name), settings.of(name));
            topic.reserve(partitionCount);
            byName.put(name, topic);
            byId.put(id, topic);
        }
        Partition partition = topic.partition(index);
        if (partition == null) {
            partition = host(topic, index, directoryId);
            topic.put(partition);
        }
        boolean led = partition.isLeader();
        int ledEpoch = partition.leaderEpoch();
        if (partition.assume(assignment)) {
            announce(partition, led, ledEpoch);
        }
    }

    private void announce(Partition partition, boolean led, int ledEpoch) {
        if (led) {
            announcer.changedFromLeader(partition, ledEpoch);
        } else {
            announcer.changed(partition);
        }
    }

    /**
     * Tells the listeners once more of the roles that one of them could not take.
     *
     * @throws IllegalStateException if one still cannot
     */
    synchronized void retellRoles() {
        announcer.retell();
    }

    /** Tells the role listeners of a partition whose log went offline, and which is therefore not to be worked on. */
    public synchronized void retell(Partition partition) {
        announcer.logChanged(partition);
    }

    private Partition host(HostedTopic topic, int index, Uuid directoryId) {
        TopicPartition id = new TopicPartition(topic.name, index);
        Uuid wanted = DirectoryIds.isReserved(directoryId) ? null : directoryId;
        Partition partition =
                new Partition(topic, index, () -> directories.getOrCreate(id, topic.id, wanted, false), context);
        try {
            partition.place(directories.getOrCreate(id, topic.id, wanted, begun));
        } catch (KafkaStorageException e) {
            LOG.error("Partition {} is offline: {}", id, e.getMessage());
            if (!isOffline(directoryId)) {
                // The controller must not take it for one that can lead.
                assignments.assigned(new TopicIdPartition(topic.id, id), DirectoryIds.LOST);
            }
            return partition;
        }
        Optional<LogDirectory> placed = directories.directoryOf(id);
        if (placed.isPresent() && !placed.get().id().equals(directoryId)) {
            assignments.assigned(
                    new TopicIdPartition(topic.id, id), placed.get().id());
        }
        return partition;
    }

    private boolean isOffline(Uuid directoryId) {
        return directories.offline().stream().anyMatch(each -> each.id().equals(directoryId));
    }

    /**
     * Directories came back: their partitions get the logs that were read anew, and what the metadata does not place here is
     * set aside. Any thread.
     *
     * @return the partitions in them
     */
    public synchronized List<Partition> directoriesReturned(List<LogDirectory> returned) {
        List<Partition> back = new ArrayList<>();
        for (LogDirectory directory : returned) {
            for (PartitionLog log : directories.logsIn(directory)) {
                Partition partition =
                        find(log.partition().topic(), log.partition().partition());
                if (partition != null && isOf(partition, log)) {
                    partition.exchangeLog(any -> log);
                    back.add(partition);
                } else if (begun) {
                    LOG.warn("The metadata does not place {} on this broker; its log is set aside", log.partition());
                    directories.markStray(log.partition());
                }
            }
        }
        back.forEach(announcer::logChanged);
        return back;
    }

    /** False for what is left of an older topic of that name. */
    private static boolean isOf(Partition partition, PartitionLog log) {
        Uuid id = log.topicId();
        return id == null || id.equals(partition.topicId());
    }

    /** The topic was deleted: its partitions leave and their logs go. */
    synchronized void removeTopic(Uuid id) {
        HostedTopic topic = byId.remove(id);
        if (topic == null) {
            return;
        }
        byName.remove(topic.name, topic);
        topic.forEach(partition -> leave(topic, partition));
        settings.forget(topic.name);
        meters.remove(topic.name);
    }

    /** This broker is no longer a replica of the partition. */
    synchronized void remove(Uuid id, int index) {
        HostedTopic topic = byId.get(id);
        Partition partition = topic == null ? null : topic.partition(index);
        if (topic == null || partition == null) {
            return;
        }
        leave(topic, partition);
        if (topic.isEmpty()) {
            byName.remove(topic.name, topic);
            byId.remove(id);
        }
    }

    private void leave(HostedTopic topic, Partition partition) {
        boolean led = partition.isLeader();
        int epoch = partition.leaderEpoch();
        topic.remove(partition.index());
        partition.leave();
        announce(partition, led, epoch);
        try {
            directories.delete(partition.topicPartition());
        } catch (KafkaStorageException e) {
            LOG.warn("The log of {} stays behind in its failed directory: {}", partition, e.getMessage());
        }
    }

    /** Sets aside logs on disk that the image does not place here; called once, with the first image. */
    synchronized void setAsideStrays() {
        begun = true;
        for (PartitionLog log : List.copyOf(directories.logs())) {
            TopicPartition id = log.partition();
            if (find(id.topic(), id.partition()) == null) {
                LOG.warn("The metadata does not place {} on this broker; its log is set aside as a stray", id);
                directories.markStray(id);
            }
        }
        for (TopicPartition id : directories.futures().partitions()) {
            if (find(id.topic(), id.partition()) == null) {
                directories.futures().drop(id);
            }
        }
    }
}
