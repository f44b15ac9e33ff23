package io.milena.orders.journey.story;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The journey of an order, told.
 *
 * @param settled whether the order is at its end and nothing more has to be done about it anywhere
 * @param correlationIds the conversations it was part of, first the one that placed it
 * @param traceIds the traces it left
 * @param happenings what happened to the order, with the REST calls among it
 * @param outbox events of the order service: waiting, or sent and where to
 * @param records what topics say about it, oldest first
 * @param reservation what inventory says, null if it has said nothing
 * @param shipment what shipping says, null if it has said nothing
 * @param retries what needed, or still needs, more than one attempt
 * @param deadLetters what was given up
 * @param waitingFor what has to happen next; empty if nothing
 * @param knowledge how far this view can be trusted
 */
public record Journey(
        String orderId,
        String state,
        boolean settled,
        List<String> correlationIds,
        List<String> traceIds,
        List<Happening> happenings,
        List<Outboxed> outbox,
        List<Recorded> records,
        @Nullable Standing reservation,
        @Nullable Standing shipment,
        List<Retried> retries,
        List<GivenUp> deadLetters,
        List<Wait> waitingFor,
        Knowledge knowledge) {

    /** @param status WAITING or SENT */
    public record Outboxed(
            String eventId,
            String type,
            String status,
            String topic,
            @Nullable Integer partition,
            @Nullable Long offset,
            @Nullable Instant storedAt,
            @Nullable Instant sentAt,
            @Nullable Long waitsBehind) {}

    /** @param readers how far each group that follows the topic is with this record */
    public record Recorded(
            String topic,
            int partition,
            long offset,
            Instant recordedAt,
            String eventId,
            @Nullable String type,
            @Nullable String source,
            @Nullable String correlationId,
            @Nullable String causationId,
            @Nullable String traceId,
            int attempts,
            Map<String, String> data,
            List<Reading> readers) {}

    /**
     * A group and a record.
     *
     * @param status HANDLED (there is proof), PASSED (its offset is behind the record), RETRYING, WAITING or UNKNOWN
     * @param lag how many records the group has still to handle in this partition, null if that is not known
     * @param running whether anybody works in the group, null if that is not known
     */
    public record Reading(
            String group,
            Status status,
            boolean concerned,
            @Nullable Long lag,
            @Nullable Boolean running) {}

    /** How far a group is with a record. */
    public enum Status {
        HANDLED,
        PASSED,
        RETRYING,
        WAITING,
        UNKNOWN
    }

    /** What another service last said about its part. */
    public record Standing(
            String status, Instant since, Map<String, String> data, String topic, int partition, long offset) {}

    /** @param nextAt null if it is over, or if another event is before it */
    public record Retried(
            String group,
            @Nullable String eventId,
            int attempts,
            boolean over,
            @Nullable String reason,
            @Nullable Instant nextAt) {}

    /**
     * A dead letter.
     *
     * @param status WAITING for somebody to redrive it, or REDRIVEN and handled
     * @param originalTopic where the record was before
     */
    public record GivenUp(
            String topic,
            int partition,
            long offset,
            Instant at,
            String eventId,
            @Nullable String type,
            @Nullable String group,
            @Nullable String reason,
            int attempts,
            @Nullable String originalTopic,
            @Nullable Integer originalPartition,
            @Nullable Long originalOffset,
            String status) {}

    /**
     * Something that has to happen.
     *
     * @param kind OUTBOX, GROUP, RETRY, DEAD_LETTER, ANSWER or BROKER
     * @param on the group or service it is up to
     * @param lag how far that group is behind, in records of the partition, null if that does not matter or is not known
     * @param running whether anybody works in the group, null if that does not matter or is not known
     */
    public record Wait(
            String kind,
            String on,
            String text,
            @Nullable String eventType,
            @Nullable String topic,
            @Nullable Integer partition,
            @Nullable Long offset,
            @Nullable Long lag,
            @Nullable Boolean running) {}

    /**
     * How far the view can be trusted.
     *
     * @param broker ANSWERS, PARTLY or SILENT; what it could have told is UNKNOWN, not guessed
     * @param journeyLag records of the topics that the journey has still to read, null if that is not known
     */
    public record Knowledge(
            String broker,
            @Nullable String trouble,
            Instant askedAt,
            @Nullable Long journeyLag) {}
}
