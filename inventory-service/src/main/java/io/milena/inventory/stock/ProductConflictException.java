package io.milena.inventory.stock;

/** The product number belongs to another product. */
final class ProductConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ProductConflictException(String sku) {
        super("product " + sku + " exists with another name or price");
    }
}
