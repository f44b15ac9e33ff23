package io.milena.broker.fetch;

import org.apache.kafka.common.Uuid;

/**
 * A partition in a session's map.
 *
 * @param topic the name (String) for requests before version 13, the {@link Uuid} from 13 on
 * @param index the partition's number
 */
record PartitionKey(Object topic, int index) {
    static PartitionKey of(String topic, Uuid topicId, int index) {
        return new PartitionKey(Uuid.ZERO_UUID.equals(topicId) ? topic : topicId, index);
    }
}
