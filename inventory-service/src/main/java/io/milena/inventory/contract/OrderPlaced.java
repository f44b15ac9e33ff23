package io.milena.inventory.contract;

import io.milena.starter.event.EventType;
import java.util.List;

/** A customer wants goods. */
@EventType("order.placed.v1")
public record OrderPlaced(String orderId, List<Line> lines) {
    /** So many units of one product. */
    public record Line(String sku, int quantity) {}
}
