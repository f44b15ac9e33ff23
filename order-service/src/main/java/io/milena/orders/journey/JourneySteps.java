package io.milena.orders.journey;

import io.milena.orders.journey.story.Place;
import io.milena.orders.journey.story.Step;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What was read from the topics, in the database. Joins the caller's transaction. */
@Repository
class JourneySteps {

    private static final String INSERT = "insert into journey_step (cluster_id, topic, record_partition, record_offset,"
            + " event_id, order_id, event_type, source, recorded_at, correlation_id, causation_id, trace_id, attempts, payload,"
            + " dead_letter_group, dead_letter_reason, original_topic, original_partition, original_offset, seen_at) values"
            + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing";

    private final JdbcTemplate jdbc;
    private final JsonMapper json;

    JourneySteps(JdbcTemplate jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** Rows that are there already stay as they are. */
    void insert(String cluster, List<StepRow> rows, Instant now) {
        OffsetDateTime seenAt = now.atOffset(ZoneOffset.UTC);
        jdbc.batchUpdate(INSERT, rows, Math.max(1, rows.size()), (insert, row) -> bind(insert, cluster, row, seenAt));
    }

    private static void bind(PreparedStatement insert, String cluster, StepRow row, OffsetDateTime seenAt)
            throws SQLException {
        insert.setString(1, cluster);
        insert.setString(2, row.topic());
        insert.setInt(3, row.partition());
        insert.setLong(4, row.offset());
        insert.setString(5, row.eventId());
        insert.setString(6, row.orderId());
        insert.setString(7, row.type());
        insert.setString(8, row.source());
        insert.setObject(9, row.recordedAt().atOffset(ZoneOffset.UTC));
        insert.setString(10, row.correlationId());
        insert.setString(11, row.causationId());
        insert.setString(12, row.traceId());
        insert.setInt(13, row.attempts());
        insert.setString(14, row.payload());
        insert.setString(15, row.group());
        insert.setString(16, row.reason());
        insert.setString(17, row.originalTopic());
        insert.setObject(18, row.originalPartition(), Types.INTEGER);
        insert.setObject(19, row.originalOffset(), Types.BIGINT);
        insert.setObject(20, seenAt);
    }

    /** @param cluster the cluster that is asked now, null if none answers: then no step is taken to be elsewhere */
    List<Step> of(String orderId, @Nullable String cluster) {
        return jdbc.query(
                "select * from journey_step where order_id = ? order by recorded_at, record_offset fetch first 1000 rows only",
                (row, n) -> step(row, cluster),
                orderId);
    }

    int forget(Instant before, int limit) {
        return jdbc.update(
                "delete from journey_step where (cluster_id, topic, record_partition, record_offset, event_id) in (select"
                        + " cluster_id, topic, record_partition, record_offset, event_id from journey_step where seen_at < ?"
                        + " order by seen_at fetch first " + limit + " rows only)",
                before.atOffset(ZoneOffset.UTC));
    }

    private Step step(ResultSet row, @Nullable String cluster) throws SQLException {
        String topic = row.getString("topic");
        return new Step(
                new Place(topic, row.getInt("record_partition"), row.getLong("record_offset")),
                cluster == null || cluster.equals(row.getString("cluster_id")),
                row.getObject("recorded_at", OffsetDateTime.class).toInstant(),
                row.getString("event_id"),
                row.getString("event_type"),
                row.getString("source"),
                row.getString("correlation_id"),
                row.getString("causation_id"),
                row.getString("trace_id"),
                row.getInt("attempts"),
                data(row.getString("payload")),
                topic.endsWith(JourneyReader.DEAD_LETTERS) ? deadLetter(row) : null);
    }

    private static Step.DeadLetter deadLetter(ResultSet row) throws SQLException {
        String topic = row.getString("original_topic");
        Integer partition = row.getObject("original_partition", Integer.class);
        Long offset = row.getObject("original_offset", Long.class);
        return new Step.DeadLetter(
                row.getString("dead_letter_group"),
                row.getString("dead_letter_reason"),
                topic == null || partition == null || offset == null ? null : new Place(topic, partition, offset));
    }

    /** The plain values of a payload; of what is no JSON object, none. */
    private Map<String, String> data(@Nullable String payload) {
        Map<String, String> data = new LinkedHashMap<>();
        if (payload != null) {
            try {
                JsonNode tree = json.readTree(payload);
                tree.propertyStream()
                        .filter(field -> field.getValue().isValueNode()
                                && !field.getValue().isNull()
                                && !"orderId".equals(field.getKey()))
                        .forEach(field ->
                                data.put(field.getKey(), field.getValue().asString()));
            } catch (JacksonException noJson) {
                return Map.of();
            }
        }
        return data;
    }
}
