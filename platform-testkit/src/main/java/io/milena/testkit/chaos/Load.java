package io.milena.testkit.chaos;

import io.milena.testkit.process.Await;
import io.milena.testkit.process.ProcessCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Everybody who works on the cluster while it is struck: producers, a reader, two consumer groups, two onlookers. */
final class Load implements AutoCloseable {
    static final String TOPIC = "chaos";
    static final String CLASSIC_GROUP = "classic-group";
    private static final int PARTITIONS = 6;
    private static final int PRODUCERS = 2;
    private static final long PAUSE_MS = 20;
    private static final Duration FIRST_RECORDS = Duration.ofSeconds(60);

    private final Violations violations;
    private final Clients clients;
    private final List<Ledger> ledgers = new ArrayList<>();
    private final List<CommittedOffsets> groups;
    private final Gaps produceGaps = new Gaps(PARTITIONS, System.nanoTime());
    private final Gaps metadataGaps = new Gaps(1, System.nanoTime());
    private final List<ProducerLoad> producers = new ArrayList<>();
    private final List<AutoCloseable> others = new ArrayList<>();
    private final Monitor monitor;
    private final OffsetsTopic offsetsTopic;

    /** Makes the topic, starts everybody, and returns when all partitions have taken records and both groups have committed. */
    Load(ProcessCluster cluster, Violations violations) throws Exception {
        this.violations = violations;
        clients = new Clients(cluster.bootstrapServers());
        createTopic(cluster);
        for (int i = 0; i < PARTITIONS; i++) {
            ledgers.add(new Ledger(TOPIC + "-" + i, PRODUCERS, violations));
        }
        CommittedOffsets classic = new CommittedOffsets(CLASSIC_GROUP, violations);
        CommittedOffsets consumer = new CommittedOffsets("consumer-group", violations);
        groups = List.of(classic, consumer);
        for (int i = 0; i < PRODUCERS; i++) {
            producers.add(new ProducerLoad(i, TOPIC, ledgers, produceGaps, violations, clients.producer(), PAUSE_MS));
        }
        others.add(new TailReader(TOPIC, ledgers, violations, clients.reader()));
        others.add(new GroupMember(TOPIC, classic, violations, clients.member(classic.group(), "classic")));
        others.add(new GroupMember(TOPIC, classic, violations, clients.member(classic.group(), "classic")));
        others.add(new GroupMember(TOPIC, consumer, violations, clients.member(consumer.group(), "consumer")));
        monitor = new Monitor(cluster, TOPIC, PARTITIONS, metadataGaps, groups);
        others.add(monitor);
        long now = System.nanoTime();
        Await.nothingMissing(FIRST_RECORDS, () -> notSince(now));
        awaitCaughtUp(FIRST_RECORDS);
        offsetsTopic = new OffsetsTopic(groups, violations, clients.rawReader());
        others.add(offsetsTopic);
    }

    private static void createTopic(ProcessCluster cluster) throws Exception {
        int replicas = Math.min(3, cluster.brokers().size());
        try (Admin admin = cluster.admin(20_000)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) replicas)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    Gaps produceGaps() {
        return produceGaps;
    }

    Gaps metadataGaps() {
        return metadataGaps;
    }

    /** From now on a node may be silent or cut off that does not know that its groups have another coordinator. */
    void replacedCoordinatorsMayAnswer() {
        monitor.replacedCoordinatorsMayAnswer();
    }

    /** All nodes run and the network is whole: who was replaced is to hear of it soon. */
    void coordinatorsHearOfEachOther() {
        monitor.coordinatorsHearOfEachOther();
    }

    /** What has not succeeded after a moment of {@code System.nanoTime}, as words; null if everything has. */
    @Nullable
    String notSince(long momentNs) {
        int partition = produceGaps.notSince(momentNs);
        if (partition >= 0) {
            return "no record is acknowledged in partition " + partition;
        }
        return metadataGaps.notSince(momentNs) >= 0
                ? "no change of the metadata succeeds, last: " + monitor.lastRefusal()
                : null;
    }

    /** Waits until the reader and both groups have come to what is acknowledged now. */
    void awaitCaughtUp(Duration atMost) {
        long[] marks = ledgers.stream().mapToLong(Ledger::promisedEnd).toArray();
        Await.nothingMissing(
                atMost,
                () -> IntStream.range(0, marks.length)
                        .mapToObj(i -> behind(i, marks[i]))
                        .filter(behind -> behind != null)
                        .findFirst()
                        .orElse(null));
    }

    private @Nullable String behind(int partition, long mark) {
        if (ledgers.get(partition).end() < mark) {
            return "the reader is at offset " + ledgers.get(partition).end() + " of partition " + partition
                    + ", not at " + mark;
        }
        for (CommittedOffsets group : groups) {
            long committed = group.floor(new TopicPartition(TOPIC, partition));
            if (committed < mark) {
                return "group " + group.group() + " has committed " + committed + " of partition " + partition
                        + ", not " + mark;
            }
        }
        return null;
    }

    /** No more is produced; waits until everything that was is answered, read and committed, then reads it all again. */
    void finish(Duration atMost) throws InterruptedException {
        producers.forEach(producer -> producer.stop(atMost));
        awaitCaughtUp(atMost);
        for (Ledger ledger : ledgers) {
            String unread = ledger.unread();
            if (unread != null) {
                violations.add(unread);
            }
        }
        offsetsTopic.finish(clients.rawReader());
        for (CommittedOffsets group : groups) {
            Stream.of(group.skipped(), group.lost()).filter(Objects::nonNull).forEach(violations::add);
        }
        TailReader.again(TOPIC, ledgers, violations, clients.reader());
    }

    long acknowledgements() {
        return ledgers.stream().mapToLong(Ledger::acknowledgements).sum();
    }

    long commits() {
        return groups.stream().mapToLong(CommittedOffsets::commits).sum();
    }

    @Override
    public void close() throws Exception {
        producers.forEach(ProducerLoad::close);
        for (AutoCloseable other : others) {
            other.close();
        }
    }
}
