package io.milena.inventory.stock;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A product and its stock now.
 *
 * @param unitsInStock units in the house, promised ones among them
 * @param reserved units promised to orders
 * @param available units that can still be promised
 */
record ProductView(
        String sku, String name, @Nullable BigDecimal unitPrice, int unitsInStock, int reserved, int available) {

    Product product() {
        return new Product(sku, name, unitPrice, unitsInStock);
    }
}
