package io.milena.shipping.shipment;

import io.milena.shipping.label.TrackingNumber;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shipments over HTTP. */
@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "shipments", description = "Shipments and their moves")
class ShipmentController {

    private final Dock dock;
    private final ShipmentRepository shipments;

    ShipmentController(Dock dock, ShipmentRepository shipments) {
        this.dock = dock;
        this.shipments = shipments;
    }

    @GetMapping("/shipments/{orderId}")
    @Operation(summary = "The shipment of an order")
    ShipmentView get(@PathVariable @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) String orderId) {
        return ShipmentView.of(
                shipments.ofOrder(orderId).orElseThrow(() -> ShipmentNotFoundException.ofOrder(orderId)));
    }

    /** The parcel leaves; needed where {@code shipping.dispatch} is {@code manual}. */
    @PostMapping("/shipments/{orderId}/dispatch")
    @Operation(summary = "The parcel leaves")
    ShipmentView dispatch(@PathVariable @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) String orderId) {
        return ShipmentView.of(dock.dispatch(orderId));
    }

    @PostMapping("/shipments/{orderId}/deliver")
    @Operation(summary = "The customer has the parcel")
    ShipmentView deliver(@PathVariable @Pattern(regexp = Text.ONE_LINE, message = Text.HINT) String orderId) {
        return ShipmentView.of(dock.deliver(orderId));
    }

    /** The shipment with a tracking number; a mistyped one is told from an unknown one. */
    @GetMapping("/tracking/{trackingNumber}")
    @Operation(summary = "The shipment with a tracking number")
    ShipmentView track(@PathVariable String trackingNumber) {
        if (!TrackingNumber.isValid(trackingNumber)) {
            throw new MistypedNumberException(trackingNumber);
        }
        return ShipmentView.of(shipments
                .withTrackingNumber(trackingNumber)
                .orElseThrow(() -> ShipmentNotFoundException.withTrackingNumber(trackingNumber)));
    }

    @GetMapping("/shipments")
    @Operation(summary = "Shipments, a page at a time")
    List<ShipmentView> list(
            @RequestParam(required = false) @Nullable ShipmentState state,
            @RequestParam(defaultValue = "0") @Min(0) @Max(10_000_000) int page,
            @RequestParam(defaultValue = "20") @Min(1) @Max(1_000) int size) {
        return shipments.page(state, page, size).stream().map(ShipmentView::of).toList();
    }

    @GetMapping("/shipment-counts")
    @Operation(summary = "How many shipments are in each state")
    Map<ShipmentState, Long> counts() {
        return shipments.countByState();
    }
}
