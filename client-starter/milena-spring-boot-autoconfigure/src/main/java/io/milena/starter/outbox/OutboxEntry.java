package io.milena.starter.outbox;

import io.milena.starter.event.EventInfo;
import java.util.Map;

/**
 * One stored event that waits to be published.
 *
 * @param headers what the record carries besides the envelope
 */
record OutboxEntry(long id, String topic, String key, EventInfo info, Map<String, String> headers, String payload) {

    Lane lane() {
        return new Lane(topic, key);
    }

    /** What must keep its order: the events of one key in one topic. */
    record Lane(String topic, String key) {}
}
