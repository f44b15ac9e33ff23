package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Utils;

/** Replaces the records in a fetch response, which JSON shows as an empty text, by what a consumer would read in them. */
final class RecordsInJson {
    private RecordsInJson() {}

    static JsonNode readable(JsonNode json, ApiMessage message) {
        if (message instanceof FetchResponseData fetched) {
            for (int topic = 0; topic < fetched.responses().size(); topic++) {
                var partitions = fetched.responses().get(topic).partitions();
                for (int i = 0; i < partitions.size(); i++) {
                    if (partitions.get(i).records() instanceof MemoryRecords records) {
                        ObjectNode partition = (ObjectNode) json.get("responses")
                                .get(topic)
                                .get("partitions")
                                .get(i);
                        partition.set("records", batches(records));
                    }
                }
            }
        }
        return json;
    }

    private static JsonNode batches(MemoryRecords records) {
        ArrayNode batches = Json.array();
        for (MutableRecordBatch batch : records.batches()) {
            ObjectNode node = batches.addObject()
                    .put("magic", batch.magic())
                    .put("baseOffset", batch.baseOffset())
                    .put("lastOffset", batch.lastOffset())
                    .put("codec", batch.compressionType().name)
                    .put("timestampType", batch.timestampType().name)
                    .put("maxTimestamp", batch.maxTimestamp())
                    .put("producerId", batch.producerId())
                    .put("baseSequence", batch.baseSequence())
                    .put("leaderEpoch", batch.partitionLeaderEpoch());
            ArrayNode list = node.putArray("records");
            try {
                for (Record record : batch) {
                    add(list, record);
                }
            } catch (RuntimeException e) {
                list.add("<unreadable>");
            }
        }
        return batches;
    }

    private static void add(ArrayNode list, Record record) {
        ObjectNode node = list.addObject()
                .put("offset", record.offset())
                .put("timestamp", record.timestamp())
                .put("key", record.hasKey() ? text(Utils.toArray(record.key())) : null)
                .put("value", record.hasValue() ? text(Utils.toArray(record.value())) : null);
        ArrayNode headers = node.putArray("headers");
        for (Header header : record.headers()) {
            headers.add(header.key() + "=" + (header.value() == null ? "null" : text(header.value())));
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
