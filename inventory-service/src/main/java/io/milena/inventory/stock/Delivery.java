package io.milena.inventory.stock;

import io.milena.inventory.ledger.StockLevel;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Units that come in. */
record Delivery(
        @Nullable @NotNull @Positive @Max(StockLevel.MOST) Integer units) {

    /** The units, once they are known to be there. */
    int wanted() {
        return Objects.requireNonNull(units, "units");
    }
}
