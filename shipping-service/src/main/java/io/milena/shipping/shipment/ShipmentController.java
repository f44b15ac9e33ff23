package io.milena.shipping.shipment;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shipments over HTTP. */
@RestController
class ShipmentController {

    private final ShipmentRepository shipments;

    ShipmentController(ShipmentRepository shipments) {
        this.shipments = shipments;
    }

    /** The shipment of an order. */
    @GetMapping("/shipments/{orderId}")
    Shipment get(@PathVariable String orderId) {
        return shipments.ofOrder(orderId).orElseThrow(() -> new ShipmentNotFoundException(orderId));
    }

    @GetMapping("/shipments")
    List<Shipment> list(
            @RequestParam(required = false) @Nullable ShipmentState state,
            @RequestParam(defaultValue = "0") @Min(0) @Max(10_000_000) int page,
            @RequestParam(defaultValue = "20") @Min(1) @Max(1_000) int size) {
        return shipments.page(state, page, size);
    }

    /** How many shipments are in each state. */
    @GetMapping("/shipment-counts")
    Map<ShipmentState, Long> counts() {
        return shipments.countByState();
    }
}
