package io.milena.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.PartitionRecord;
import io.milena.records.metadata.RemoveTopicRecord;
import io.milena.records.metadata.TopicRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** A change costs what it changes, not what there is. */
class LargeClusterTest {
    private static final int TOPICS = 2_000;
    private static final int PARTITIONS = 50;

    @Test
    void oneChangeSharesEverythingElse() {
        MetadataImage before = cluster();
        TopicImage changed = before.topics().topic("topic-7").orElseThrow();
        MetadataDelta delta = new MetadataDelta(before);
        delta.replay(new VersionedRecord(
                new PartitionChangeRecord()
                        .setTopicId(changed.id())
                        .setPartitionId(3)
                        .setLeader(2),
                2));
        MetadataImage after = delta.apply(new MetadataProvenance(1, 1, 1));

        assertThat(after.topics()
                        .topic("topic-7")
                        .orElseThrow()
                        .partition(3)
                        .orElseThrow()
                        .leader())
                .isEqualTo(2);
        assertThat(after.topics().topic("topic-7").orElseThrow().partitionOrNull(4))
                .isSameAs(changed.partitionOrNull(4));
        assertThat(after.topics().topicOrNull("topic-8"))
                .isSameAs(before.topics().topicOrNull("topic-8"));
        assertThat(changed.partition(3).orElseThrow().leader()).isEqualTo(1);
    }

    @Test
    void partitionsOfATopicLargerThanAChunkAreAllThere() {
        Uuid id = Uuid.randomUuid();
        MetadataDelta delta = new MetadataDelta(MetadataImage.EMPTY);
        topic(delta, "big", id, 1_000);
        TopicImage topic =
                delta.apply(MetadataProvenance.EMPTY).topics().topic(id).orElseThrow();
        assertThat(topic.partitionCount()).isEqualTo(1_000);
        assertThat(topic.partitions().keySet())
                .hasSize(1_000)
                .startsWith(0, 1, 2)
                .endsWith(998, 999);
        assertThat(topic.partition(1_000)).isEmpty();
        assertThat(topic.partition(-1)).isEmpty();
    }

    @Test
    void equalListsOfReplicasAndDirectoriesAreOneArray() {
        MetadataImage image = cluster();
        PartitionRegistration one = image.topics().partition("topic-1", 1).orElseThrow();
        PartitionRegistration other = image.topics().partition("topic-9", 8).orElseThrow();

        assertThat(other.replicas()).isSameAs(one.replicas());
        assertThat(other.isr()).isSameAs(one.replicas());
        assertThat(other.directories()).isSameAs(one.directories());
    }

    @Test
    void aTopicRemovedWithinADeltaTakesNoMorePartitionsAndItsSuccessorDoes() {
        MetadataDelta delta = new MetadataDelta(MetadataImage.EMPTY);
        Uuid removed = Uuid.randomUuid();
        Uuid successor = Uuid.randomUuid();
        topic(delta, "t", removed, 3);
        delta.replay(new VersionedRecord(new RemoveTopicRecord().setTopicId(removed), 0));

        assertThatThrownBy(() -> delta.replay(new VersionedRecord(
                        new PartitionChangeRecord()
                                .setTopicId(removed)
                                .setPartitionId(1)
                                .setLeader(2),
                        2)))
                .isInstanceOf(IllegalStateException.class);
        topic(delta, "t", successor, 2);

        TopicsImage topics = delta.apply(MetadataProvenance.EMPTY).topics();
        assertThat(topics.topic("t").orElseThrow().id()).isEqualTo(successor);
        assertThat(topics.topic("t").orElseThrow().partitionCount()).isEqualTo(2);
        assertThat(topics.topic(removed)).isEmpty();
    }

    private static MetadataImage cluster() {
        MetadataDelta delta = new MetadataDelta(MetadataImage.EMPTY);
        for (int t = 0; t < TOPICS; t++) {
            topic(delta, "topic-" + t, Uuid.randomUuid(), PARTITIONS);
        }
        return delta.apply(MetadataProvenance.EMPTY);
    }

    private static void topic(MetadataDelta delta, String name, Uuid id, int partitions) {
        delta.replay(new VersionedRecord(new TopicRecord().setName(name).setTopicId(id), 0));
        for (int p = 0; p < partitions; p++) {
            delta.replay(new VersionedRecord(
                    new PartitionRecord()
                            .setTopicId(id)
                            .setPartitionId(p)
                            .setReplicas(List.of(1, 2, 3))
                            .setIsr(List.of(1, 2, 3))
                            .setLeader(1)
                            .setDirectories(
                                    List.of(DirectoryIds.UNASSIGNED, DirectoryIds.UNASSIGNED, DirectoryIds.UNASSIGNED)),
                    2));
        }
    }
}
