package io.milena.broker.dataplane;

import io.milena.wire.testing.FakeExchange;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Sends produce requests to a {@link TestBroker}, past its sockets. */
final class ProduceClient {
    static final int BY_NAME = 12;
    static final int BY_ID = 13;

    private final TestBroker broker;

    ProduceClient(TestBroker broker) {
        this.broker = broker;
    }

    PartitionProduceResponse produce(int version, int acks, MemoryRecords records) {
        return produceTo("orders", broker.topicId("orders"), 0, version, acks, records);
    }

    PartitionProduceResponse produceTo(
            String topic, Uuid id, int partition, int version, int acks, MemoryRecords records) {
        FakeExchange<ProduceRequestData> exchange =
                new FakeExchange<>(request(topic, id, partition, acks, records), version);
        broker.handle(ApiKeys.PRODUCE, exchange);
        return answer(exchange);
    }

    static PartitionProduceResponse answer(FakeExchange<ProduceRequestData> exchange) {
        return exchange.response(ProduceResponseData.class)
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0);
    }

    static ProduceRequestData request(String topic, Uuid id, int partition, int acks, MemoryRecords records) {
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) acks).setTimeoutMs(30_000);
        request.topicData()
                .add(new TopicProduceData()
                        .setName(topic)
                        .setTopicId(id)
                        .setPartitionData(List.of(
                                new PartitionProduceData().setIndex(partition).setRecords(records))));
        return request;
    }

    static MemoryRecords batch(String... values) {
        return MemoryRecords.withRecords(Compression.NONE, records(values));
    }

    static MemoryRecords idempotent(int epoch, int sequence, String... values) {
        return MemoryRecords.withIdempotentRecords(Compression.NONE, 77L, (short) epoch, sequence, records(values));
    }

    private static SimpleRecord[] records(String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(System.currentTimeMillis(), values[i].getBytes());
        }
        return records;
    }

    static MemoryRecords two(MemoryRecords first, MemoryRecords second) {
        ByteBuffer both = ByteBuffer.allocate(first.sizeInBytes() + second.sizeInBytes());
        both.put(first.buffer()).put(second.buffer()).flip();
        return MemoryRecords.readableRecords(both);
    }

    static Errors error(PartitionProduceResponse answer) {
        return Errors.forCode(answer.errorCode());
    }
}
