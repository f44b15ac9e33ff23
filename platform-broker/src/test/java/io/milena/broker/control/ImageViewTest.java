package io.milena.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.consumer.TopicPatterns;
import io.milena.metadata.DirectoryIds;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataProvenance;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.PartitionRecord;
import io.milena.records.metadata.RegisterBrokerRecord;
import io.milena.records.metadata.TopicRecord;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ImageViewTest {

    private static final Uuid ORDERS = new Uuid(1, 1);

    @Test
    void aPartitionIsInTheRacksOfItsReplicas() {
        // given
        MetadataDelta delta = new MetadataDelta(MetadataImage.EMPTY);
        for (int broker = 1; broker <= 3; broker++) {
            delta.replay(new VersionedRecord(
                    new RegisterBrokerRecord()
                            .setBrokerId(broker)
                            .setIncarnationId(new Uuid(7, broker))
                            .setRack(broker == 3 ? null : "rack" + broker),
                    3));
        }
        delta.replay(new VersionedRecord(new TopicRecord().setName("orders").setTopicId(ORDERS), 0));
        delta.replay(new VersionedRecord(
                new PartitionRecord()
                        .setTopicId(ORDERS)
                        .setPartitionId(0)
                        .setReplicas(List.of(1, 3))
                        .setIsr(List.of(1, 3))
                        .setLeader(1)
                        .setDirectories(List.of(DirectoryIds.UNASSIGNED, DirectoryIds.UNASSIGNED)),
                2));
        MetadataImage image = delta.apply(MetadataProvenance.EMPTY);

        // when
        ImageView view = new ImageView(() -> image, new TopicPatterns(Runnable::run));

        // then
        assertThat(view.racksOf(ORDERS, 0)).containsExactly("rack1");
        assertThat(view.racksOf(ORDERS, 1)).isEmpty();
        assertThat(view.racksOf(new Uuid(2, 2), 0)).isEmpty();
    }
}
