package io.milena.inventory.stock;

/** What was asked for does not exist. */
final class NotFoundException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotFoundException(String message) {
        super(message);
    }

    static NotFoundException product(String sku) {
        return new NotFoundException("there is no product " + sku);
    }
}
