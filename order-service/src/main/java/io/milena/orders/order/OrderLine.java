package io.milena.orders.order;

import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** So many units of one product. The price is kept with at least two decimals, so that 14 and 14.00 are equal. */
public record OrderLine(
        @NotBlank @Size(max = 64) String sku,
        @Positive @Max(1_000_000) int quantity,

        @Nullable @DecimalMin("0") @Digits(integer = 12, fraction = 4)
        BigDecimal unitPrice) {

    public OrderLine {
        if (unitPrice != null) {
            BigDecimal shortest = unitPrice.stripTrailingZeros();
            unitPrice = shortest.scale() < 2 ? shortest.setScale(2) : shortest;
        }
    }
}
