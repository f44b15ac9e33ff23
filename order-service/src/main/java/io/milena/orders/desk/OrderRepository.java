package io.milena.orders.desk;

import io.milena.orders.order.Order;
import io.milena.orders.order.OrderLine;
import io.milena.orders.order.OrderState;
import io.milena.orders.order.ShipTo;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
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
public class OrderRepository {

    private static final String SELECT = "select order_id, customer_id, order_date, ship_name, ship_address, ship_city,"
            + " ship_postal_code, ship_country, state, reason, shipment_id, placed_at, updated_at, delivered_at,"
            + " version from orders ";

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
                        + " ship_postal_code, ship_country, state, placed_at, updated_at, version)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
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
                .param(order.version())
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
        jdbc.sql("update orders set state = ?, reason = ?, shipment_id = ?, updated_at = ?, delivered_at = ?,"
                        + " version = ? where order_id = ?")
                .param(order.state().name())
                .param(order.reason())
                .param(order.shipmentId())
                .param(utc(order.updatedAt()))
                .param(order.deliveredAt() == null ? null : utc(order.deliveredAt()))
                .param(order.version())
                .param(order.orderId())
                .update();
    }

    /** An order with its lines. */
    public Optional<Order> find(String orderId) {
        return read(SELECT + "where order_id = ?", orderId).stream().findFirst();
    }

    /** As {@link #findForUpdate}, without the lines: one question less where nobody looks at them. */
    Optional<Order> findHeadForUpdate(String orderId) {
        return batches.query(SELECT + "where order_id = ? for update", (row, n) -> head(row), orderId).stream()
                .findFirst();
    }

    /** Reads an order and keeps every other decision on it waiting until the transaction ends. */
    Optional<Order> findForUpdate(String orderId) {
        return read(SELECT + "where order_id = ? for update", orderId).stream().findFirst();
    }

    /**
     * A piece of a list.
     *
     * @param after where it begins, null for the beginning of the list
     * @param offset how many orders are passed over from there; costs as much as reading them
     */
    public List<Order> page(OrderFilter filter, @Nullable OrderCursor after, long offset, int limit) {
        List<Object> params = new ArrayList<>();
        return read(
                SELECT + where(filter, after, params) + " order by "
                        + filter.sort().sql() + " offset " + offset + " rows fetch next " + limit + " rows only",
                params.toArray());
    }

    /** How many orders a list has on all its pages. */
    public long count(OrderFilter filter) {
        List<Object> params = new ArrayList<>();
        String where = where(filter, null, params);
        Long count = batches.queryForObject("select count(*) from orders " + where, Long.class, params.toArray());
        return count == null ? 0 : count;
    }

    private static String where(OrderFilter filter, @Nullable OrderCursor after, List<Object> params) {
        List<String> terms = new ArrayList<>();
        if (!filter.states().isEmpty()) {
            terms.add("state in ("
                    + String.join(", ", Collections.nCopies(filter.states().size(), "?")) + ")");
            filter.states().forEach(state -> params.add(state.name()));
        }
        if (filter.customerId() != null) {
            terms.add("customer_id = ?");
            params.add(filter.customerId());
        }
        if (filter.from() != null) {
            terms.add("placed_at >= ?");
            params.add(utc(filter.from()));
        }
        if (filter.to() != null) {
            terms.add("placed_at < ?");
            params.add(utc(filter.to()));
        }
        if (after != null) {
            terms.add(after.sort().sqlBehind());
            if (after.time() != null) {
                params.add(utc(after.time()));
                params.add(utc(after.time()));
            }
            params.add(after.orderId());
        }
        return terms.isEmpty() ? "" : "where " + String.join(" and ", terms);
    }

    /** How many orders are in each state; every state is named. */
    public Map<OrderState, Long> countByState() {
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
        Object[] ids = heads.stream().map(Order::orderId).toArray();
        String marks = String.join(", ", Collections.nCopies(ids.length, "?"));
        batches.query(
                "select order_id, sku, quantity, unit_price from order_line where order_id in (" + marks
                        + ") order by order_id, line_no",
                row -> {
                    lines.computeIfAbsent(row.getString("order_id"), id -> new ArrayList<>())
                            .add(new OrderLine(
                                    row.getString("sku"), row.getInt("quantity"), row.getBigDecimal("unit_price")));
                },
                ids);
        return heads.stream()
                .map(head -> head.withLines(lines.getOrDefault(head.orderId(), List.of())))
                .toList();
    }

    private static Order head(ResultSet row) throws SQLException {
        String shipName = row.getString("ship_name");
        OffsetDateTime deliveredAt = row.getObject("delivered_at", OffsetDateTime.class);
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
                row.getObject("updated_at", OffsetDateTime.class).toInstant(),
                deliveredAt == null ? null : deliveredAt.toInstant(),
                row.getLong("version"));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
