package io.milena.orders.desk;

/** The order is not what the caller thinks it is. */
public final class StaleVersionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long version;

    StaleVersionException(String orderId, long version) {
        super("order " + orderId + " is at version " + version + ", which If-Match does not name");
        this.version = version;
    }

    /** What it is now. */
    public long version() {
        return version;
    }
}
