package io.milena.testkit.cluster;

import io.milena.metadata.BrokerRegistration;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataPublisher;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.TopicImage;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Sees every image of every process. Whatever log or snapshot it was made from, at one offset there is one image; what it says
 * of a partition obeys Kafka's rules; what a controller answered is found in it.
 */
final class MetadataObserver {
    /** A process that has images. */
    interface Source {
        @Nullable
        MetadataMember member();
    }

    record PartitionKey(Uuid topicId, int index) {}

    private record Version(PartitionKey partition, int partitionEpoch) {}

    private final World world;
    private final TreeMap<Long, MetadataImage> images = new TreeMap<>();
    private final Map<PartitionKey, PartitionRegistration> newest = new HashMap<>();
    private final Map<Version, Set<Integer>> inSync = new HashMap<>();
    private final Map<Version, Set<Integer>> claimed = new HashMap<>();
    private long compared;

    MetadataObserver(World world) {
        this.world = world;
    }

    /** The newest image that any process has had. */
    MetadataImage newest() {
        return images.isEmpty() ? MetadataImage.EMPTY : images.lastEntry().getValue();
    }

    /** Images that were compared with another of the same offset. */
    long compared() {
        return compared;
    }

    MetadataPublisher of(int node) {
        return (delta, image, manifest) -> saw(node, image, manifest.snapshot());
    }

    private void saw(int node, MetadataImage image, boolean snapshot) {
        long offset = image.provenance().offset();
        MetadataImage other = images.get(offset);
        if (other == null) {
            boolean news = images.isEmpty() || offset > images.lastKey();
            images.put(offset, image);
            check(node, image, news);
        } else if (snapshot || offset % 8 == 0) {
            compared++;
            Violation.unless(
                    image.sameContents(other),
                    "node %d has another image of offset %d than others%s:%n%s%n%s",
                    node,
                    offset,
                    snapshot ? ", from a snapshot" : "",
                    image,
                    other);
        }
    }

    private void check(int node, MetadataImage image, boolean news) {
        for (TopicImage topic : image.topics().topics()) {
            topic.forEachPartition((partition, index) -> {
                PartitionKey key = new PartitionKey(topic.id(), index);
                rules(image, topic.name() + "-" + index, partition);
                Set<Integer> isr = setOf(partition.isr());
                Version version = new Version(key, partition.partitionEpoch());
                Set<Integer> before = inSync.put(version, isr);
                Violation.unless(
                        before == null || before.equals(isr),
                        "node %d: %s-%d has in-sync replicas %s and %s at partition epoch %d",
                        node,
                        topic.name(),
                        index,
                        before,
                        isr,
                        partition.partitionEpoch());
                compareClaim(version);
                if (news) {
                    rises(topic.name() + "-" + index, newest.put(key, partition), partition);
                }
            });
        }
    }

    private void rises(String name, @Nullable PartitionRegistration before, PartitionRegistration now) {
        if (before == null) {
            return;
        }
        boolean epochs = now.leaderEpoch() >= before.leaderEpoch() && now.partitionEpoch() >= before.partitionEpoch();
        Violation.unless(epochs, "%s: an epoch falls from %s to %s", name, before, now);
        boolean sameLeader = now.leader() == before.leader() || now.leaderEpoch() > before.leaderEpoch();
        Violation.unless(sameLeader, "%s: another leader in the same epoch, %s and %s", name, before, now);
        boolean additionOnly =
                now.leaderEpoch() == before.leaderEpoch() || now.leader() != before.leader() || mayRaise(before, now);
        Violation.unless(additionOnly, "%s: the leader epoch rose for nothing, %s and %s", name, before, now);
        world.note("partition", now.leader(), now.leaderEpoch(), now.partitionEpoch(), now.isr().length);
    }

    /** The same leader gets a new epoch only when a replica was removed, or when it went and came between two images. */
    private static boolean mayRaise(PartitionRegistration before, PartitionRegistration now) {
        Set<Integer> gone = setOf(before.replicas());
        gone.removeAll(setOf(now.replicas()));
        return !gone.isEmpty() || now.partitionEpoch() > before.partitionEpoch() + 1;
    }

    private static void rules(MetadataImage image, String name, PartitionRegistration partition) {
        Map<Integer, BrokerRegistration> brokers = image.cluster().brokers();
        if (partition.hasLeader()) {
            BrokerRegistration leader = brokers.get(partition.leader());
            Violation.unless(
                    leader != null && !leader.fenced(),
                    "%s is led by a fenced broker: %s, %s",
                    name,
                    partition,
                    leader);
            Violation.unless(
                    partition.isInSync(partition.leader()), "%s: the leader is not in sync: %s", name, partition);
        }
        for (int id : partition.isr()) {
            BrokerRegistration broker = brokers.get(id);
            Violation.unless(
                    broker != null && !broker.fenced(),
                    "%s has a fenced replica in sync: %s, %s",
                    name,
                    partition,
                    broker);
            Violation.unless(partition.isReplica(id), "%s has a stranger in sync: %s", name, partition);
        }
        for (int id : partition.elr()) {
            Violation.unless(
                    !partition.isInSync(id) && partition.isReplica(id),
                    "%s: replica %d is eligible and in sync, or no replica: %s",
                    name,
                    id,
                    partition);
        }
    }

    /** A leader acts on this, since a controller answered so. */
    void claims(PartitionKey partition, int partitionEpoch, List<Integer> isr) {
        Version version = new Version(partition, partitionEpoch);
        if (!claimed.containsKey(version)) {
            claimed.put(version, new TreeSet<>(isr));
            compareClaim(version);
        }
    }

    private void compareClaim(Version version) {
        Set<Integer> told = claimed.get(version);
        Set<Integer> committed = inSync.get(version);
        Violation.unless(
                told == null || committed == null || told.equals(committed),
                "a leader was told in-sync replicas %s at %s, committed is %s",
                told,
                version,
                committed);
    }

    /** What all processes have must be one. */
    void compareNow(List<? extends Source> nodes) {
        List<MetadataImage> now = new ArrayList<>();
        for (Source node : nodes) {
            MetadataMember member = node.member();
            if (member != null) {
                now.add(member.image());
            }
        }
        for (MetadataImage image : now) {
            MetadataImage same = images.get(image.provenance().offset());
            compared++;
            Violation.unless(
                    same == null || image.sameContents(same),
                    "images of offset %d differ",
                    image.provenance().offset());
        }
    }

    static Set<Integer> setOf(int[] ids) {
        Set<Integer> set = new TreeSet<>();
        Arrays.stream(ids).forEach(set::add);
        return set;
    }
}
