package io.milena.orders.order;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a customer asks for.
 *
 * @param orderId chosen by the client, or null to have one chosen; the same id with the same content is the same order
 */
public record PlaceOrder(
        @Nullable
        @Pattern(
                regexp = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
                message = "must be 1 to 64 letters, digits, '.', '_' or '-'")
        String orderId,

        @NotBlank @Size(max = 64) String customerId,
        @Nullable LocalDate orderDate,
        @NotEmpty @Size(max = 500) List<@Valid OrderLine> lines,
        @Nullable @Valid ShipTo shipTo) {

    PlaceOrder withOrderId(String id) {
        return new PlaceOrder(id, customerId, orderDate, lines, shipTo);
    }
}
