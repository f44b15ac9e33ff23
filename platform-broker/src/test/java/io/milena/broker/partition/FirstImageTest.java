package io.milena.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.metadata.LoadManifest;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataProvenance;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.RegisterBrokerRecord;
import io.milena.records.metadata.TopicRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;

class FirstImageTest {
    private static final int SELF = 1;
    private static final Uuid BEFORE = new Uuid(3, 2);
    private static final Uuid NOW = new Uuid(3, 3);

    private final FirstImage first = new FirstImage(SELF, NOW);
    private MetadataImage image = MetadataImage.EMPTY;
    private long offset;

    private MetadataImage publish(ApiMessage record) {
        MetadataDelta delta = new MetadataDelta(image);
        delta.replay(new VersionedRecord(record, (short) 0));
        MetadataProvenance end = new MetadataProvenance(offset++, 1, 100);
        image = delta.apply(end);
        first.publish(delta, image, new LoadManifest(end, false, 1, 100, 0));
        return image;
    }

    private static RegisterBrokerRecord registration(int broker, Uuid incarnation) {
        return new RegisterBrokerRecord().setBrokerId(broker).setIncarnationId(incarnation);
    }

    private static TopicRecord topic(String name) {
        return new TopicRecord().setName(name).setTopicId(Uuid.randomUuid());
    }

    @Test
    void anImageOfThePastIsNotTheOneToBeginWith() {
        // when: what was committed before this start is replayed
        publish(topic("a"));
        publish(registration(SELF, BEFORE));
        publish(registration(2, NOW));

        // then
        assertThat(first.known()).isNotDone();
    }

    @Test
    void theFirstImageWithTheRegistrationOfThisStartIsKept() {
        // given
        publish(topic("a"));

        // when
        MetadataImage with = publish(registration(SELF, NOW));
        publish(topic("b"));

        // then
        assertThat(first.known()).isCompletedWithValue(with);
        assertThat(with.topics().size()).isEqualTo(1);
    }
}
