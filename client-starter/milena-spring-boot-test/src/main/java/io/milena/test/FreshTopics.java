package io.milena.test;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties topics under running clients. Deleting and making them anew would disturb every client that knows them; so their records are deleted,
 * offsets go on, and groups go on behind them: running ones are there already, those without members are moved.
 */
final class FreshTopics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FreshTopics.class);
    private static final long ANSWER_MS = 15_000;
    private static final long CATCH_UP_MS = 2_000;
    private static final long LOOK_MS = 10;
    private static final Set<GroupType> CONSUMERS = Set.of(GroupType.CLASSIC, GroupType.CONSUMER);

    private final String bootstrapServers;
    private @Nullable Admin admin;

    FreshTopics(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** Running listeners first get the chance to finish what they have not read yet. */
    synchronized void empty() {
        try {
            Set<TopicPartition> partitions = partitions();
            if (partitions.isEmpty()) {
                return;
            }
            Map<String, ConsumerGroupDescription> groups = groups();
            Map<TopicPartition, Long> ends = caughtUp(partitions, groups);
            for (ConsumerGroupDescription group : groups.values()) {
                if (group.groupState() == GroupState.EMPTY) {
                    move(group.groupId(), ends);
                }
            }
            Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
            ends.forEach((partition, end) -> all.put(partition, RecordsToDelete.beforeOffset(end)));
            for (KafkaFuture<?> deleted :
                    admin().deleteRecords(all).lowWatermarks().values()) {
                awaitDeletion(deleted);
            }
        } catch (ExecutionException | TimeoutException failed) {
            throw new IllegalStateException("The topics at " + bootstrapServers + " could not be emptied", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Set<TopicPartition> partitions() throws ExecutionException, TimeoutException, InterruptedException {
        return await(admin().describeTopics(await(admin().listTopics().names())).allTopicNames()).values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toSet());
    }

    private Map<String, ConsumerGroupDescription> groups()
            throws ExecutionException, TimeoutException, InterruptedException {
        List<String> ids = await(admin().listGroups().all()).stream()
                .filter(group -> group.type().filter(CONSUMERS::contains).isPresent())
                .map(GroupListing::groupId)
                .toList();
        return await(admin().describeConsumerGroups(ids).all());
    }

    /** The ends of all partitions, once groups with members have committed up to them or the patience is at an end. */
    private Map<TopicPartition, Long> caughtUp(
            Set<TopicPartition> partitions, Map<String, ConsumerGroupDescription> groups)
            throws ExecutionException, TimeoutException, InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CATCH_UP_MS);
        while (true) {
            Map<TopicPartition, Long> ends = ends(partitions);
            @Nullable String behind = null;
            for (ConsumerGroupDescription group : groups.values()) {
                if (!group.members().isEmpty() && isBehind(group.groupId(), ends)) {
                    behind = group.groupId();
                }
            }
            if (behind == null || System.nanoTime() > deadlineNs) {
                if (behind != null) {
                    LOG.warn("Group {} has not read all records of this test; they are deleted", behind);
                }
                return ends;
            }
            Thread.sleep(LOOK_MS);
        }
    }

    private Map<TopicPartition, Long> ends(Set<TopicPartition> partitions)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, OffsetSpec> latest =
                partitions.stream().collect(Collectors.toMap(each -> each, each -> OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        await(admin().listOffsets(latest).all()).forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private boolean isBehind(String group, Map<TopicPartition, Long> ends)
            throws ExecutionException, TimeoutException, InterruptedException {
        return committed(group).entrySet().stream()
                .anyMatch(each ->
                        each.getValue() != null && each.getValue().offset() < ends.getOrDefault(each.getKey(), 0L));
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(String group)
            throws ExecutionException, TimeoutException, InterruptedException {
        return await(admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    }

    private void move(String group, Map<TopicPartition, Long> ends)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> moved = new HashMap<>();
        for (TopicPartition partition : committed(group).keySet()) {
            Long end = ends.get(partition);
            if (end != null) {
                moved.put(partition, new OffsetAndMetadata(end));
            }
        }
        if (!moved.isEmpty()) {
            await(admin().alterConsumerGroupOffsets(group, moved).all());
        }
    }

    /** A topic that is only compacted keeps its records. */
    private static void awaitDeletion(KafkaFuture<?> deleted)
            throws ExecutionException, TimeoutException, InterruptedException {
        try {
            await(deleted);
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof PolicyViolationException)) {
                throw failed;
            }
            LOG.debug("A compacted topic keeps its records", failed);
        }
    }

    private static <T> T await(KafkaFuture<T> answer)
            throws ExecutionException, TimeoutException, InterruptedException {
        return answer.get(ANSWER_MS, TimeUnit.MILLISECONDS);
    }

    private Admin admin() {
        Admin open = admin;
        if (open == null) {
            open = Admin.create(Map.of("bootstrap.servers", bootstrapServers, "client.id", "milena-test"));
            admin = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        Admin open = admin;
        if (open != null) {
            open.close(Duration.ZERO);
        }
    }
}
