package io.milena.shipping.shipment;

import io.milena.shipping.label.Carrier;
import io.milena.shipping.label.Label;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Shipments in the database. */
@Repository
class ShipmentRepository {

    private static final String SELECT =
            "select shipment_id, order_id, state, units, recipient, destination, carrier, tracking_number, weight_grams,"
                    + " prepared_at, updated_at from shipment ";

    private final JdbcClient jdbc;

    ShipmentRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(Shipment shipment) {
        Label label = shipment.label();
        jdbc.sql("insert into shipment (shipment_id, order_id, state, units, recipient, destination, carrier,"
                        + " tracking_number, weight_grams, prepared_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                        + " ?)")
                .param(shipment.shipmentId())
                .param(shipment.orderId())
                .param(shipment.state().name())
                .param(shipment.units())
                .param(shipment.recipient())
                .param(shipment.destination())
                .param(label == null ? null : label.carrier().name())
                .param(label == null ? null : label.trackingNumber())
                .param(label == null ? null : label.weightGrams())
                .param(utc(shipment.preparedAt()))
                .param(utc(shipment.updatedAt()))
                .update();
    }

    void update(Shipment shipment) {
        jdbc.sql("update shipment set state = ?, updated_at = ? where shipment_id = ?")
                .param(shipment.state().name())
                .param(utc(shipment.updatedAt()))
                .param(shipment.shipmentId())
                .update();
    }

    Optional<Shipment> ofOrder(String orderId) {
        return jdbc.sql(SELECT + "where order_id = ?")
                .param(orderId)
                .query((row, n) -> shipment(row))
                .optional();
    }

    Optional<Shipment> withTrackingNumber(String trackingNumber) {
        return jdbc.sql(SELECT + "where tracking_number = ?")
                .param(trackingNumber)
                .query((row, n) -> shipment(row))
                .optional();
    }

    /** Reads a shipment and keeps other decisions on it waiting until the transaction ends. */
    Optional<Shipment> lockOfOrder(String orderId) {
        return jdbc.sql(SELECT + "where order_id = ? for update")
                .param(orderId)
                .query((row, n) -> shipment(row))
                .optional();
    }

    List<Shipment> page(@Nullable ShipmentState state, int page, int size) {
        return jdbc.sql(SELECT + "where (cast(:state as varchar) is null or state = :state) order by prepared_at,"
                        + " shipment_id offset " + (long) page * size + " rows fetch next " + size + " rows only")
                .param("state", state == null ? null : state.name())
                .query((row, n) -> shipment(row))
                .list();
    }

    Map<ShipmentState, Long> countByState() {
        Map<ShipmentState, Long> counts = new LinkedHashMap<>();
        for (ShipmentState state : ShipmentState.values()) {
            counts.put(state, 0L);
        }
        jdbc.sql("select state, count(*) as shipments from shipment group by state")
                .query(row -> {
                    counts.put(ShipmentState.valueOf(row.getString("state")), row.getLong("shipments"));
                });
        return counts;
    }

    private static Shipment shipment(ResultSet row) throws SQLException {
        return new Shipment(
                row.getString("shipment_id"),
                row.getString("order_id"),
                ShipmentState.valueOf(row.getString("state")),
                row.getInt("units"),
                row.getString("recipient"),
                row.getString("destination"),
                label(row),
                row.getObject("prepared_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }

    private static @Nullable Label label(ResultSet row) throws SQLException {
        String carrier = row.getString("carrier");
        return carrier == null
                ? null
                : new Label(Carrier.valueOf(carrier), row.getString("tracking_number"), row.getLong("weight_grams"));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
