package io.milena.broker.control;

import io.milena.broker.partition.ImageLookup;
import io.milena.coordinator.group.consumer.TopicPatterns;
import io.milena.coordinator.group.consumer.TopicsView;
import io.milena.coordinator.runtime.CoordinatorView;
import io.milena.metadata.BrokerRegistration;
import io.milena.metadata.Features;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.TopicImage;
import io.milena.metadata.TopicsImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What the data plane and the coordinators ask of the newest image; any thread. */
public final class ImageView implements ImageLookup, CoordinatorView, TopicsView {
    private final Supplier<MetadataImage> image;
    private final TopicPatterns patterns;

    public ImageView(Supplier<MetadataImage> image, TopicPatterns patterns) {
        this.image = image;
        this.patterns = patterns;
    }

    @Override
    public boolean hasTopic(String topic) {
        return find(topic) != null;
    }

    @Override
    public boolean hasTopic(Uuid topicId) {
        return find(topicId) != null;
    }

    @Override
    public Errors missing(String topic, int index) {
        return missing(find(topic), index, Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Override
    public Errors missing(Uuid topicId, int index) {
        return missing(find(topicId), index, Errors.UNKNOWN_TOPIC_ID);
    }

    private static Errors missing(@Nullable TopicImage topic, int index, Errors unknownTopic) {
        if (topic == null) {
            return unknownTopic;
        }
        return topic.partitionOrNull(index) == null ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.NOT_LEADER_OR_FOLLOWER;
    }

    @Override
    public @Nullable Leader leader(String topic, int index) {
        return leader(find(topic), index);
    }

    @Override
    public @Nullable Leader leader(Uuid topicId, int index) {
        return leader(find(topicId), index);
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

    @Override
    public int partitionCount(String topic) {
        TopicImage found = find(topic);
        return found == null ? 0 : found.partitionCount();
    }

    @Override
    public long version() {
        return image.get().provenance().offset() + (patterns.resolutions() << 48);
    }

    @Override
    public Set<String> topicsMatching(String regex) {
        TopicsImage topics = image.get().topics();
        return patterns.matching(regex, topics, () -> {
            List<String> names = new ArrayList<>();
            topics.topics().forEach(topic -> names.add(topic.name()));
            return names;
        });
    }

    @Override
    public Set<String> racksOf(Uuid topicId, int index) {
        TopicImage topic = find(topicId);
        PartitionRegistration partition = topic == null ? null : topic.partitionOrNull(index);
        Set<String> racks = new HashSet<>();
        if (partition != null) {
            for (int brokerId : partition.replicas()) {
                BrokerRegistration broker = image.get().cluster().brokers().get(brokerId);
                if (broker != null && broker.rack() != null) {
                    racks.add(broker.rack());
                }
            }
        }
        return racks;
    }

    @Override
    public @Nullable Uuid topicId(String topic) {
        TopicImage found = find(topic);
        return found == null ? null : found.id();
    }

    @Override
    public @Nullable String topicName(Uuid topicId) {
        TopicImage found = find(topicId);
        return found == null ? null : found.name();
    }

    @Override
    public Optional<Node> leader(String topic, int partition, String listener) {
        Leader leader = leader(topic, partition);
        return leader == null ? Optional.empty() : Optional.ofNullable(node(leader.id(), listener));
    }

    @Override
    public boolean consumerGroupsFinalized() {
        return image.get().features().level(Features.GROUP_VERSION) >= 1;
    }

    private @Nullable TopicImage find(String topic) {
        return image.get().topics().topicOrNull(topic);
    }

    private @Nullable TopicImage find(Uuid topicId) {
        return image.get().topics().topicOrNull(topicId);
    }
}
