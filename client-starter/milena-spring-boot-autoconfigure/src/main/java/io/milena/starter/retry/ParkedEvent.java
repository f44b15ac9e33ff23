package io.milena.starter.retry;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * An event that waits for its next attempt.
 *
 * @param consumer the group that could not handle it
 * @param attempts made so far that count
 * @param contentions attempts that ended in a lock or a time-out and do not
 * @param givenUp its next station is the dead letters
 * @param failure what the last attempt came to, null if there was none
 */
public record ParkedEvent(
        long id,
        String consumer,
        String lane,
        ConsumerRecord<@Nullable String, byte @Nullable []> record,
        int attempts,
        int contentions,
        boolean givenUp,
        @Nullable Failure failure) {

    ParkedEvent failed(Failure next, boolean last) {
        return new ParkedEvent(id, consumer, lane, record, attempts + 1, contentions, last, next);
    }

    Subscription subscription() {
        return new Subscription(consumer, record.topic());
    }

    /** How it is named in logs. */
    public String name() {
        return StoredRecord.eventId(record) + " (" + record.topic() + "-" + record.partition() + "@" + record.offset()
                + ", key " + record.key() + ", group " + consumer + ")";
    }
}
