package io.milena.broker.offsets;

import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.broker.partition.ReadIsolation;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.OffsetNotAvailableException;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** ListOffsets (2): offsets by timestamp, and the special timestamps of {@link OffsetQuery}. */
public final class ListOffsetsHandler implements ApiHandler<ListOffsetsRequestData> {
    private static final short FIRST_WITH_LEADER_EPOCH = 4;
    private static final short FIRST_WITH_OFFSET_NOT_AVAILABLE = 5;
    private static final Logger LOG = LoggerFactory.getLogger(ListOffsetsHandler.class);

    private final PartitionRegistry registry;
    private final ImageLookup image;

    public ListOffsetsHandler(PartitionRegistry registry, ImageLookup image) {
        this.registry = registry;
        this.image = image;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LIST_OFFSETS;
    }

    @Override
    public void handle(Exchange<ListOffsetsRequestData> exchange) {
        ListOffsetsRequestData request = exchange.request();
        boolean readCommitted = ReadIsolation.isReadCommitted(request.isolationLevel());
        Set<TopicPartition> duplicates = duplicates(request);
        List<ListOffsetsTopicResponse> topics = new ArrayList<>(request.topics().size());
        Set<TopicPartition> refused = new HashSet<>();
        for (ListOffsetsTopic topic : request.topics()) {
            List<ListOffsetsPartitionResponse> answers =
                    new ArrayList<>(topic.partitions().size());
            for (ListOffsetsPartition partition : topic.partitions()) {
                TopicPartition id = new TopicPartition(topic.name(), partition.partitionIndex());
                if (!duplicates.contains(id)) {
                    answers.add(answer(request, readCommitted, topic.name(), partition, exchange.version()));
                } else if (refused.add(id)) {
                    answers.add(failed(partition, Errors.INVALID_REQUEST));
                }
            }
            if (!answers.isEmpty()) {
                topics.add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(answers));
            }
        }
        exchange.respond(new ListOffsetsResponseData().setTopics(topics));
    }

    private static Set<TopicPartition> duplicates(ListOffsetsRequestData request) {
        Set<TopicPartition> seen = new HashSet<>();
        Set<TopicPartition> duplicates = Set.of();
        for (ListOffsetsTopic topic : request.topics()) {
            for (ListOffsetsPartition partition : topic.partitions()) {
                TopicPartition id = new TopicPartition(topic.name(), partition.partitionIndex());
                if (!seen.add(id)) {
                    duplicates = duplicates.isEmpty() ? new HashSet<>() : duplicates;
                    duplicates.add(id);
                }
            }
        }
        return duplicates;
    }

    private ListOffsetsPartitionResponse answer(
            ListOffsetsRequestData request,
            boolean readCommitted,
            String topic,
            ListOffsetsPartition asked,
            short version) {
        OffsetQuery query = OffsetQuery.of(asked.timestamp());
        if (query == null || !query.knownTo(version)) {
            return failed(asked, Errors.UNSUPPORTED_VERSION);
        }
        Partition partition = registry.find(topic, asked.partitionIndex());
        if (partition == null) {
            return failed(asked, image.missing(topic, asked.partitionIndex()));
        }
        boolean onlyLeader = request.replicaId() != ListOffsetsRequest.DEBUGGING_REPLICA_ID;
        Errors refusal = partition.check(asked.currentLeaderEpoch(), onlyLeader);
        if (refusal != Errors.NONE) {
            return failed(asked, refusal);
        }
        try {
            OffsetQuery.Found found = query.ask(partition, asked.timestamp(), readCommitted, request.replicaId());
            return new ListOffsetsPartitionResponse()
                    .setPartitionIndex(asked.partitionIndex())
                    .setTimestamp(found.timestampMs())
                    .setOffset(found.offset())
                    .setLeaderEpoch(
                            version >= FIRST_WITH_LEADER_EPOCH
                                    ? found.leaderEpoch()
                                    : ListOffsetsResponse.UNKNOWN_EPOCH);
        } catch (OffsetNotAvailableException e) {
            return failed(
                    asked,
                    version >= FIRST_WITH_OFFSET_NOT_AVAILABLE
                            ? Errors.OFFSET_NOT_AVAILABLE
                            : Errors.LEADER_NOT_AVAILABLE);
        } catch (RuntimeException e) {
            if (!(e instanceof ApiException)) {
                LOG.error("Cannot list offsets of {}", partition, e);
            }
            return failed(asked, Errors.forException(e));
        }
    }

    private static ListOffsetsPartitionResponse failed(ListOffsetsPartition asked, Errors error) {
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(asked.partitionIndex())
                .setErrorCode(error.code())
                .setTimestamp(ListOffsetsResponse.UNKNOWN_TIMESTAMP)
                .setOffset(ListOffsetsResponse.UNKNOWN_OFFSET)
                .setLeaderEpoch(ListOffsetsResponse.UNKNOWN_EPOCH);
    }
}
