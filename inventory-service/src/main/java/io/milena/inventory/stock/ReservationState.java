package io.milena.inventory.stock;

/**
 * What became of an order's reservation. {@code RESERVED} ends as {@code SHIPPED} or {@code RELEASED}; {@code REJECTED} and an order
 * cancelled before it was seen ({@code RELEASED} from the start) are ends at once.
 */
enum ReservationState {
    RESERVED,
    REJECTED,
    RELEASED,
    SHIPPED
}
