package io.milena.inventory.stock;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/** Products, stock and reservations over HTTP. */
@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "stock", description = "Products, deliveries and reservations")
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
    @Operation(summary = "Sell a product")
    @ApiResponse(responseCode = "201", description = "It is new")
    @ApiResponse(responseCode = "200", description = "It was there with this name and price; its stock is untouched")
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
    @Operation(summary = "All products with their stock")
    List<ProductView> list() {
        return stock.products();
    }

    @GetMapping("/products/{sku}")
    @Operation(summary = "A product with its stock")
    ProductView get(@PathVariable @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) String sku) {
        return stock.product(sku).orElseThrow(() -> NotFoundException.product(sku));
    }

    /** Takes a delivery in: 201, and 200 with the same answer when the key comes again. */
    @PostMapping("/products/{sku}/restock")
    @Operation(summary = "Take a delivery in")
    @ApiResponse(responseCode = "201", description = "The units are in stock")
    @ApiResponse(responseCode = "200", description = "They were before, under this Idempotency-Key")
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
    @Operation(summary = "Every change of a product's stock, the latest first")
    List<MovementView> movements(
            @PathVariable @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) String sku,
            @RequestParam(defaultValue = "0") @Min(0) @Max(10_000_000) int page,
            @RequestParam(defaultValue = "20") @Min(1) @Max(1_000) int size) {
        get(sku);
        return stock.movements(sku, page, size);
    }

    @GetMapping("/reservations/{orderId}")
    @Operation(summary = "What is reserved for an order, or why nothing is")
    Reservation reservation(@PathVariable @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) String orderId) {
        return reservations
                .ofOrder(orderId)
                .orElseThrow(() -> new NotFoundException("there is no reservation for order " + orderId));
    }
}
