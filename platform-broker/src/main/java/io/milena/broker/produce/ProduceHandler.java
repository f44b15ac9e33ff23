package io.milena.broker.produce;

import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.LoopTimer;
import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionRegistry;
import io.milena.log.AppendInfo;
import io.milena.log.AppendOrigin;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponseCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * Produce (0): appends each partition's batch in request order, on the event loop that decoded it. With acks=1, or acks=all
 * where the high watermark has passed at once, the answer leaves right away; else {@link ReplicationWait} holds it.
 */
public final class ProduceHandler implements ApiHandler<ProduceRequestData> {
    private static final short FIRST_VERSION_BY_ID = 13;
    private static final short ACKS_ALL = -1;
    private static final short ACKS_NONE = 0;
    private static final short ACKS_LEADER = 1;

    private final PartitionRegistry registry;
    private final ImageLookup image;
    private final LoopTimer timer;
    private final ProduceErrors errors;
    private final AtomicInteger waiting = new AtomicInteger();

    public ProduceHandler(PartitionRegistry registry, ImageLookup image, LoopTimer timer) {
        this.registry = registry;
        this.image = image;
        this.timer = timer;
        this.errors = new ProduceErrors(image);
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.PRODUCE;
    }

    @Override
    public boolean needsEventLoop() {
        return true;
    }

    @Override
    public void handle(Exchange<ProduceRequestData> exchange) {
        ProduceRequestData request = onceEach(exchange.request());
        // With its size known it never grows: growing takes cubic time where a client names one topic again and again.
        ProduceResponseData response = new ProduceResponseData()
                .setResponses(
                        new TopicProduceResponseCollection(request.topicData().size() + 1));
        ReplicationWait wait = null;
        boolean failed = false;
        for (TopicProduceData topic : request.topicData()) {
            if (topic.partitionData().isEmpty()) {
                continue;
            }
            TopicProduceResponse answers =
                    new TopicProduceResponse().setName(topic.name()).setTopicId(topic.topicId());
            response.responses().add(answers);
            for (PartitionProduceData data : topic.partitionData()) {
                PartitionProduceResponse answer = new PartitionProduceResponse().setIndex(data.index());
                answers.partitionResponses().add(answer);
                Partition partition = find(topic, data.index(), exchange.version());
                AppendInfo awaited = produce(exchange, request, topic, partition, data, answer, response);
                failed |= answer.errorCode() != Errors.NONE.code();
                if (awaited != null && partition != null) {
                    wait = wait == null ? new ReplicationWait(exchange, response, errors, waiting) : wait;
                    wait.add(partition, awaited.leaderEpoch(), awaited.lastOffset() + 1, answer);
                }
            }
        }
        finish(exchange, request, response, wait, failed);
    }

    /** The request itself, or one with the last batch of each partition where several are named, as with Apache Kafka. */
    private static ProduceRequestData onceEach(ProduceRequestData request) {
        int named = 0;
        for (TopicProduceData topic : request.topicData()) {
            named += topic.partitionData().size();
        }
        if (named < 2) {
            return request;
        }
        Map<TopicProduceData, Map<Integer, PartitionProduceData>> last = new LinkedHashMap<>(2 * named);
        int distinct = 0;
        for (TopicProduceData topic : request.topicData()) {
            TopicProduceData name = new TopicProduceData().setName(topic.name()).setTopicId(topic.topicId());
            Map<Integer, PartitionProduceData> partitions = last.computeIfAbsent(name, any -> new LinkedHashMap<>());
            for (PartitionProduceData data : topic.partitionData()) {
                distinct += partitions.put(data.index(), data) == null ? 1 : 0;
            }
        }
        if (distinct == named) {
            return request;
        }
        ProduceRequestData once = request.duplicate();
        once.topicData().clear();
        last.forEach(
                (topic, partitions) -> once.topicData().add(topic.setPartitionData(List.copyOf(partitions.values()))));
        return once;
    }

    private void finish(
            Exchange<ProduceRequestData> exchange,
            ProduceRequestData request,
            ProduceResponseData response,
            @Nullable ReplicationWait wait,
            boolean failed) {
        if (wait != null) {
            wait.start(timer, request.timeoutMs());
        } else if (request.acks() != ACKS_NONE) {
            exchange.respond(response);
        } else {
            exchange.respondNothing();
            if (failed) {
                // The producer expects no answer. A closed connection is the only way to have it refresh its metadata.
                exchange.connection().close();
            }
        }
    }

    private @Nullable Partition find(TopicProduceData topic, int index, short version) {
        return version >= FIRST_VERSION_BY_ID
                ? registry.find(topic.topicId(), index)
                : registry.find(topic.name(), index);
    }

    /** Appends; the answer is filled in. Returns what must be committed before it may leave, null if nothing. */
    private @Nullable AppendInfo produce(
            Exchange<ProduceRequestData> exchange,
            ProduceRequestData request,
            TopicProduceData topic,
            @Nullable Partition partition,
            PartitionProduceData data,
            PartitionProduceResponse answer,
            ProduceResponseData response) {
        if (partition == null) {
            errors.fill(answer, missing(topic, data.index(), exchange.version()), null);
            errors.addLeader(response, answer, topic.name(), topic.topicId(), exchange);
            return null;
        }
        try {
            short acks = request.acks();
            if (acks != ACKS_ALL && acks != ACKS_LEADER && acks != ACKS_NONE) {
                errors.fill(answer, Errors.INVALID_REQUIRED_ACKS, null);
                partition.meter().produceFailed();
                return null;
            }
            MemoryRecords records;
            try {
                records = ProduceChecks.accept(partition, data, exchange);
            } catch (ApiException e) {
                errors.fill(
                        answer, Errors.forException(e), e instanceof CorruptRecordException ? e.getMessage() : null);
                partition.meter().produceFailed();
                return null;
            }
            AppendInfo info = partition.append(records, acks == ACKS_ALL, AppendOrigin.CLIENT);
            answer.setBaseOffset(info.firstOffset())
                    .setLogAppendTimeMs(info.logAppendTimeMs())
                    .setLogStartOffset(info.logStartOffset());
            partition.meter().produced(info.sizeInBytes(), info.recordCount());
            return acks == ACKS_ALL && !isCommitted(partition, info) ? info : null;
        } catch (RuntimeException e) {
            errors.fill(answer, partition, e, exchange);
            errors.addLeader(response, answer, partition.topic(), partition.topicId(), exchange);
            partition.meter().produceFailed();
            return null;
        }
    }

    private static boolean isCommitted(Partition partition, AppendInfo info) {
        return info.lastOffset() < 0
                || partition.acknowledgement(info.leaderEpoch(), info.lastOffset() + 1) == Errors.NONE;
    }

    private Errors missing(TopicProduceData topic, int index, short version) {
        if (version < FIRST_VERSION_BY_ID) {
            return image.missing(topic.name(), index);
        }
        return Uuid.ZERO_UUID.equals(topic.topicId()) ? Errors.UNKNOWN_TOPIC_ID : image.missing(topic.topicId(), index);
    }

    /** Produces that wait for their replicas at this moment. */
    public int waitingProduces() {
        return waiting.get();
    }
}
