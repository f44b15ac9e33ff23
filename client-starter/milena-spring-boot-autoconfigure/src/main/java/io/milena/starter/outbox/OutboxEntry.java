package io.milena.starter.outbox;

import io.milena.starter.event.EventInfo;

/** One stored event that waits to be published. */
record OutboxEntry(long id, String topic, String key, EventInfo info, String payload) {

    Lane lane() {
        return new Lane(topic, key);
    }

    /** What must keep its order: the events of one key in one topic. */
    record Lane(String topic, String key) {}
}
