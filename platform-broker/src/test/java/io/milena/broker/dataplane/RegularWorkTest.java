package io.milena.broker.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.broker.fetch.LeaderThrottle;
import io.milena.broker.partition.DataPlaneThreads;
import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.broker.partition.Replication;
import io.milena.broker.partition.TestPartitions;
import io.milena.broker.partition.TopicSettings;
import io.milena.broker.replication.core.FollowerFetch;
import io.milena.broker.replication.core.IsrProposal;
import io.milena.log.AppendOrigin;
import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import io.milena.log.LogEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a data plane does from time to time: in time, and no more than has to be done. */
class RegularWorkTest {
    private static final int DISK_THREADS = 2;
    private static final Uuid TOPIC = new Uuid(5, 5);

    @TempDir
    Path directory;

    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService disk = Executors.newScheduledThreadPool(DISK_THREADS);
    private final Queue<IsrProposal> proposals = new ConcurrentLinkedQueue<>();
    private DataPlane plane;
    private PartitionRegistry registry;

    @BeforeEach
    void open() {
        TopicSettings settings = new TopicSettings(topic -> Map.of(), 86_400_000L);
        LogDirectories directories = LogDirectories.open(
                List.of(new LogDirectory(directory, new Uuid(7, 7))),
                settings::logConfigOf,
                new LogEnvironment(
                        InstantSource.system(),
                        (dir, what, cause) -> {},
                        (task, delayMs) -> disk.schedule(task, delayMs, TimeUnit.MILLISECONDS)),
                1);
        plane = new DataPlane(
                DataPlaneConfig.defaults(1),
                settings,
                directories,
                new NoImage(),
                () -> new CompletableFuture<>(),
                (partition, id) -> {},
                InstantSource.system(),
                new DataPlaneThreads(timers, disk),
                LeaderThrottle.NONE,
                null);
        registry = plane.registry();
        registry.replicateBy(new Recorded());
    }

    @AfterEach
    void close() {
        disk.shutdownNow();
        timers.shutdownNow();
        plane.close(1);
    }

    @Test
    void aFollowerThatLagsLeavesTheInSyncReplicasHoweverSlowTheDiskIs() {
        // given all threads for the disk hang in a sync
        CountDownLatch synced = new CountDownLatch(1);
        for (int i = 0; i < 3 * DISK_THREADS; i++) {
            disk.execute(() -> awaitUninterruptibly(synced));
        }
        plane.start();

        // when records come that the follower does not fetch
        TestPartitions.host(registry, "t", TOPIC, 0, 1, 0, List.of(1, 2));
        append(0);

        // then the leader proposes to go on without it
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(proposals).extracting(IsrProposal::isr).contains(List.of(1)));
        synced.countDown();
    }

    @Test
    void onlyPartitionsWithSomethingToCatchUpWithAreLookedAt() {
        // given partitions whose followers have everything
        for (int i = 0; i < 20; i++) {
            TestPartitions.host(registry, "t", TOPIC, i, 1, 0, List.of(1, 2));
            fetched(i, 0);
        }
        registry.reconsiderUnsettled();
        assertThat(registry.unsettledCount()).isZero();

        // when records come for two of them
        append(3);
        append(7);
        append(7);

        // then those two are looked at, until the follower has the records
        assertThat(registry.unsettledCount()).isEqualTo(2);
        registry.reconsiderUnsettled();
        assertThat(registry.unsettledCount()).isEqualTo(2);
        fetched(3, 1);
        fetched(7, 2);
        registry.reconsiderUnsettled();
        assertThat(registry.unsettledCount()).isZero();
    }

    @Test
    void aPartitionWithAReplicaOutOfSyncIsLookedAtUntilItIsBack() {
        // given
        TestPartitions.host(registry, "t", TOPIC, 0, 1, 0, List.of(1, 2), List.of(1));
        registry.reconsiderUnsettled();
        assertThat(registry.unsettledCount()).isEqualTo(1);

        // when it is in sync again
        TestPartitions.host(registry, "t", TOPIC, 0, 1, 1, List.of(1, 2), List.of(1, 2));
        fetched(0, 0, 1);

        // then
        registry.reconsiderUnsettled();
        assertThat(registry.unsettledCount()).isZero();
    }

    private void append(int index) {
        partition(index)
                .append(
                        MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[10])),
                        false,
                        AppendOrigin.CLIENT);
    }

    private void fetched(int index, long offset) {
        fetched(index, offset, 0);
    }

    private void fetched(int index, long offset, int epoch) {
        partition(index)
                .inSyncReplicas()
                .fetched(new FollowerFetch(2, epoch, offset, 0, -1), System.currentTimeMillis());
    }

    private Partition partition(int index) {
        Partition partition = registry.find("t", index);
        assertThat(partition).isNotNull();
        return partition;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes down what partitions propose. */
    private final class Recorded implements Replication {
        @Override
        public boolean mayJoin(int replicaId, long brokerEpoch) {
            return true;
        }

        @Override
        public boolean isAlive(int replicaId) {
            return true;
        }

        @Override
        public void propose(Partition partition, IsrProposal proposal) {
            proposals.add(proposal);
        }

        @Override
        public long lagTimeMaxMs() {
            return 100;
        }
    }

    private static final class NoImage implements ImageLookup {
        @Override
        public boolean hasTopic(String topic) {
            return false;
        }

        @Override
        public boolean hasTopic(Uuid topicId) {
            return false;
        }

        @Override
        public Errors missing(String topic, int index) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }

        @Override
        public Errors missing(Uuid topicId, int index) {
            return Errors.UNKNOWN_TOPIC_ID;
        }

        @Override
        public @Nullable Leader leader(String topic, int index) {
            return null;
        }

        @Override
        public @Nullable Leader leader(Uuid topicId, int index) {
            return null;
        }

        @Override
        public @Nullable Node node(int brokerId, String listener) {
            return null;
        }
    }
}
