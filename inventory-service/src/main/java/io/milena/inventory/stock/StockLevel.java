package io.milena.inventory.stock;

/**
 * How much there is of one product, in units: what lies in the house, and how much of that is promised. Immutable.
 * Invariant: 0 ≤ reserved ≤ onHand.
 */
record StockLevel(String sku, int onHand, int reserved) {

    StockLevel {
        if (reserved < 0 || reserved > onHand) {
            throw new IllegalArgumentException(
                    "of " + sku + " " + reserved + " units would be reserved while " + onHand + " are there");
        }
    }

    int available() {
        return onHand - reserved;
    }

    StockLevel reserve(int units) {
        return new StockLevel(sku, onHand, Math.addExact(reserved, units));
    }

    StockLevel release(int units) {
        return new StockLevel(sku, onHand, Math.subtractExact(reserved, units));
    }

    StockLevel ship(int units) {
        return new StockLevel(sku, Math.subtractExact(onHand, units), Math.subtractExact(reserved, units));
    }
}
