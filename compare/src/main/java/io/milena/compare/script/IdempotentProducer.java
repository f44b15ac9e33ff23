package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_PRODUCERS;
import static org.apache.kafka.common.protocol.ApiKeys.INIT_PRODUCER_ID;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;

import io.milena.compare.Batches;
import io.milena.compare.Interview;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** The sequences of an idempotent producer: in order, again, out of order, with a new epoch, with an old one, over the end of the numbers. */
final class IdempotentProducer implements Script {
    private static final long PRODUCER = 424_242;

    @Override
    public void ask(Interview ask) {
        for (String kind : List.of("CreateTime", "LogAppendTime")) {
            ask.about("idempotent producer, " + kind);
            String topic = "idempotent-" + kind;
            ask.topic(topic, 1, "[{name: 'message.timestamp.type', value: '" + kind + "'}]");
            sequences(ask, topic, System.currentTimeMillis());
        }
        ids(ask);
    }

    private static void sequences(Interview ask, String topic, long nowMs) {
        send(ask, topic, nowMs, PRODUCER, 0, 0, 3);
        send(ask, topic, nowMs, PRODUCER, 0, 3, 2);
        send(ask, topic, nowMs, PRODUCER, 0, 3, 2);
        send(ask, topic, nowMs, PRODUCER, 0, 0, 3);
        send(ask, topic, nowMs, PRODUCER, 0, 0, 2);
        send(ask, topic, nowMs, PRODUCER, 0, 9, 1);
        send(ask, topic, nowMs, PRODUCER, 0, 4, 1);
        for (int i = 5; i < 11; i++) {
            send(ask, topic, nowMs, PRODUCER, 0, i, 1);
        }
        send(ask, topic, nowMs, PRODUCER, 0, 0, 3);
        send(ask, topic, nowMs, PRODUCER, 0, 6, 1);
        send(ask, topic, nowMs, PRODUCER, 1, 5, 1);
        send(ask, topic, nowMs, PRODUCER, 1, 0, 1);
        send(ask, topic, nowMs, PRODUCER, 0, 11, 1);
        send(ask, topic, nowMs, PRODUCER, 3, 0, 1);
        send(ask, topic, nowMs, PRODUCER + 1, 0, Integer.MAX_VALUE, 2);
        send(ask, topic, nowMs, PRODUCER + 1, 0, 1, 1);
        send(ask, topic, nowMs, PRODUCER + 2, 5, 77, 1);
        ask.ask(
                "producers of " + topic,
                DESCRIBE_PRODUCERS,
                0,
                "{topics: [{name: '" + topic
                        + "', partitionIndexes: [0, 1, -1]}, {name: 'nobody', partitionIndexes: [0]}, {name: '', partitionIndexes: [0]}]}");
    }

    private static void send(
            Interview ask, String topic, long nowMs, long producer, int epoch, int sequence, int count) {
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = new SimpleRecord(nowMs, new byte[] {'k'}, new byte[] {'v'});
        }
        ask.know(
                "batch",
                Batches.field(Batches.bytes(MemoryRecords.withIdempotentRecords(
                        Compression.NONE, producer, (short) epoch, sequence, records))));
        ask.ask(
                "producer " + producer + " epoch " + epoch + " sequences " + sequence + " on, " + count + " records",
                PRODUCE,
                11,
                "{acks: -1, timeoutMs: 10000, topicData: [{name: '" + topic
                        + "', partitionData: [{index: 0, records: '${batch}'}]}]}");
    }

    private static void ids(Interview ask) {
        ask.about("producer ids");
        for (int version : INIT_PRODUCER_ID.allVersions()) {
            String id = "{transactionalId: null, transactionTimeoutMs: 60000, producerId: %s, producerEpoch: %s}";
            ask.ask("new", INIT_PRODUCER_ID, version, String.format(id, "-1", "-1"));
            ask.ask("an id without an epoch", INIT_PRODUCER_ID, version, String.format(id, "5", "-1"));
            ask.ask("an epoch without an id", INIT_PRODUCER_ID, version, String.format(id, "-1", "5"));
            ask.ask("id and epoch", INIT_PRODUCER_ID, version, String.format(id, "5", "5"));
            ask.ask("no time-out", INIT_PRODUCER_ID, version, "{transactionalId: null, transactionTimeoutMs: 0}");
        }
    }
}
