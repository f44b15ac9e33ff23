package io.milena.shipping.contract;

import io.milena.starter.event.EventType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The goods are reserved: pack them. */
@EventType("order.confirmed.v1")
public record OrderConfirmed(
        String orderId, List<Line> lines, @Nullable Address shipTo) {
    /** So many units of one product. */
    public record Line(String sku, int quantity) {}

    /** Where the goods go. */
    public record Address(
            String name, @Nullable String city, @Nullable String country) {}
}
