package io.milena.broker.partition;

import io.milena.broker.replication.core.ReplicaAssignment;
import io.milena.metadata.ConfigurationsDelta;
import io.milena.metadata.DirectoryIds;
import io.milena.metadata.LoadManifest;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataPublisher;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.TopicDelta;
import io.milena.metadata.TopicImage;
import io.milena.metadata.TopicsDelta;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the registry follow the metadata: hosts, leads, follows and leaves partitions as the newest image says.
 *
 * <p>It waits for the image that holds this broker's registration of this start, and begins with that image as a whole. Images
 * before it are the past: a topic in them may have been deleted, created anew or moved since, and following them would delete
 * logs that are in use.
 */
public final class ImageFollower implements MetadataPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFollower.class);

    private final PartitionRegistry registry;
    private final Uuid incarnationId;
    private boolean following;

    /** @param incarnationId of this start, as sent in the broker's registration */
    public ImageFollower(PartitionRegistry registry, Uuid incarnationId) {
        this.registry = registry;
        this.incarnationId = incarnationId;
    }

    @Override
    public void publish(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
        if (following) {
            delta.configsDelta().ifPresent(this::follow);
            delta.topicsDelta().ifPresent(topics -> follow(topics, image));
        } else if (registered(image)) {
            following = true;
            begin(image);
        }
    }

    /** Whether partitions are hosted yet; metadata thread. */
    public boolean isFollowing() {
        return following;
    }

    private boolean registered(MetadataImage image) {
        return image.cluster()
                .broker(registry.brokerId())
                .filter(broker -> broker.incarnationId().equals(incarnationId))
                .isPresent();
    }

    private void begin(MetadataImage image) {
        registry.settings().changedAll();
        for (TopicImage topic : image.topics().topics()) {
            topic.forEachPartition((partition, index) -> assign(topic, index, partition));
        }
        registry.setAsideStrays();
        LOG.debug("Follows the metadata from offset {} on", image.provenance().offset());
    }

    private void follow(ConfigurationsDelta configs) {
        String broker = Integer.toString(registry.brokerId());
        for (ConfigResource resource : configs.changes().keySet()) {
            if (resource.type() == ConfigResource.Type.TOPIC) {
                registry.settings().changed(resource.name());
                registry.reconsider(resource.name());
            } else if (resource.type() == ConfigResource.Type.BROKER
                    && (resource.isDefault() || resource.name().equals(broker))) {
                registry.settings().changedAll();
                registry.reconsiderAll();
            }
        }
    }

    private void follow(TopicsDelta topics, MetadataImage image) {
        for (Uuid deleted : topics.deletedTopicIds()) {
            registry.removeTopic(deleted);
        }
        for (TopicDelta changed : topics.changedTopics().values()) {
            TopicImage topic = image.topics().topicOrNull(changed.id());
            if (topic != null) {
                changed.partitionChanges().forEach((index, partition) -> assign(topic, index, partition));
            }
        }
    }

    private void assign(TopicImage topic, int index, PartitionRegistration partition) {
        if (!partition.isReplica(registry.brokerId())) {
            registry.remove(topic.id(), index);
            return;
        }
        ReplicaAssignment assignment = new ReplicaAssignment(
                partition.leader(),
                partition.leaderEpoch(),
                partition.partitionEpoch(),
                list(partition.replicas()),
                list(partition.isr()));
        registry.assign(topic.name(), topic.id(), topic.partitionCount(), index, assignment, directory(partition));
    }

    private Uuid directory(PartitionRegistration partition) {
        for (int i = 0; i < partition.directories().length; i++) {
            if (partition.replicas()[i] == registry.brokerId()) {
                return partition.directories()[i];
            }
        }
        return DirectoryIds.UNASSIGNED;
    }

    private static List<Integer> list(int[] ids) {
        return ids.length == 1 ? List.of(ids[0]) : Arrays.stream(ids).boxed().toList();
    }
}
