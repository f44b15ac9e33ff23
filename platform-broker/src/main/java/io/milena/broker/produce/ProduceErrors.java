package io.milena.broker.produce;

import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.ImageLookup.Leader;
import io.milena.broker.partition.Partition;
import io.milena.log.RecordError;
import io.milena.log.RejectedRecords;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpoint;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.ProduceResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fills in what a producer is told when its records were not taken. Any thread. */
final class ProduceErrors {
    private static final Logger LOG = LoggerFactory.getLogger(ProduceErrors.class);
    private static final short FIRST_VERSION_WITH_LEADER = 10;

    /** Errors that say nothing about the batch: Kafka answers them without the log's start, too. */
    private static final Set<Errors> WITHOUT_LOG_START = EnumSet.of(
            Errors.UNKNOWN_TOPIC_OR_PARTITION,
            Errors.UNKNOWN_TOPIC_ID,
            Errors.NOT_LEADER_OR_FOLLOWER,
            Errors.MESSAGE_TOO_LARGE,
            Errors.RECORD_LIST_TOO_LARGE,
            Errors.CORRUPT_MESSAGE,
            Errors.KAFKA_STORAGE_ERROR);

    private final ImageLookup image;

    ProduceErrors(ImageLookup image) {
        this.image = image;
    }

    void fill(PartitionProduceResponse answer, Errors error, @Nullable String message) {
        answer.setErrorCode(error.code())
                .setErrorMessage(message)
                .setBaseOffset(ProduceResponse.INVALID_OFFSET)
                .setLogAppendTimeMs(RecordBatch.NO_TIMESTAMP)
                .setLogStartOffset(ProduceResponse.INVALID_OFFSET);
    }

    /** As Kafka, with a message only where single records are at fault. */
    void fill(
            PartitionProduceResponse answer,
            Partition partition,
            RuntimeException error,
            Exchange<ProduceRequestData> exchange) {
        Errors code = Errors.forException(error);
        if (!(error instanceof ApiException)) {
            LOG.error("Cannot append to partition {} for {}", partition, exchange.clientAddress(), error);
        }
        fill(answer, code, error instanceof RejectedRecords ? error.getMessage() : null);
        if (!WITHOUT_LOG_START.contains(code)) {
            answer.setLogStartOffset(partition.log().logStartOffset());
        }
        if (error instanceof RejectedRecords rejected) {
            List<BatchIndexAndErrorMessage> records = new ArrayList<>();
            for (RecordError record : rejected.recordErrors()) {
                records.add(new BatchIndexAndErrorMessage()
                        .setBatchIndex(record.batchIndex())
                        .setBatchIndexErrorMessage(record.message()));
            }
            answer.setRecordErrors(records);
        }
    }

    /** Says who leads instead (KIP-951). */
    void addLeader(
            ProduceResponseData response,
            PartitionProduceResponse answer,
            String topic,
            Uuid topicId,
            Exchange<ProduceRequestData> exchange) {
        if (exchange.version() < FIRST_VERSION_WITH_LEADER
                || answer.errorCode() != Errors.NOT_LEADER_OR_FOLLOWER.code()) {
            return;
        }
        Leader leader = topic.isEmpty() ? image.leader(topicId, answer.index()) : image.leader(topic, answer.index());
        if (leader == null) {
            return;
        }
        answer.setCurrentLeader(new LeaderIdAndEpoch().setLeaderId(leader.id()).setLeaderEpoch(leader.epoch()));
        Node node = image.node(leader.id(), exchange.listener());
        if (node != null && response.nodeEndpoints().find(node.id()) == null) {
            response.nodeEndpoints()
                    .add(new NodeEndpoint()
                            .setNodeId(node.id())
                            .setHost(node.host())
                            .setPort(node.port())
                            .setRack(node.rack()));
        }
    }
}
