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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the registry follow the metadata: hosts, leads, follows and leaves partitions as the newest image says.
 *
 * <p>It begins with the whole of an image that holds this broker's registration of this start (see {@link FirstImage}): following
 * older ones would delete logs that are in use.
 */
public final class ImageFollower implements MetadataPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFollower.class);

    private static final int MOST_SUPPRESSED = 3;

    private final PartitionRegistry registry;
    private final Uuid incarnationId;
    private boolean following;
    private volatile long followedOffset = -1;
    /** What one pass could not do; those partitions keep no others from being followed. */
    private final List<RuntimeException> failures = new ArrayList<>();

    /** @param incarnationId of this start, as sent in the broker's registration */
    public ImageFollower(PartitionRegistry registry, Uuid incarnationId) {
        this.registry = registry;
        this.incarnationId = incarnationId;
    }

    /**
     * Makes the partitions follow {@code image}.
     *
     * @throws IllegalStateException if some could not; all others do, and the same delta, or one from the same base to a later
     *     image, may be published again
     */
    @Override
    public void publish(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
        failures.clear();
        if (following) {
            delta.configsDelta().ifPresent(this::follow);
            delta.topicsDelta().ifPresent(topics -> follow(topics, image));
            attempt(registry::retellRoles);
        } else if (FirstImage.isRegistered(image, registry.brokerId(), incarnationId)) {
            begin(image);
            attempt(registry::retellRoles);
            following = failures.isEmpty();
        }
        if (!failures.isEmpty()) {
            IllegalStateException all = new IllegalStateException(
                    failures.size() + " of this broker's partitions or listeners cannot follow the metadata",
                    failures.get(0));
            failures.stream().skip(1).limit(MOST_SUPPRESSED).forEach(all::addSuppressed);
            throw all;
        }
        followedOffset = image.provenance().offset();
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    /** Whether partitions are hosted yet; metadata thread. */
    public boolean isFollowing() {
        return following;
    }

    /** Offset of the last image that all partitions follow, -1 before the first; any thread. */
    public long followedOffset() {
        return followedOffset;
    }

    private void begin(MetadataImage image) {
        registry.settings().changedAll();
        for (TopicImage topic : image.topics().topics()) {
            topic.forEachPartition((partition, index) -> attempt(() -> assign(topic, index, partition)));
        }
        if (failures.isEmpty()) {
            registry.setAsideStrays();
        }
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
            attempt(() -> registry.removeTopic(deleted));
        }
        for (TopicDelta changed : topics.changedTopics().values()) {
            TopicImage topic = image.topics().topicOrNull(changed.id());
            if (topic != null) {
                changed.partitionChanges()
                        .forEach((index, partition) -> attempt(() -> assign(topic, index, partition)));
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
