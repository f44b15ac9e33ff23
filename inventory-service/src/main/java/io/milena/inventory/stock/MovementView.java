package io.milena.inventory.stock;

import io.milena.inventory.ledger.StockMovement;
import java.time.Instant;

/** A movement and when it happened. */
record MovementView(
        String sku, StockMovement.Kind kind, int onHandChange, int reservedChange, String cause, Instant movedAt) {

    static MovementView of(StockMovement movement, Instant movedAt) {
        return new MovementView(
                movement.sku(),
                movement.kind(),
                movement.onHandChange(),
                movement.reservedChange(),
                movement.cause(),
                movedAt);
    }
}
