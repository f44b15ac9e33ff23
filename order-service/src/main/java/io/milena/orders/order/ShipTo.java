package io.milena.orders.order;

import org.jspecify.annotations.Nullable;

/** Where the goods go. */
public record ShipTo(
        String name,
        @Nullable String address,
        @Nullable String city,
        @Nullable String postalCode,
        @Nullable String country) {}
