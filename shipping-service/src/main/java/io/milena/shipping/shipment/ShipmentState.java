package io.milena.shipping.shipment;

/**
 * Where a shipment is, and where it may go from there.
 *
 * <pre>
 *   PREPARED → CLEARED → DISPATCHED → DELIVERED
 *       ↘ VOIDED
 * </pre>
 */
enum ShipmentState {
    /** Packed and labelled, waiting for the word to leave. */
    PREPARED,
    /** The order is shipped, so the parcel may leave; only seen when dispatching is manual. */
    CLEARED,
    /** Left the house. */
    DISPATCHED,
    /** With the customer. */
    DELIVERED,
    /** The order was cancelled before the word to leave came; the label is void. */
    VOIDED;

    boolean mayBecome(ShipmentState next) {
        return switch (this) {
            case PREPARED -> next == CLEARED || next == VOIDED;
            case CLEARED -> next == DISPATCHED;
            case DISPATCHED -> next == DELIVERED;
            case DELIVERED, VOIDED -> false;
        };
    }

    /** Whether it has been in that state or is in it. */
    boolean isAtOrAfter(ShipmentState earlier) {
        return this == earlier || (this != VOIDED && earlier != VOIDED && ordinal() > earlier.ordinal());
    }
}
