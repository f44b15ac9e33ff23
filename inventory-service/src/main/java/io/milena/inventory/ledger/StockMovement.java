package io.milena.inventory.ledger;

/**
 * One change of one product's level. The sum of a product's movements is its level, always. A cause moves a product in each way once.
 *
 * @param onHandChange units that came into the house, negative if they left
 * @param reservedChange units that were promised, negative if the promise ended
 * @param cause the order, or the key of the delivery that came in
 */
public record StockMovement(String sku, Kind kind, int onHandChange, int reservedChange, String cause) {

    /** Ways to move. */
    public enum Kind {
        /** The product was put on sale. */
        OPENED,
        /** Units came in. */
        RESTOCKED,
        /** Units are promised to an order. */
        RESERVED,
        /** The order was cancelled: its promise ends. */
        RELEASED,
        /** The order's units left the house. */
        SHIPPED
    }

    public static StockMovement opened(String sku, int units) {
        return new StockMovement(sku, Kind.OPENED, units, 0, "opening stock");
    }

    public static StockMovement restocked(String sku, int units, String key) {
        return new StockMovement(sku, Kind.RESTOCKED, units, 0, key);
    }

    public static StockMovement reserved(String sku, int units, String orderId) {
        return new StockMovement(sku, Kind.RESERVED, 0, units, orderId);
    }

    public static StockMovement released(String sku, int units, String orderId) {
        return new StockMovement(sku, Kind.RELEASED, 0, -units, orderId);
    }

    public static StockMovement shipped(String sku, int units, String orderId) {
        return new StockMovement(sku, Kind.SHIPPED, -units, -units, orderId);
    }
}
