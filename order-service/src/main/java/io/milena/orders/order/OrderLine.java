package io.milena.orders.order;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** So many units of one product. The price is kept with at least two decimals, so that 14 and 14.00 are equal. */
public record OrderLine(String sku, int quantity, @Nullable BigDecimal unitPrice) {

    public OrderLine {
        if (quantity <= 0) {
            throw new IllegalArgumentException("a line is about at least one unit, not " + quantity);
        }
        if (unitPrice != null) {
            BigDecimal shortest = unitPrice.stripTrailingZeros();
            unitPrice = shortest.scale() < 2 ? shortest.setScale(2) : shortest;
        }
    }
}
