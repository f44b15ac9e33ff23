package io.milena.broker.node;

import io.milena.broker.control.BrokerLifecycle;
import io.milena.broker.control.TopicCreator;
import io.milena.broker.partition.ImageFollower;
import io.milena.coordinator.group.GroupCoordinator;
import io.milena.metadata.LoadManifest;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataLoader;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The parts of a broker that act on new metadata. Each is a publisher of its own: one that fails is called again later and keeps
 * no other waiting. The partitions come first. What they follow is what this broker reports to the controller, so it is not
 * unfenced before it hosts what the metadata places on it (docs/adr/0150-replaying-and-publishing-are-apart.md).
 */
record MetadataFollowers(
        int brokerId,
        ImageFollower partitions,
        BrokerLifecycle lifecycle,
        TopicCreator topics,
        ReplicationRole replication,
        GroupCoordinator groups) {

    /** @param scheduler looks at followers again when brokers came or went */
    void follow(MetadataLoader metadata, ScheduledExecutorService scheduler) {
        metadata.addPublisher("hosted partitions", this::followPartitions);
        metadata.addPublisher("automatic topic creation", (delta, image, manifest) -> topics.onImage(image));
        metadata.addPublisher("replication", (delta, image, manifest) -> replicate(delta, image, scheduler));
        metadata.addPublisher("log directories", this::noteDirectories);
        metadata.addPublisher("groups", this::forgetDeletedTopics);
    }

    private void followPartitions(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
        partitions.publish(delta, image, manifest);
        lifecycle.onMetadataAdvanced();
    }

    private void replicate(MetadataDelta delta, MetadataImage image, ScheduledExecutorService scheduler) {
        if (delta.configsDelta().isPresent()) {
            replication.onConfigs(image.configs());
        }
        if (delta.clusterDelta().isPresent()) {
            replication.onClusterChanged(scheduler);
        }
    }

    private void noteDirectories(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
        if (delta.clusterDelta().isPresent()) {
            image.cluster().broker(brokerId).ifPresent(broker -> lifecycle.onLogDirsSeen(broker.directories()));
        }
    }

    private void forgetDeletedTopics(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
        delta.topicsDelta().ifPresent(changed -> GroupGlue.forgetDeleted(groups, delta.base(), changed));
    }
}
