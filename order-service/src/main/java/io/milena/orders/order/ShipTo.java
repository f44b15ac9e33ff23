package io.milena.orders.order;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Where the goods go. */
public record ShipTo(
        @NotBlank @Size(max = 200) String name,
        @Nullable @Size(max = 300) String address,
        @Nullable @Size(max = 100) String city,
        @Nullable @Size(max = 30) String postalCode,
        @Nullable @Size(max = 100) String country) {}
