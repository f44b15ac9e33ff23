package io.milena.starter.event;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * By what an event is recognised when it comes again: CloudEvents promises that source and id are unique together. An id that is a UUID is
 * unique by itself; a record without an id is recognised by its position and time, for positions begin anew on another cluster.
 *
 * @param key at most 255 characters
 * @param former how the same event may have been remembered by releases that knew it by its id alone, null if by the same key
 */
public record EventIdentity(String key, @Nullable Former former) {

    private static final int LONGEST = 255;
    private static final int UUID_LENGTH = 36;
    /** By which the clocks of a sender and of this service may differ. */
    private static final Duration SLACK = Duration.ofHours(1);

    /**
     * A key that may as well be another event's, of another source.
     *
     * @param since what was remembered earlier than this was another event: this one had not been sent yet
     */
    public record Former(String key, Instant since) {}

    public static EventIdentity of(ConsumerRecord<?, ?> record) {
        String id = EventHeaders.read(record.headers(), EventHeaders.ID);
        if (id == null || id.isBlank()) {
            String position = record.topic() + "-" + record.partition() + "@" + record.offset();
            return qualified(position + " of " + Math.max(0, record.timestamp()), position, record);
        }
        String name = name(id, EventHeaders.read(record.headers(), EventHeaders.SOURCE));
        return name.equals(id) ? new EventIdentity(Fitting.of(id, LONGEST), null) : qualified(name, id, record);
    }

    /** The key of an event with this id, for whoever looks into the tables. */
    public static String key(String id, @Nullable String source) {
        return Fitting.of(name(id, source), LONGEST);
    }

    private static String name(String id, @Nullable String source) {
        return source == null || source.isBlank() || isUuid(id) ? id : source + " " + id;
    }

    /** The longer name was introduced later; the shorter one could be stored only if it fitted. */
    private static EventIdentity qualified(String name, String shorter, ConsumerRecord<?, ?> record) {
        boolean couldBeStored = Fitting.of(shorter, LONGEST).equals(shorter);
        Instant since = Instant.ofEpochMilli(Math.max(0, record.timestamp())).minus(SLACK);
        return new EventIdentity(Fitting.of(name, LONGEST), couldBeStored ? new Former(shorter, since) : null);
    }

    private static boolean isUuid(String id) {
        if (id.length() != UUID_LENGTH) {
            return false;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? id.charAt(i) != '-' : Character.digit(id.charAt(i), 16) < 0) {
                return false;
            }
        }
        return true;
    }
}
