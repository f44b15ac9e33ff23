package io.milena.inventory.stock;

import jakarta.validation.Valid;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/** Products, stock and reservations over HTTP. */
@RestController
class StockController {

    private final Warehouse warehouse;
    private final StockRepository stock;

    StockController(Warehouse warehouse, StockRepository stock) {
        this.warehouse = warehouse;
        this.stock = stock;
    }

    @PostMapping("/products")
    ResponseEntity<ProductView> add(@Valid @RequestBody Product product) {
        boolean isNew = warehouse.add(product);
        ProductView view = get(product.sku());
        return isNew
                ? ResponseEntity.created(
                                UriComponentsBuilder.fromPath("/products/{sku}").build(product.sku()))
                        .body(view)
                : ResponseEntity.ok(view);
    }

    @GetMapping("/products")
    List<ProductView> list() {
        return stock.products();
    }

    @GetMapping("/products/{sku}")
    ProductView get(@PathVariable String sku) {
        return stock.product(sku).orElseThrow(() -> new NotFoundException("there is no product " + sku));
    }

    @GetMapping("/reservations/{orderId}")
    Reservation reservation(@PathVariable String orderId) {
        return stock.reservation(orderId)
                .orElseThrow(() -> new NotFoundException("there is no reservation for order " + orderId));
    }
}
