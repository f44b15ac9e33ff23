package io.milena.broker.node;

import io.milena.broker.partition.LeadershipListener;
import io.milena.broker.partition.Partition;
import io.milena.coordinator.group.GroupCoordinator;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.TopicImage;
import io.milena.metadata.TopicsDelta;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** Tells the group coordinator which partitions of its topic this broker leads, and which topics are gone. */
final class GroupGlue implements LeadershipListener {
    private final GroupCoordinator groups;

    GroupGlue(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public void onElected(Partition partition, int leaderEpoch) {
        if (partition.topic().equals(GroupCoordinator.OFFSETS_TOPIC)) {
            groups.onElection(partition.index(), leaderEpoch);
        }
    }

    @Override
    public void onResigned(Partition partition, int leaderEpoch) {
        if (partition.topic().equals(GroupCoordinator.OFFSETS_TOPIC)) {
            groups.onResignation(partition.index(), leaderEpoch);
        }
    }

    static void forgetDeleted(GroupCoordinator groups, MetadataImage before, TopicsDelta changes) {
        List<TopicPartition> gone = new ArrayList<>();
        for (Uuid id : changes.deletedTopicIds()) {
            TopicImage topic = before.topics().topicOrNull(id);
            if (topic != null) {
                topic.forEachPartition((partition, index) -> gone.add(new TopicPartition(topic.name(), index)));
            }
        }
        if (!gone.isEmpty()) {
            groups.onPartitionsDeleted(gone);
        }
    }
}
