package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;

import io.milena.compare.Batches;
import io.milena.compare.Interview;
import java.util.LinkedHashMap;
import java.util.Map;

/** Good and spoilt batches to topics of different kinds, and what can be read of them afterwards. */
final class ProducedBatches implements Script {
    private static final Map<String, String> TOPICS = Map.of(
            "kept", "[]",
            "compacted", "[{name: 'cleanup.policy', value: 'compact'}]",
            "stamped", "[{name: 'message.timestamp.type', value: 'LogAppendTime'}]",
            "bounded",
                    "[{name: 'message.timestamp.after.max.ms', value: '3600000'}, {name: 'message.timestamp.before.max.ms', value: '3600000'}]",
            "small", "[{name: 'max.message.bytes', value: '400'}]",
            "recompressed", "[{name: 'compression.type', value: 'gzip'}]");

    @Override
    public void ask(Interview ask) {
        ask.about("batches");
        ask.ignore("baseOffset");
        batches(ask);
        ask.ignore();
    }

    private static void batches(Interview ask) {
        Map<String, byte[]> batches = new LinkedHashMap<>(SpoiltBatches.all(System.currentTimeMillis()));
        batches.forEach((name, bytes) -> ask.know("batch " + name, Batches.field(bytes)));
        TOPICS.keySet().stream().sorted().forEach(topic -> ask.topic(topic, 1, TOPICS.getOrDefault(topic, "[]")));
        for (String topic : TOPICS.keySet().stream().sorted().toList()) {
            for (String batch : batches.keySet()) {
                ask.ask(batch + " to " + topic, PRODUCE, PRODUCE.latestVersion(), produce(topic, batch));
            }
            for (long timestamp : new long[] {-1, -2, -3, -4, 0}) {
                ask.ask(
                        topic + " by time " + timestamp,
                        LIST_OFFSETS,
                        9,
                        "{topics: [{name: '" + topic + "', partitions: [{partitionIndex: 0, timestamp: " + timestamp
                                + "}]}]}");
            }
            ask.ask(
                    topic + " read back",
                    FETCH,
                    13,
                    "{maxBytes: 10000000, topics: [{topicId: '${" + topic
                            + "Id}', partitions: [{partition: 0, partitionMaxBytes: 10000000}]}]}");
        }
        ask.topic("versions", 1, "[]");
        for (int version : PRODUCE.allVersions()) {
            for (String batch : batches.keySet()) {
                ask.ask(batch, PRODUCE, version, produce("versions", batch));
            }
        }
    }

    private static String produce(String topic, String batch) {
        return "{acks: -1, timeoutMs: 10000, topicData: [{name: '" + topic + "', topicId: '${" + topic
                + "Id}', partitionData: [{index: 0, records: '${batch " + batch + "}'}]}]}";
    }
}
