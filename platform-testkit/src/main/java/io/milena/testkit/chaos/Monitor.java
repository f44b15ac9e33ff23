package io.milena.testkit.chaos;

import io.milena.testkit.process.Await;
import io.milena.testkit.process.ProcessCluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Two onlookers, each with a thread and an admin client of its own: one changes the topic's configuration again and again and notes when
 * that succeeds, which tells how long the controllers were away; the other asks for the groups' committed offsets.
 */
final class Monitor implements AutoCloseable {
    private static final long PAUSE_MS = 100;
    private static final int TIMEOUT_MS = 1_000;

    /** How long after a cut a coordinator may go on without having heard that it was replaced; the machine may be busy. */
    private static final long HEARS_MS = 10_000;

    private final String topic;
    private final int partitions;
    private final Gaps metadataGaps;
    private final List<CommittedOffsets> groups;
    private final ProcessCluster cluster;
    private final List<Thread> threads;
    private long change;
    private volatile String lastRefusal = "none was refused";
    private volatile long strictFromNs = System.nanoTime();
    private volatile boolean stopped;

    Monitor(ProcessCluster cluster, String topic, int partitions, Gaps metadataGaps, List<CommittedOffsets> groups) {
        this.topic = topic;
        this.partitions = partitions;
        this.metadataGaps = metadataGaps;
        this.groups = groups;
        this.cluster = cluster;
        threads = List.of(
                new Thread(() -> repeat(this::changeMetadata, true), "metadata-monitor"),
                new Thread(() -> repeat(this::observeGroups, false), "group-monitor"));
        threads.forEach(Thread::start);
    }

    /** Why the metadata could not be changed the last time that it could not. */
    String lastRefusal() {
        return lastRefusal;
    }

    private interface Turn {
        void take(Admin admin) throws Exception;
    }

    /**
     * Kafka's admin client stays with a node that no longer answers for as long as it is not hung up on, so who asks for the metadata begins anew.
     */
    private void repeat(Turn turn, boolean anewAfterFailure) {
        Admin admin = cluster.admin(TIMEOUT_MS);
        try {
            while (!stopped) {
                try {
                    turn.take(admin);
                } catch (InterruptedException e) {
                    return;
                } catch (Exception notNow) {
                    lastRefusal = String.valueOf(notNow);
                    if (anewAfterFailure) {
                        admin.close(Duration.ZERO);
                        admin = cluster.admin(TIMEOUT_MS);
                    }
                }
                Await.pause(PAUSE_MS);
            }
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private void changeMetadata(Admin admin) throws Exception {
        String value = Long.toString(1_000_000_000L + ++change);
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry("retention.ms", value), AlterConfigOp.OpType.SET))))
                .all()
                .get(3L * TIMEOUT_MS, TimeUnit.MILLISECONDS);
        metadataGaps.success(0, System.nanoTime());
    }

    /**
     * A coordinator behind a cut answers from its memory until it hears that it was replaced, as Apache Kafka's does: while that may be, an answer
     * that is too old is no answer, and the same is asked again.
     */
    private void observeGroups(Admin admin) throws Exception {
        for (CommittedOffsets group : groups) {
            Map<TopicPartition, Long> before = new HashMap<>();
            for (int i = 0; i < partitions; i++) {
                TopicPartition partition = new TopicPartition(topic, i);
                before.put(partition, group.floor(partition));
            }
            boolean strict = strictFromNs - System.nanoTime() <= 0;
            Map<TopicPartition, Long> committed = committed(admin, group);
            if (strict || before.entrySet().stream().noneMatch(each -> isOlder(committed, each))) {
                before.forEach((partition, floor) ->
                        group.observed(partition, floor, committed.get(partition), "an onlooker"));
            }
        }
    }

    private static boolean isOlder(Map<TopicPartition, Long> committed, Map.Entry<TopicPartition, Long> floor) {
        return committed.getOrDefault(floor.getKey(), 0L) < floor.getValue();
    }

    private static Map<TopicPartition, Long> committed(Admin admin, CommittedOffsets group) throws Exception {
        Map<TopicPartition, Long> committed = new HashMap<>();
        admin.listConsumerGroupOffsets(group.group())
                .partitionsToOffsetAndMetadata()
                .get(3L * TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        committed.put(partition, offset.offset());
                    }
                });
        return committed;
    }

    /** See {@link Load#replacedCoordinatorsMayAnswer()}. */
    void replacedCoordinatorsMayAnswer() {
        strictFromNs = System.nanoTime() + TimeUnit.DAYS.toNanos(1);
    }

    /** See {@link Load#coordinatorsHearOfEachOther()}. */
    void coordinatorsHearOfEachOther() {
        strictFromNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HEARS_MS);
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join(10_000);
        }
    }
}
