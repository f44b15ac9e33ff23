package io.milena.broker.control;

import io.milena.metadata.MetadataImage;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.TopicImage;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.Collection;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** DescribeTopicPartitions (75, KIP-966): partitions with ELR, page by page in the order of topic names. */
public final class DescribeTopicPartitionsHandler implements ApiHandler<DescribeTopicPartitionsRequestData> {
    private final Supplier<MetadataImage> image;
    private final int maxPartitions;

    /** @param maxPartitions {@code max.request.partition.size.limit} */
    public DescribeTopicPartitionsHandler(Supplier<MetadataImage> image, int maxPartitions) {
        this.image = image;
        this.maxPartitions = maxPartitions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
    }

    @Override
    public void handle(Exchange<DescribeTopicPartitionsRequestData> exchange) {
        DescribeTopicPartitionsRequestData request = exchange.request();
        DescribeTopicPartitionsRequestData.Cursor cursor = request.cursor();
        if (cursor != null && cursor.partitionIndex() < 0) {
            throw new InvalidRequestException(
                    "DescribeTopicPartitionsRequest cursor partition must be valid: " + cursor);
        }
        ClusterView view = new ClusterView(image.get(), exchange.listener());
        TreeSet<String> names = names(request, view.image());
        if (cursor != null && !request.topics().isEmpty() && !names.contains(cursor.topicName())) {
            throw new InvalidRequestException(
                    "DescribeTopicPartitionsRequest topic list should contain the cursor topic: " + cursor.topicName());
        }
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        int room = Math.max(1, Math.min(maxPartitions, request.responsePartitionLimit()));
        for (String name : cursor == null ? names : names.tailSet(cursor.topicName())) {
            int first = cursor != null && cursor.topicName().equals(name) ? cursor.partitionIndex() : 0;
            if (room == 0) {
                response.setNextCursor(cursorAt(name, first));
                break;
            }
            int taken = addTopic(response, name, first, room, view);
            room -= taken;
            if (response.nextCursor() != null) {
                break;
            }
        }
        exchange.respond(response);
    }

    private static TreeSet<String> names(DescribeTopicPartitionsRequestData request, MetadataImage image) {
        TreeSet<String> names = new TreeSet<>();
        if (request.topics().isEmpty()) {
            names.addAll(topicNames(image));
        } else {
            request.topics().forEach(topic -> names.add(topic.name()));
        }
        return names;
    }

    private static Collection<String> topicNames(MetadataImage image) {
        return image.topics().byName().keySet();
    }

    private static int addTopic(
            DescribeTopicPartitionsResponseData response, String name, int first, int room, ClusterView view) {
        DescribeTopicPartitionsResponseTopic answer = new DescribeTopicPartitionsResponseTopic()
                .setName(name)
                .setIsInternal(Topic.isInternal(name))
                .setTopicAuthorizedOperations(AuthorizedOperations.ALL_ON_TOPIC);
        response.topics().add(answer);
        TopicImage topic = view.image().topics().topicOrNull(name);
        if (topic == null) {
            answer.setErrorCode(missingError(name).code());
            return 0;
        }
        answer.setTopicId(topic.id());
        int taken = 0;
        int index = first;
        for (; index < topic.partitionCount() && taken < room; index++) {
            PartitionRegistration partition = topic.partitionOrNull(index);
            if (partition != null) {
                answer.partitions().add(partition(index, partition, view));
                taken++;
            }
        }
        if (index < topic.partitionCount()) {
            response.setNextCursor(cursorAt(name, index));
        }
        return taken;
    }

    private static Errors missingError(String name) {
        try {
            Topic.validate(name);
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        } catch (InvalidTopicException invalid) {
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
    }

    private static DescribeTopicPartitionsResponseData.Cursor cursorAt(String topic, int partition) {
        return new DescribeTopicPartitionsResponseData.Cursor()
                .setTopicName(topic)
                .setPartitionIndex(partition);
    }

    private static DescribeTopicPartitionsResponsePartition partition(
            int index, PartitionRegistration partition, ClusterView view) {
        Errors error = view.leaderError(partition);
        return new DescribeTopicPartitionsResponsePartition()
                .setErrorCode(error.code())
                .setPartitionIndex(index)
                .setLeaderId(error == Errors.NONE ? partition.leader() : -1)
                .setLeaderEpoch(partition.leaderEpoch())
                .setReplicaNodes(ClusterView.ids(partition.replicas()))
                .setIsrNodes(ClusterView.ids(partition.isr()))
                .setEligibleLeaderReplicas(ClusterView.ids(partition.elr()))
                .setLastKnownElr(ClusterView.ids(partition.lastKnownElr()))
                .setOfflineReplicas(view.offlineReplicas(partition));
    }
}
