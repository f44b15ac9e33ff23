package io.milena.broker.offsets;

import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.records.OffsetAndEpoch;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** OffsetForLeaderEpoch (23): where a leader epoch ended, for consumers that check for truncation (KIP-320). */
public final class OffsetForLeaderEpochHandler implements ApiHandler<OffsetForLeaderEpochRequestData> {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetForLeaderEpochHandler.class);

    private final PartitionRegistry registry;
    private final ImageLookup image;

    public OffsetForLeaderEpochHandler(PartitionRegistry registry, ImageLookup image) {
        this.registry = registry;
        this.image = image;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.OFFSET_FOR_LEADER_EPOCH;
    }

    @Override
    public void handle(Exchange<OffsetForLeaderEpochRequestData> exchange) {
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData()
                .setTopics(new OffsetForLeaderTopicResultCollection(
                        exchange.request().topics().size() + 1));
        for (OffsetForLeaderTopic topic : exchange.request().topics()) {
            List<EpochEndOffset> answers = new ArrayList<>(topic.partitions().size());
            for (OffsetForLeaderPartition asked : topic.partitions()) {
                answers.add(answer(topic.topic(), asked).setPartition(asked.partition()));
            }
            response.topics()
                    .add(new OffsetForLeaderTopicResult()
                            .setTopic(topic.topic())
                            .setPartitions(answers));
        }
        exchange.respond(response);
    }

    private EpochEndOffset answer(String topic, OffsetForLeaderPartition asked) {
        Partition partition = registry.find(topic, asked.partition());
        if (partition == null) {
            return new EpochEndOffset()
                    .setErrorCode(image.missing(topic, asked.partition()).code());
        }
        Errors refusal = partition.check(asked.currentLeaderEpoch(), true);
        if (refusal != Errors.NONE) {
            return new EpochEndOffset().setErrorCode(refusal.code());
        }
        try {
            OffsetAndEpoch end = partition.endOffsetForEpoch(asked.leaderEpoch());
            return new EpochEndOffset().setLeaderEpoch(end.epoch()).setEndOffset(end.offset());
        } catch (RuntimeException e) {
            if (!(e instanceof ApiException)) {
                LOG.error("Cannot find the end of leader epoch {} in {}", asked.leaderEpoch(), partition, e);
            }
            return new EpochEndOffset().setErrorCode(Errors.forException(e).code());
        }
    }
}
