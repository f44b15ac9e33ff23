package io.milena.inventory.stock;

import io.milena.inventory.ledger.StockLevel;
import io.milena.inventory.ledger.StockMovement;
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
import java.util.TreeSet;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Products, their levels and movements in the database. */
@Repository
class StockRepository {

    private static final String PRODUCTS = "select sku, name, unit_price, on_hand, reserved from product ";
    private static final String MOVEMENTS =
            "select sku, kind, on_hand_change, reserved_change, cause, moved_at from stock_movement ";

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;

    StockRepository(JdbcClient jdbc, JdbcTemplate batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    /** @throws org.springframework.dao.DuplicateKeyException if the product exists */
    void insert(Product product, Instant now) {
        jdbc.sql("insert into product (sku, name, unit_price, on_hand, reserved) values (?, ?, ?, ?, 0)")
                .param(product.sku())
                .param(product.name())
                .param(product.unitPrice())
                .param(product.units())
                .update();
        record(List.of(StockMovement.opened(product.sku(), product.units())), now);
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

    /**
     * Moves stock and writes the movements down.
     *
     * @param levels of all products concerned, locked
     */
    void move(Map<String, StockLevel> levels, List<StockMovement> movements, Instant now) {
        Map<String, StockLevel> after = new HashMap<>(levels);
        for (StockMovement movement : movements) {
            StockLevel level = after.get(movement.sku());
            if (level == null) {
                throw new IllegalStateException("product " + movement.sku() + " moves but does not exist");
            }
            after.put(movement.sku(), level.after(movement));
        }
        batches.batchUpdate(
                "update product set on_hand = ?, reserved = ? where sku = ?",
                after.values().stream()
                        .map(level -> new Object[] {level.onHand(), level.reserved(), level.sku()})
                        .toList());
        record(movements, now);
    }

    private void record(List<StockMovement> movements, Instant now) {
        OffsetDateTime movedAt = now.atOffset(ZoneOffset.UTC);
        batches.batchUpdate(
                "insert into stock_movement (sku, kind, on_hand_change, reserved_change, cause, moved_at)"
                        + " values (?, ?, ?, ?, ?, ?)",
                movements.stream()
                        .map(movement -> new Object[] {
                            movement.sku(),
                            movement.kind().name(),
                            movement.onHandChange(),
                            movement.reservedChange(),
                            movement.cause(),
                            movedAt
                        })
                        .toList());
    }

    Optional<MovementView> movement(String sku, StockMovement.Kind kind, String cause) {
        return jdbc.sql(MOVEMENTS + "where sku = ? and kind = ? and cause = ?")
                .param(sku)
                .param(kind.name())
                .param(cause)
                .query((row, n) -> movement(row))
                .optional();
    }

    /** A page of a product's movements, the latest first. */
    List<MovementView> movements(String sku, int page, int size) {
        return jdbc.sql(MOVEMENTS + "where sku = ? order by id desc offset " + (long) page * size + " rows fetch next "
                        + size + " rows only")
                .param(sku)
                .query((row, n) -> movement(row))
                .list();
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

    private static MovementView movement(ResultSet row) throws SQLException {
        return new MovementView(
                row.getString("sku"),
                StockMovement.Kind.valueOf(row.getString("kind")),
                row.getInt("on_hand_change"),
                row.getInt("reserved_change"),
                row.getString("cause"),
                row.getObject("moved_at", OffsetDateTime.class).toInstant());
    }
}
