package io.milena.broker.partition;

import io.milena.metadata.BrokerRegistration;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.TopicImage;
import java.util.function.Supplier;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers the handlers' questions from whatever image is the newest when they ask. */
public final class NewestImage implements ImageLookup {
    private final Supplier<MetadataImage> image;

    public NewestImage(Supplier<MetadataImage> image) {
        this.image = image;
    }

    @Override
    public boolean hasTopic(String topic) {
        return topic(topic) != null;
    }

    @Override
    public boolean hasTopic(Uuid topicId) {
        return topic(topicId) != null;
    }

    @Override
    public Errors missing(String topic, int index) {
        return missing(topic(topic), index, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Override
    public Errors missing(Uuid topicId, int index) {
        return missing(topic(topicId), index, Errors.UNKNOWN_TOPIC_ID);
    }

    private static Errors missing(@Nullable TopicImage topic, int index, Errors unknown) {
        if (topic == null) {
            return unknown;
        }
        return topic.partitionOrNull(index) == null ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.NOT_LEADER_OR_FOLLOWER;
    }

    @Override
    public @Nullable Leader leader(String topic, int index) {
        return leader(topic(topic), index);
    }

    @Override
    public @Nullable Leader leader(Uuid topicId, int index) {
        return leader(topic(topicId), index);
    }

    private static @Nullable Leader leader(@Nullable TopicImage topic, int index) {
        PartitionRegistration partition = topic == null ? null : topic.partitionOrNull(index);
        return partition == null ? null : new Leader(partition.leader(), partition.leaderEpoch());
    }

    @Override
    public @Nullable Node node(int brokerId, String listener) {
        BrokerRegistration broker = image.get().cluster().brokers().get(brokerId);
        return broker == null || broker.fenced() ? null : broker.node(listener).orElse(null);
    }

    private @Nullable TopicImage topic(String name) {
        return image.get().topics().topicOrNull(name);
    }

    private @Nullable TopicImage topic(Uuid id) {
        return image.get().topics().topicOrNull(id);
    }
}
