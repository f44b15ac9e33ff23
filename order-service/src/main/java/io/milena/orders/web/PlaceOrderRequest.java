package io.milena.orders.web;

import io.milena.orders.desk.OrderIds;
import io.milena.orders.order.NewOrder;
import io.milena.orders.order.OrderLine;
import io.milena.orders.order.ShipTo;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /orders}: what a customer asks for, as it comes in. */
@Schema(name = "PlaceOrder")
record PlaceOrderRequest(
        @Nullable
        @Pattern(regexp = OrderIds.PATTERN, message = "must be 1 to 64 letters, digits, '.', '_' or '-'")
        @Schema(description = "Chosen by the customer; left out, one is chosen", example = "10248")
        String orderId,

        @NotBlank @Size(max = 64) @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) @Schema(example = "VINET")
        String customerId,

        @Nullable @Schema(example = "1996-07-04") LocalDate orderDate,
        @NotEmpty @Size(max = 500) List<@NotNull @Valid Line> lines,
        @Nullable @Valid Address shipTo) {

    /** So many units of one product. */
    @Schema(name = "PlaceOrderLine")
    record Line(
            @NotBlank @Size(max = 64) @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) @Schema(example = "NW-011")
            String sku,

            @NotNull @Positive @Max(1_000_000) @Schema(example = "12")
            Integer quantity,

            @Nullable @DecimalMin("0") @Digits(integer = 12, fraction = 4) @Schema(example = "14.0")
            BigDecimal unitPrice) {}

    /** Where the goods go. */
    @Schema(name = "PlaceOrderAddress")
    record Address(
            @NotBlank @Size(max = 200) @Pattern(regexp = Text.ONE_LINE, message = Text.HINT)
            String name,

            @Nullable @Size(max = 300) @Pattern(regexp = Text.ONE_LINE, message = Text.HINT)
            String address,

            @Nullable @Size(max = 100) @Pattern(regexp = Text.ONE_LINE, message = Text.HINT)
            String city,

            @Nullable @Size(max = 30) @Pattern(regexp = Text.ONE_LINE, message = Text.HINT)
            String postalCode,

            @Nullable @Size(max = 100) @Pattern(regexp = Text.ONE_LINE, message = Text.HINT)
            String country) {}

    /** Years a database can keep. */
    @AssertTrue(message = "orderDate must be between the years 1 and 9999")
    @Schema(hidden = true)
    boolean isOrderDatePossible() {
        return orderDate == null || (orderDate.getYear() >= 1 && orderDate.getYear() <= 9_999);
    }

    /** To be called on what is valid. */
    NewOrder order() {
        return new NewOrder(
                orderId,
                customerId,
                orderDate,
                lines.stream()
                        .map(line -> new OrderLine(line.sku(), line.quantity(), line.unitPrice()))
                        .toList(),
                shipTo == null
                        ? null
                        : new ShipTo(
                                shipTo.name(), shipTo.address(), shipTo.city(), shipTo.postalCode(), shipTo.country()));
    }
}
