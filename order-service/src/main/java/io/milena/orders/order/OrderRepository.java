package io.milena.orders.order;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Orders in the database. */
@Repository
class OrderRepository {

    private static final String SELECT = "select order_id, customer_id, order_date, ship_name, ship_address, ship_city,"
            + " ship_postal_code, ship_country, state, reason, shipment_id, placed_at, updated_at from orders ";

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    OrderRepository(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /** @throws org.springframework.dao.DuplicateKeyException if the id is taken */
    void insert(Order order) {
        ShipTo to = order.shipTo();
        jdbc.sql("insert into orders (order_id, customer_id, order_date, ship_name, ship_address, ship_city,"
                        + " ship_postal_code, ship_country, state, placed_at, updated_at)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .param(order.orderId())
                .param(order.customerId())
                .param(order.orderDate())
                .param(to == null ? null : to.name())
                .param(to == null ? null : to.address())
                .param(to == null ? null : to.city())
                .param(to == null ? null : to.postalCode())
                .param(to == null ? null : to.country())
                .param(order.state().name())
                .param(utc(order.placedAt()))
                .param(utc(order.updatedAt()))
                .update();
        List<Object[]> rows = new ArrayList<>();
        for (OrderLine line : order.lines()) {
            rows.add(new @Nullable Object[] {
                order.orderId(), rows.size() + 1, line.sku(), line.quantity(), line.unitPrice()
            });
        }
        batches.batchUpdate(
                "insert into order_line (order_id, line_no, sku, quantity, unit_price) values (?, ?, ?, ?, ?)", rows);
    }

    /** Writes what a move changes. */
    void update(Order order) {
        jdbc.sql("update orders set state = ?, reason = ?, shipment_id = ?, updated_at = ? where order_id = ?")
                .param(order.state().name())
                .param(order.reason())
                .param(order.shipmentId())
                .param(utc(order.updatedAt()))
                .param(order.orderId())
                .update();
    }

    Optional<Order> find(String orderId) {
        return read(SELECT + "where order_id = ?", orderId).stream().findFirst();
    }

    /** Reads an order and keeps every other decision on it waiting until the transaction ends. */
    Optional<Order> findForUpdate(String orderId) {
        return read(SELECT + "where order_id = ? for update", orderId).stream().findFirst();
    }

    /** Newest last, so that pages stay put while orders arrive. */
    List<Order> page(@Nullable OrderState state, int page, int size) {
        String window = " order by placed_at, order_id offset " + (long) page * size + " rows fetch next " + size
                + " rows only";
        return state == null ? read(SELECT + window) : read(SELECT + "where state = ?" + window, state.name());
    }

    long count(@Nullable OrderState state) {
        return state == null
                ? jdbc.sql("select count(*) from orders").query(Long.class).single()
                : jdbc.sql("select count(*) from orders where state = ?")
                        .param(state.name())
                        .query(Long.class)
                        .single();
    }

    Map<OrderState, Long> countByState() {
        Map<OrderState, Long> counts = new LinkedHashMap<>();
        for (OrderState state : OrderState.values()) {
            counts.put(state, 0L);
        }
        jdbc.sql("select state, count(*) as orders from orders group by state").query(row -> {
            counts.put(OrderState.valueOf(row.getString("state")), row.getLong("orders"));
        });
        return counts;
    }

    private List<Order> read(String sql, Object... params) {
        List<Order> heads = batches.query(sql, (row, n) -> head(row), params);
        if (heads.isEmpty()) {
            return heads;
        }
        Map<String, List<OrderLine>> lines = new LinkedHashMap<>();
        jdbc.sql("select order_id, sku, quantity, unit_price from order_line where order_id in (:ids)"
                        + " order by order_id, line_no")
                .param("ids", heads.stream().map(Order::orderId).toList())
                .query(row -> {
                    lines.computeIfAbsent(row.getString("order_id"), id -> new ArrayList<>())
                            .add(new OrderLine(
                                    row.getString("sku"), row.getInt("quantity"), row.getBigDecimal("unit_price")));
                });
        return heads.stream()
                .map(head -> head.withLines(lines.getOrDefault(head.orderId(), List.of())))
                .toList();
    }

    private static Order head(ResultSet row) throws SQLException {
        String shipName = row.getString("ship_name");
        return new Order(
                row.getString("order_id"),
                row.getString("customer_id"),
                row.getObject("order_date", LocalDate.class),
                List.of(),
                shipName == null
                        ? null
                        : new ShipTo(
                                shipName,
                                row.getString("ship_address"),
                                row.getString("ship_city"),
                                row.getString("ship_postal_code"),
                                row.getString("ship_country")),
                OrderState.valueOf(row.getString("state")),
                row.getString("reason"),
                row.getString("shipment_id"),
                row.getObject("placed_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
