package io.milena.broker.offsets;

import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.LoopTimer;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResultCollection;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DeleteRecords (21): raises log start offsets, up to the high watermark. Answers when all live replicas have followed, which
 * with a single replica is at once ({@link LowWatermarkWait}).
 */
public final class DeleteRecordsHandler implements ApiHandler<DeleteRecordsRequestData> {
    private static final Logger LOG = LoggerFactory.getLogger(DeleteRecordsHandler.class);

    /** In a request: delete everything below the high watermark. */
    private static final long HIGH_WATERMARK = -1;

    private final PartitionRegistry registry;
    private final ImageLookup image;
    private final LoopTimer timer;

    public DeleteRecordsHandler(PartitionRegistry registry, ImageLookup image, LoopTimer timer) {
        this.registry = registry;
        this.image = image;
        this.timer = timer;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DELETE_RECORDS;
    }

    @Override
    public boolean needsEventLoop() {
        return true;
    }

    @Override
    public void handle(Exchange<DeleteRecordsRequestData> exchange) {
        DeleteRecordsResponseData response = new DeleteRecordsResponseData()
                .setTopics(new DeleteRecordsTopicResultCollection(
                        exchange.request().topics().size() + 1));
        LowWatermarkWait wait = new LowWatermarkWait(exchange, response);
        wanted(exchange.request()).forEach((topic, partitions) -> {
            DeleteRecordsTopicResult answers = new DeleteRecordsTopicResult()
                    .setName(topic)
                    .setPartitions(new DeleteRecordsPartitionResultCollection(partitions.size() + 1));
            response.topics().add(answers);
            for (DeleteRecordsPartition asked : partitions.values()) {
                DeleteRecordsPartitionResult answer =
                        new DeleteRecordsPartitionResult().setPartitionIndex(asked.partitionIndex());
                answers.partitions().add(answer);
                delete(topic, asked, answer, wait);
            }
        });
        wait.start(timer, exchange.request().timeoutMs());
    }

    /** By topic and partition; as in Kafka, the last of several wishes for one partition counts. */
    private static Map<String, Map<Integer, DeleteRecordsPartition>> wanted(DeleteRecordsRequestData request) {
        Map<String, Map<Integer, DeleteRecordsPartition>> wanted = new LinkedHashMap<>();
        for (DeleteRecordsTopic topic : request.topics()) {
            for (DeleteRecordsPartition asked : topic.partitions()) {
                wanted.computeIfAbsent(topic.name(), any -> new LinkedHashMap<>())
                        .put(asked.partitionIndex(), asked);
            }
        }
        return wanted;
    }

    private void delete(
            String topic, DeleteRecordsPartition asked, DeleteRecordsPartitionResult answer, LowWatermarkWait wait) {
        Partition partition = registry.find(topic, asked.partitionIndex());
        if (partition == null) {
            fail(answer, image.missing(topic, asked.partitionIndex()));
            return;
        }
        if (partition.isInternal()) {
            fail(answer, Errors.INVALID_TOPIC_EXCEPTION);
            return;
        }
        if (!partition.isLeader()) {
            fail(answer, Errors.NOT_LEADER_OR_FOLLOWER);
            return;
        }
        try {
            if (!partition.log().config().retention().enabled()) {
                fail(answer, Errors.POLICY_VIOLATION);
                return;
            }
            if (asked.offset() < HIGH_WATERMARK) {
                fail(answer, Errors.OFFSET_OUT_OF_RANGE);
                return;
            }
            long start = partition.deleteRecordsBefore(asked.offset());
            wait.add(partition, start, answer);
        } catch (RuntimeException e) {
            if (!(e instanceof ApiException)) {
                LOG.error("Cannot delete records before {} in {}", asked.offset(), partition, e);
            }
            fail(answer, Errors.forException(e));
        }
    }

    static void fail(DeleteRecordsPartitionResult answer, Errors error) {
        answer.setErrorCode(error.code()).setLowWatermark(DeleteRecordsResponse.INVALID_LOW_WATERMARK);
    }
}
