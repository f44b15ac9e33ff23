package io.milena.inventory.ledger;

/**
 * How much there is of one product, in units: what lies in the house, and how much of that is promised. Immutable.
 * Invariant: 0 ≤ reserved ≤ onHand ≤ {@link #MOST}.
 */
public record StockLevel(String sku, int onHand, int reserved) {

    /** The most units a product can have. */
    public static final int MOST = 1_000_000_000;

    public StockLevel {
        if (reserved < 0 || reserved > onHand) {
            throw new IllegalArgumentException(
                    "of " + sku + " " + reserved + " units would be reserved while " + onHand + " are there");
        }
        if (onHand > MOST) {
            throw new IllegalArgumentException(
                    "of " + sku + " there would be " + onHand + " units; the most is " + MOST);
        }
    }

    public int available() {
        return onHand - reserved;
    }

    /** The level after a movement of this product. */
    public StockLevel after(StockMovement movement) {
        if (!movement.sku().equals(sku)) {
            throw new IllegalArgumentException("a movement of " + movement.sku() + " does not concern " + sku);
        }
        return new StockLevel(
                sku,
                Math.addExact(onHand, movement.onHandChange()),
                Math.addExact(reserved, movement.reservedChange()));
    }
}
