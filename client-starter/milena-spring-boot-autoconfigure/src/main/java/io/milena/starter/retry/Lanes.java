package io.milena.starter.retry;

import io.milena.starter.event.Fitting;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The name of what must keep its order within a topic: the key, or the event by itself if it has none. */
final class Lanes {

    private static final int LONGEST = 200;

    private Lanes() {}

    static String of(ConsumerRecord<?, ?> record, String eventId) {
        Object key = record.key();
        return key == null ? alone(eventId) : fitting(key.toString());
    }

    /** A lane of its own for an event that waits for nobody. */
    static String alone(String eventId) {
        return fitting("\u2205 " + eventId);
    }

    /** The lane of events that nobody can read: those of one key keep their order among themselves, and hold up no others. */
    static String unreadable(ConsumerRecord<?, ?> record, String eventId) {
        Object key = record.key();
        return key == null ? alone(eventId) : fitting("\u2717 " + key);
    }

    private static String fitting(String name) {
        return Fitting.of(name, LONGEST);
    }
}
