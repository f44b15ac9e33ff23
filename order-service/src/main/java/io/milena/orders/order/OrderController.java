package io.milena.orders.order;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/** Orders over HTTP. */
@RestController
class OrderController {

    private final OrderDesk desk;
    private final OrderRepository orders;

    OrderController(OrderDesk desk, OrderRepository orders) {
        this.desk = desk;
        this.orders = orders;
    }

    /** One page of a list. */
    record Page(List<Order> content, int page, int size, long totalElements, long totalPages) {}

    @PostMapping("/orders")
    ResponseEntity<Order> place(@Valid @RequestBody PlaceOrder wish) {
        OrderDesk.Placement placement = desk.place(wish);
        if (!placement.isNew()) {
            return ResponseEntity.ok(placement.order());
        }
        return ResponseEntity.created(UriComponentsBuilder.fromPath("/orders/{id}")
                        .build(placement.order().orderId()))
                .body(placement.order());
    }

    @GetMapping("/orders/{orderId}")
    Order get(@PathVariable String orderId) {
        return orders.find(orderId).orElseThrow(() -> new OrderNotFoundException(orderId));
    }

    @GetMapping("/orders")
    Page list(
            @RequestParam(required = false) @Nullable OrderState state,
            @RequestParam(defaultValue = "0") @Min(0) @Max(10_000_000) int page,
            @RequestParam(defaultValue = "20") @Min(1) @Max(1_000) int size) {
        long total = orders.count(state);
        return new Page(orders.page(state, page, size), page, size, total, (total + size - 1) / size);
    }

    /** How many orders are in each state. */
    @GetMapping("/order-counts")
    Map<OrderState, Long> counts() {
        return orders.countByState();
    }

    @PostMapping("/orders/{orderId}/cancel")
    Order cancel(@PathVariable String orderId) {
        return desk.cancel(orderId);
    }
}
