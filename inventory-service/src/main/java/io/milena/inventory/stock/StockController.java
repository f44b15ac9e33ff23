package io.milena.inventory.stock;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/** Products, stock and reservations over HTTP. */
@RestController
class StockController {

    private final Assortment assortment;
    private final StockRepository stock;
    private final ReservationRepository reservations;

    StockController(Assortment assortment, StockRepository stock, ReservationRepository reservations) {
        this.assortment = assortment;
        this.stock = stock;
        this.reservations = reservations;
    }

    @PostMapping("/products")
    ResponseEntity<ProductView> add(@Valid @RequestBody Product product) {
        boolean isNew = assortment.add(product);
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
    ProductView get(@PathVariable @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) String sku) {
        return stock.product(sku).orElseThrow(() -> NotFoundException.product(sku));
    }

    /** Takes a delivery in: 201, and 200 with the same answer when the key comes again. */
    @PostMapping("/products/{sku}/restock")
    ResponseEntity<MovementView> restock(
            @PathVariable @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) String sku,
            @RequestHeader("Idempotency-Key")
                    @NotBlank
                    @Size(max = 200)
                    @Pattern(regexp = Text.ONE_LINE, message = Text.HINT)
                    String key,
            @Valid @RequestBody Delivery delivery) {
        Assortment.Restock restock = assortment.restock(sku, delivery.wanted(), key);
        return ResponseEntity.status(restock.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
                .body(restock.movement());
    }

    /** Every change of a product's stock, the latest first. Their sums are the stock. */
    @GetMapping("/products/{sku}/movements")
    List<MovementView> movements(
            @PathVariable @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) String sku,
            @RequestParam(defaultValue = "0") @Min(0) @Max(10_000_000) int page,
            @RequestParam(defaultValue = "20") @Min(1) @Max(1_000) int size) {
        get(sku);
        return stock.movements(sku, page, size);
    }

    @GetMapping("/reservations/{orderId}")
    Reservation reservation(@PathVariable @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) String orderId) {
        return reservations
                .ofOrder(orderId)
                .orElseThrow(() -> new NotFoundException("there is no reservation for order " + orderId));
    }
}
