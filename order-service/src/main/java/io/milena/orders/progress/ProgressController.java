package io.milena.orders.progress;

import io.milena.orders.desk.OrderIds;
import io.milena.orders.desk.OrderMoves;
import io.milena.orders.desk.OrderNotFoundException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** An order's progress over HTTP. */
@RestController
@Tag(name = "orders")
class ProgressController {

    private static final String EXAMPLE = """
            retry:1000
            id:2
            event:confirmed
            data:{"event":"confirmed","orderId":"10248","version":2,"state":"CONFIRMED","at":"2026-01-31T10:00:00Z"}

            """;

    private final ProgressStreams streams;
    private final OrderMoves moves;

    ProgressController(ProgressStreams streams, OrderMoves moves) {
        this.streams = streams;
        this.moves = moves;
    }

    @GetMapping(path = "/orders/{orderId}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Operation(
            summary = "Follow an order",
            description =
                    "Server-sent events: what has happened so far, then what happens. Ends when the order is at its end. A client that "
                            + "connects again with Last-Event-ID gets what it missed, or 204 if nothing more will come.")
    @ApiResponse(
            responseCode = "200",
            description = "A stream of OrderProgress",
            content =
                    @Content(
                            mediaType = "text/event-stream",
                            schema = @Schema(implementation = ProgressEvent.class),
                            examples = @ExampleObject(EXAMPLE)))
    @ApiResponse(responseCode = "204", description = "Nothing more will come", content = @Content)
    @ApiResponse(
            responseCode = "404",
            description = "order-not-found",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemDetail.class)))
    @ApiResponse(
            responseCode = "503",
            description = "too-many-streams, stopping",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemDetail.class)))
    ResponseEntity<SseEmitter> events(
            @PathVariable String orderId,
            @Parameter(
                            name = "Last-Event-ID",
                            in = ParameterIn.HEADER,
                            description = "The id of the last event seen",
                            example = "1")
                    @RequestHeader(name = "Last-Event-ID", required = false)
                    @Nullable
                    String lastEventId) {
        Long version = moves.versions(List.of(OrderIds.checked(orderId))).get(orderId);
        if (version == null) {
            throw new OrderNotFoundException(orderId);
        }
        return streams.follow(orderId, seen(lastEventId, version))
                .map(emitter -> ResponseEntity.ok()
                        .cacheControl(CacheControl.noStore())
                        .header("X-Accel-Buffering", "no") // a proxy must not collect events
                        .body(emitter))
                .orElseGet(() -> ResponseEntity.noContent().build());
    }

    /** What no event of this order has for its id is taken for none: the client gets everything. */
    private static long seen(@Nullable String lastEventId, long version) {
        long seen = lastEventId != null && lastEventId.matches("[0-9]{1,15}") ? Long.parseLong(lastEventId) : 0;
        return seen > version ? 0 : seen;
    }
}
