package io.milena.inventory.stock;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reservations in the database. */
@Repository
class ReservationRepository {

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    ReservationRepository(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /**
     * Puts one down.
     *
     * @param correlationId the conversation it belongs to
     * @throws org.springframework.dao.DuplicateKeyException if the order has one
     */
    void insert(Reservation reservation, @Nullable String correlationId) {
        jdbc.sql("insert into reservation (order_id, state, reason, updated_at, expires_at, correlation_id)"
                        + " values (?, ?, ?, ?, ?, ?)")
                .param(reservation.orderId())
                .param(reservation.state().name())
                .param(reservation.reason())
                .param(utc(reservation.updatedAt()))
                .param(utc(reservation.expiresAt()))
                .param(correlationId)
                .update();
        if (!reservation.units().isEmpty()) {
            batches.batchUpdate(
                    "insert into reservation_line (order_id, sku, quantity) values (?, ?, ?)",
                    reservation.units().entrySet().stream()
                            .map(line -> new Object[] {reservation.orderId(), line.getKey(), line.getValue()})
                            .toList());
        }
    }

    void end(String orderId, ReservationState state, Instant now) {
        jdbc.sql("update reservation set state = ?, updated_at = ?, expires_at = null where order_id = ?")
                .param(state.name())
                .param(utc(now))
                .param(orderId)
                .update();
    }

    /** Reads a reservation and keeps other decisions on it waiting until the transaction ends. */
    Optional<Reservation> lock(String orderId) {
        return ofOrder(orderId, " for update");
    }

    Optional<Reservation> ofOrder(String orderId) {
        return ofOrder(orderId, "");
    }

    private Optional<Reservation> ofOrder(String orderId, String lock) {
        SortedMap<String, Long> units = new TreeMap<>();
        Optional<Reservation> reservation = jdbc.sql(
                        "select state, reason, updated_at, expires_at, expired_at from reservation where order_id = ?"
                                + lock)
                .param(orderId)
                .query((row, n) -> new Reservation(
                        orderId,
                        ReservationState.valueOf(row.getString("state")),
                        units,
                        row.getString("reason"),
                        row.getObject("updated_at", OffsetDateTime.class).toInstant(),
                        instant(row, "expires_at"),
                        instant(row, "expired_at")))
                .optional();
        if (reservation.isPresent()) {
            jdbc.sql("select sku, quantity from reservation_line where order_id = ?")
                    .param(orderId)
                    .query(row -> {
                        units.put(row.getString("sku"), row.getLong("quantity"));
                    });
        }
        return reservation;
    }

    /** The orders whose time is up, the longest waiting first, locked; those that somebody else has in hand are left out. */
    List<Expired> lockExpired(Instant now, int limit) {
        return jdbc.sql("select order_id, correlation_id from reservation where expires_at <= ? order by expires_at"
                        + " fetch first " + limit + " rows only for update skip locked")
                .param(utc(now))
                .query((row, n) -> new Expired(row.getString("order_id"), row.getString("correlation_id")))
                .list();
    }

    /** An order that holds its units for too long, and the conversation it came with. */
    record Expired(String orderId, @Nullable String correlationId) {}

    void markExpired(List<Expired> expired, Instant now) {
        if (!expired.isEmpty()) {
            batches.batchUpdate(
                    "update reservation set expires_at = null, expired_at = ? where order_id = ?",
                    expired.stream()
                            .map(one -> new Object[] {utc(now), one.orderId()})
                            .toList());
        }
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
