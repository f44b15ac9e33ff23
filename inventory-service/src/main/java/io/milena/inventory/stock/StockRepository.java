package io.milena.inventory.stock;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Products, stock and reservations in the database. */
@Repository
class StockRepository {

    private static final String PRODUCTS = "select sku, name, unit_price, on_hand, reserved from product ";

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    StockRepository(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /** @throws org.springframework.dao.DuplicateKeyException if the product exists */
    void insert(Product product) {
        jdbc.sql("insert into product (sku, name, unit_price, on_hand, reserved) values (?, ?, ?, ?, 0)")
                .param(product.sku())
                .param(product.name())
                .param(product.unitPrice())
                .param(product.unitsInStock())
                .update();
    }

    Optional<ProductView> product(String sku) {
        return jdbc.sql(PRODUCTS + "where sku = ?")
                .param(sku)
                .query((row, n) -> view(row))
                .optional();
    }

    List<ProductView> products() {
        return jdbc.sql(PRODUCTS + "order by sku").query((row, n) -> view(row)).list();
    }

    /** The levels of those products that exist, locked in the order of their numbers, so that two orders never wait in a ring. */
    Map<String, StockLevel> lockLevels(Collection<String> skus) {
        Map<String, StockLevel> levels = new HashMap<>();
        for (String sku : new TreeSet<>(skus)) {
            jdbc.sql("select sku, on_hand, reserved from product where sku = ? for update")
                    .param(sku)
                    .query((row, n) ->
                            new StockLevel(row.getString("sku"), row.getInt("on_hand"), row.getInt("reserved")))
                    .optional()
                    .ifPresent(level -> levels.put(sku, level));
        }
        return levels;
    }

    void write(Collection<StockLevel> levels) {
        batches.batchUpdate(
                "update product set on_hand = ?, reserved = ? where sku = ?",
                levels.stream()
                        .map(level -> new Object[] {level.onHand(), level.reserved(), level.sku()})
                        .toList());
    }

    void insert(Reservation reservation) {
        jdbc.sql("insert into reservation (order_id, state, reason, updated_at) values (?, ?, ?, ?)")
                .param(reservation.orderId())
                .param(reservation.state().name())
                .param(reservation.reason())
                .param(utc(reservation.updatedAt()))
                .update();
        batches.batchUpdate(
                "insert into reservation_line (order_id, sku, quantity) values (?, ?, ?)",
                reservation.units().entrySet().stream()
                        .map(line -> new Object[] {reservation.orderId(), line.getKey(), line.getValue()})
                        .toList());
    }

    void update(String orderId, ReservationState state, Instant now) {
        jdbc.sql("update reservation set state = ?, updated_at = ? where order_id = ?")
                .param(state.name())
                .param(utc(now))
                .param(orderId)
                .update();
    }

    /** Reads a reservation and keeps other decisions on it waiting until the transaction ends. */
    Optional<Reservation> lockReservation(String orderId) {
        return reservation(orderId, " for update");
    }

    Optional<Reservation> reservation(String orderId) {
        return reservation(orderId, "");
    }

    private Optional<Reservation> reservation(String orderId, String lock) {
        SortedMap<String, Long> units = new TreeMap<>();
        Optional<Reservation> reservation = jdbc.sql(
                        "select state, reason, updated_at from reservation where order_id = ?" + lock)
                .param(orderId)
                .query((row, n) -> new Reservation(
                        orderId,
                        ReservationState.valueOf(row.getString("state")),
                        units,
                        row.getString("reason"),
                        row.getObject("updated_at", OffsetDateTime.class).toInstant()))
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

    private static ProductView view(ResultSet row) throws SQLException {
        int onHand = row.getInt("on_hand");
        int reserved = row.getInt("reserved");
        return new ProductView(
                row.getString("sku"),
                row.getString("name"),
                row.getBigDecimal("unit_price"),
                onHand,
                reserved,
                onHand - reserved);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
