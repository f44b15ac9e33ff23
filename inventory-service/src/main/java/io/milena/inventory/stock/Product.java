package io.milena.inventory.stock;

import io.milena.inventory.ledger.StockLevel;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A product as it is put on sale.
 *
 * @param unitsInStock units in the house at that moment
 */
record Product(
        @NotBlank
        @Size(max = 64)
        @Pattern(regexp = Text.ONE_LINE, message = Text.HINT)
        @Pattern(regexp = Text.PATH_SEGMENT, message = Text.PATH_SEGMENT_HINT)
        String sku,

        @NotBlank @Size(max = 200) @Pattern(regexp = Text.ONE_LINE, message = Text.HINT)
        String name,

        @Nullable @DecimalMin("0") @Digits(integer = 12, fraction = 4)
        BigDecimal unitPrice,

        @Nullable @NotNull @PositiveOrZero @Max(StockLevel.MOST)
        Integer unitsInStock) {

    /** The units, once they are known to be there. */
    int units() {
        return Objects.requireNonNull(unitsInStock, "unitsInStock");
    }

    boolean isSameAs(Product other) {
        return sku.equals(other.sku) && name.equals(other.name) && samePrice(unitPrice, other.unitPrice);
    }

    private static boolean samePrice(@Nullable BigDecimal one, @Nullable BigDecimal other) {
        return one == null || other == null ? Objects.equals(one, other) : one.compareTo(other) == 0;
    }
}
