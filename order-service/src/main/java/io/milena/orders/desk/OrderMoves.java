package io.milena.orders.desk;

import io.milena.orders.order.OrderState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** What happened to orders, in the database. Joins the caller's transaction. */
@Repository
public class OrderMoves {

    private static final String SELECT = "select order_id, version, state, reason, moved_at, event_id, correlation_id,"
            + " causation_id, trace_id, call_method, call_path, idempotency_key from order_move ";

    private final JdbcTemplate jdbc;

    OrderMoves(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    void insert(OrderMove move) {
        Call call = move.call();
        jdbc.update(
                "insert into order_move (order_id, version, state, reason, moved_at, event_id, correlation_id, causation_id,"
                        + " trace_id, call_method, call_path, idempotency_key) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                move.orderId(),
                move.version(),
                move.state().name(),
                move.reason(),
                move.at().atOffset(ZoneOffset.UTC),
                move.eventId(),
                move.correlationId(),
                move.causationId(),
                move.traceId(),
                call == null ? null : call.method(),
                call == null ? null : call.path(),
                call == null ? null : call.idempotencyKey());
    }

    /** What happened to an order after a version, oldest first. */
    public List<OrderMove> after(String orderId, long version) {
        return jdbc.query(
                SELECT + "where order_id = ? and version > ? order by version",
                (row, n) -> move(row),
                orderId,
                version);
    }

    /** The versions orders are at; orders there are not are left out. */
    public Map<String, Long> versions(Collection<String> orderIds) {
        Map<String, Long> versions = new HashMap<>();
        String marks = String.join(", ", Collections.nCopies(orderIds.size(), "?"));
        jdbc.query(
                "select order_id, version from orders where order_id in (" + marks + ")",
                row -> {
                    versions.put(row.getString("order_id"), row.getLong("version"));
                },
                orderIds.toArray());
        return versions;
    }

    private static OrderMove move(ResultSet row) throws SQLException {
        return new OrderMove(
                row.getString("order_id"),
                row.getLong("version"),
                OrderState.valueOf(row.getString("state")),
                row.getString("reason"),
                row.getObject("moved_at", OffsetDateTime.class).toInstant(),
                row.getString("event_id"),
                row.getString("correlation_id"),
                row.getString("causation_id"),
                row.getString("trace_id"),
                call(row));
    }

    private static @Nullable Call call(ResultSet row) throws SQLException {
        String method = row.getString("call_method");
        return method == null ? null : new Call(method, row.getString("call_path"), row.getString("idempotency_key"));
    }
}
