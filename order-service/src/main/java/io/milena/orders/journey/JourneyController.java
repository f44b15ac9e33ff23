package io.milena.orders.journey;

import io.milena.orders.desk.OrderIds;
import io.milena.orders.journey.story.Journey;
import io.milena.orders.journey.story.Teller;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The journey over HTTP: for programs, and as a page. */
@RestController
@Tag(name = "orders")
class JourneyController {

    private final JourneyFacts facts;

    JourneyController(JourneyFacts facts) {
        this.facts = facts;
    }

    @GetMapping("/orders/{orderId}/journey")
    @Operation(
            summary = "The journey of an order",
            description =
                    "REST calls, outbox, records with topic, partition and offset, reservation, shipment, retries, dead letters, and what"
                            + " the order waits for. What is not known (the broker does not answer) is told as UNKNOWN.")
    @ApiResponse(responseCode = "200", description = "The journey")
    @ApiResponse(
            responseCode = "404",
            description = "order-not-found",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemDetail.class)))
    ResponseEntity<Journey> journey(
            @PathVariable @Parameter(description = "The order's id", example = "10248") String orderId) {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(Teller.tell(facts.of(OrderIds.checked(orderId))));
    }

    /** The page reads the id from its own address. */
    @GetMapping(path = "/journey/{orderId}", produces = MediaType.TEXT_HTML_VALUE)
    @Hidden
    ResponseEntity<Resource> page(@PathVariable String orderId) {
        return ResponseEntity.ok()
                .header("Content-Security-Policy", "default-src 'self'; img-src 'self' data:")
                .body(new ClassPathResource("journey/page.html"));
    }
}
