package io.milena.broker.offsets;

import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.log.ActiveProducer;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** DescribeProducers (61): the producers a partition's log knows, of a leader and of a follower alike (KIP-664). */
public final class DescribeProducersHandler implements ApiHandler<DescribeProducersRequestData> {
    private final PartitionRegistry registry;
    private final ImageLookup image;

    public DescribeProducersHandler(PartitionRegistry registry, ImageLookup image) {
        this.registry = registry;
        this.image = image;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_PRODUCERS;
    }

    @Override
    public void handle(Exchange<DescribeProducersRequestData> exchange) {
        List<TopicResponse> topics = new ArrayList<>();
        for (TopicRequest topic : exchange.request().topics()) {
            List<PartitionResponse> answers = new ArrayList<>();
            for (int index : topic.partitionIndexes()) {
                answers.add(answer(topic.name(), index).setPartitionIndex(index));
            }
            topics.add(new TopicResponse().setName(topic.name()).setPartitions(answers));
        }
        exchange.respond(new DescribeProducersResponseData().setTopics(topics));
    }

    private PartitionResponse answer(String topic, int index) {
        if (!Topic.isValid(topic)) {
            return failed(Errors.INVALID_TOPIC_EXCEPTION, "Topic name is not valid: " + topic);
        }
        Partition partition = registry.find(topic, index);
        if (partition == null) {
            Errors missing = image.missing(topic, index);
            // As with Apache Kafka, a partition that a topic does not have needs no words.
            return failed(missing, image.hasTopic(topic) ? null : missing.message());
        }
        try {
            List<ProducerState> producers = new ArrayList<>();
            for (ActiveProducer producer : partition.log().activeProducers()) {
                producers.add(new ProducerState()
                        .setProducerId(producer.producerId())
                        .setProducerEpoch(producer.producerEpoch())
                        .setLastSequence(producer.lastSequence())
                        .setLastTimestamp(producer.lastTimestampMs())
                        .setCoordinatorEpoch(producer.coordinatorEpoch())
                        .setCurrentTxnStartOffset(
                                producer.currentTransactionStartOffset().orElse(-1)));
            }
            return new PartitionResponse().setActiveProducers(producers);
        } catch (RuntimeException e) {
            return failed(Errors.forException(e), e.getMessage());
        }
    }

    private static PartitionResponse failed(Errors error, @Nullable String message) {
        return new PartitionResponse().setErrorCode(error.code()).setErrorMessage(message);
    }
}
