package io.milena.testkit.cluster;

import io.milena.broker.partition.Partition;
import io.milena.broker.replication.core.PartitionRole;
import io.milena.log.LogRead;
import io.milena.log.PartitionLog;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.TopicImage;
import io.milena.testkit.cluster.MetadataObserver.PartitionKey;
import io.milena.testkit.sim.Violation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/** What must hold of the brokers after each event. */
final class Invariants {
    private static final long ELECTABLE_EVERY_US = 50_000;

    private record Replica(int broker, int index) {}

    private record Term(int index, int leaderEpoch) {}

    /** What was seen of one replica in the broker's present life. */
    private static final class Watched {
        private @Nullable Partition partition;
        private @Nullable PartitionRole role;
        private int leaderEpoch = -1;
        private long shownBelow;
        private long highWatermark;
        private long logEnd;
        private int lastEpoch = -1;
    }

    private final Cluster cluster;
    private final Map<Replica, Watched> replicas = new HashMap<>();
    private final Map<Term, Integer> leaders = new HashMap<>();
    private final List<PartitionKey> partitions = new ArrayList<>();
    private long nextElectableUs;

    Invariants(Cluster cluster) {
        this.cluster = cluster;
    }

    void check() {
        if (partitions.isEmpty() && !findTopic()) {
            return;
        }
        for (BrokerNode broker : cluster.brokers()) {
            for (PartitionKey key : partitions) {
                check(broker, key);
            }
        }
        if (cluster.world().nowUs() >= nextElectableUs) {
            nextElectableUs = cluster.world().nowUs() + ELECTABLE_EVERY_US;
            partitions.forEach(this::checkElectable);
        }
    }

    private boolean findTopic() {
        TopicImage topic = cluster.observer().newest().topics().topicOrNull(ClientNode.TOPIC);
        if (topic == null) {
            return false;
        }
        for (int index = 0; index < topic.partitionCount(); index++) {
            partitions.add(new PartitionKey(topic.id(), index));
        }
        return true;
    }

    private void check(BrokerNode broker, PartitionKey key) {
        Partition partition = broker.partition(key.topicId(), key.index());
        if (partition == null) {
            return;
        }
        Watched seen = replicas.computeIfAbsent(new Replica(broker.id(), key.index()), replica -> new Watched());
        if (seen.partition != partition) {
            // Another life, or the replica was moved away and back.
            seen.partition = partition;
            seen.role = null;
            seen.leaderEpoch = -1;
            seen.shownBelow = 0;
            seen.highWatermark = 0;
        }
        checkRole(broker, key, partition, seen);
        PartitionLog log =
                broker.log(new TopicPartition(ClientNode.TOPIC, key.index())).orElse(null);
        if (log != null) {
            checkLog(broker, key, log, seen);
        }
    }

    private void checkRole(BrokerNode broker, PartitionKey key, Partition partition, Watched seen) {
        PartitionRole role = partition.role();
        if (role == seen.role) {
            return; // it never changes, and was looked at
        }
        seen.role = role;
        Violation.unless(
                role.leaderEpoch() >= seen.leaderEpoch,
                "broker %d: the leader epoch of partition %d falls from %d to %d",
                broker.id(),
                key.index(),
                seen.leaderEpoch,
                role.leaderEpoch());
        seen.leaderEpoch = role.leaderEpoch();
        if (role instanceof PartitionRole.Leading leading) {
            Integer other = leaders.putIfAbsent(new Term(key.index(), leading.leaderEpoch()), broker.id());
            Violation.unless(
                    other == null || other == broker.id(),
                    "brokers %d and %d both lead partition %d in epoch %d",
                    other,
                    broker.id(),
                    key.index(),
                    leading.leaderEpoch());
            cluster.observer().claims(key, leading.partitionEpoch(), leading.isr());
        }
    }

    /** Whatever is below a high watermark is committed, and the same for all. */
    private void checkLog(BrokerNode broker, PartitionKey key, PartitionLog log, Watched seen) {
        long highWatermark = log.highWatermark();
        long end = log.logEndOffset();
        Violation.unless(
                highWatermark <= end, "broker %d: high watermark %d above log end %d", broker.id(), highWatermark, end);
        Violation.unless(
                highWatermark >= seen.highWatermark,
                "broker %d: the high watermark of partition %d falls from %d to %d",
                broker.id(),
                key.index(),
                seen.highWatermark,
                highWatermark);
        seen.highWatermark = highWatermark;
        if (end != seen.logEnd) {
            seen.logEnd = end;
            OptionalInt epoch = end == 0 ? OptionalInt.empty() : log.epochForOffset(end - 1);
            seen.lastEpoch = epoch.orElse(-1);
        }
        if (highWatermark > seen.shownBelow) {
            show(broker, key, log, Math.max(seen.shownBelow, log.logStartOffset()), highWatermark);
            seen.shownBelow = highWatermark;
        }
    }

    private void show(BrokerNode broker, PartitionKey key, PartitionLog log, long from, long to) {
        long next = from;
        while (next < to) {
            LogRead read = log.read(next, 1_000_000, to, true);
            long before = next;
            try {
                for (RecordBatch batch : read.records().readFully().batches()) {
                    for (Record record : batch) {
                        if (record.offset() >= next && record.offset() < to) {
                            Violation.unless(
                                    record.offset() == next, "broker %d has no record at %d", broker.id(), next);
                            String value = StandardCharsets.UTF_8
                                    .decode(record.value())
                                    .toString();
                            cluster.ledger()
                                    .committed(
                                            key,
                                            next,
                                            new Ledger.Entry(value, batch.partitionLeaderEpoch()),
                                            "broker " + broker.id());
                            next++;
                        }
                    }
                }
            } finally {
                read.records().release();
            }
            Violation.unless(next > before, "broker %d cannot read %d below %d", broker.id(), next, to);
        }
    }

    /**
     * Whoever may be elected has everything that was acknowledged, and there is somebody. Of a broker that is down counts what
     * it had. One that lost its power counts for nothing until the controller knows.
     */
    private void checkElectable(PartitionKey key) {
        long end = cluster.ledger().acknowledgedEnd(key);
        TopicImage topic = cluster.observer().newest().topics().topicOrNull(key.topicId());
        PartitionRegistration partition = topic == null ? null : topic.partitionOrNull(key.index());
        if (end == 0 || partition == null) {
            return;
        }
        Set<Integer> electable = MetadataObserver.setOf(partition.isr());
        electable.addAll(MetadataObserver.setOf(partition.elr()));
        if (electable.isEmpty()) {
            electable.addAll(MetadataObserver.setOf(partition.lastKnownElr()));
        }
        electable.removeIf(id -> cluster.brokers().get(id - 1).isIncomplete());
        int epoch = cluster.ledger().epochAt(key, end - 1);
        boolean complete = !electable.isEmpty() && electable.stream().allMatch(id -> isComplete(key, id, end, epoch));
        Violation.unless(
                complete,
                "of %s, who may lead partition %d, one lacks what was acknowledged below %d (epoch %d): %s, logs %s",
                electable,
                key.index(),
                end,
                epoch,
                partition,
                complete ? "" : describe(key.index()));
    }

    /** By the log matching property: the same epoch at an offset means the same records up to it. */
    private boolean isComplete(PartitionKey key, int broker, long end, int epoch) {
        BrokerNode node = cluster.brokers().get(broker - 1);
        TopicPartition partition = new TopicPartition(ClientNode.TOPIC, key.index());
        if (node.host().isUp()) {
            PartitionLog log = node.log(partition).orElse(null);
            // While it starts, nobody can look inside.
            return log == null
                    || log.logEndOffset() >= end && log.epochForOffset(end - 1).orElse(-1) == epoch;
        }
        Watched last = replicas.get(new Replica(broker, key.index()));
        return last != null && last.logEnd >= end && last.lastEpoch >= epoch;
    }

    private String describe(int index) {
        StringBuilder text = new StringBuilder();
        replicas.forEach((replica, seen) -> {
            if (replica.index() == index) {
                text.append(" broker ")
                        .append(replica.broker())
                        .append(
                                cluster.brokers()
                                                .get(replica.broker() - 1)
                                                .host()
                                                .isUp()
                                        ? " up"
                                        : " down")
                        .append(" ends at ")
                        .append(seen.logEnd)
                        .append(" epoch ")
                        .append(seen.lastEpoch)
                        .append(now(replica));
            }
        });
        return text.toString();
    }

    private String now(Replica replica) {
        BrokerNode node = cluster.brokers().get(replica.broker() - 1);
        return node.log(new TopicPartition(ClientNode.TOPIC, replica.index()))
                .map(log -> " (now " + log.logStartOffset() + " to " + log.logEndOffset() + " in epoch "
                        + log.latestEpoch() + ", committed below " + log.highWatermark() + ")")
                .orElse("");
    }

    /** In the end: every replica has the same, from its start to its end. */
    void checkAllEqual() {
        for (PartitionKey key : partitions) {
            for (BrokerNode broker : cluster.brokers()) {
                PartitionLog log = broker.log(new TopicPartition(ClientNode.TOPIC, key.index()))
                        .orElse(null);
                if (log != null && broker.partition(key.topicId(), key.index()) != null) {
                    show(broker, key, log, log.logStartOffset(), log.highWatermark());
                }
            }
        }
    }
}
