package io.milena.orders.order;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where an order stands, and where it may go:
 *
 * <pre>
 *   PLACED ──► CONFIRMED ──► SHIPPED
 *     │  │         │
 *     │  └──────┐  └───────► CANCELLED
 *     ▼         └──────────► CANCELLED
 *   REJECTED
 * </pre>
 */
public enum OrderState {
    /** Accepted; the inventory has not answered. */
    PLACED,
    /** The goods are reserved. */
    CONFIRMED,
    /** The shipment was told to leave. */
    SHIPPED,
    /** The inventory could not serve it. */
    REJECTED,
    /** Called off before it was shipped. */
    CANCELLED;

    public boolean isTerminal() {
        return next().isEmpty();
    }

    public boolean mayBecome(OrderState state) {
        return next().contains(state);
    }

    private Set<OrderState> next() {
        if (this == PLACED) {
            return EnumSet.of(CONFIRMED, REJECTED, CANCELLED);
        }
        return this == CONFIRMED ? EnumSet.of(SHIPPED, CANCELLED) : EnumSet.noneOf(OrderState.class);
    }
}
