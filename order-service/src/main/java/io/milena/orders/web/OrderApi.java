package io.milena.orders.web;

import io.milena.orders.order.Order;
import io.milena.orders.order.OrderState;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.context.request.WebRequest;

/** The contract of orders over HTTP, with what OpenAPI tells of it. */
@Tag(name = "orders", description = "Placing, reading and cancelling orders")
interface OrderApi {

    String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** On an answer that was given before. */
    String REPLAYED = "Idempotency-Replayed";

    String JSON = "application/json";
    String PROBLEM = "application/problem+json";
    String ORDER_EXAMPLE = """
            {"orderId": "10248", "customerId": "VINET", "orderDate": "1996-07-04",
             "lines": [{"sku": "NW-011", "quantity": 12, "unitPrice": 14.0}],
             "shipTo": {"name": "Vins et alcools Chevalier", "city": "Reims", "country": "France"}}""";
    String PROBLEM_EXAMPLE = """
            {"type": "/problems/invalid-order", "title": "The order is not valid", "status": 400, "detail": "a field is not valid",
             "instance": "/orders", "errors": [{"field": "lines[0].quantity", "message": "must be greater than 0"}]}""";

    /**
     * One page of a list.
     *
     * @param page its number, null if a cursor led to it
     */
    @Schema(name = "OrderPage")
    record Page(
            List<Order> content,

            @Nullable @Schema(description = "Its number, from 0; null if a cursor led to it")
            Integer page,

            int size,
            long totalElements,
            long totalPages) {}

    @PostMapping(path = "/orders", consumes = JSON, produces = JSON)
    @Operation(
            summary = "Place an order",
            description =
                    "The same orderId with the same content again is the same order (200). With an Idempotency-Key the first answer is "
                            + "said again, word by word, for a day; other content under the same key is refused.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = "application/json",
                                            schema = @Schema(implementation = PlaceOrderRequest.class),
                                            examples = @ExampleObject(ORDER_EXAMPLE))))
    @ApiResponse(
            responseCode = "201",
            description = "Placed",
            headers = {
                @Header(name = "Location", schema = @Schema(type = "string"), description = "The order"),
                @Header(name = "ETag", schema = @Schema(type = "string"), description = "Its version"),
                @Header(
                        name = REPLAYED,
                        schema = @Schema(type = "boolean"),
                        description = "true if this answer was given before")
            },
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Order.class)))
    @ApiResponse(
            responseCode = "200",
            description = "Was placed before with the same content",
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Order.class)))
    @ApiResponse(
            responseCode = "400",
            description = "malformed-body, invalid-order, invalid-idempotency-key",
            content =
                    @Content(
                            mediaType = PROBLEM,
                            schema = @Schema(implementation = ProblemDetail.class),
                            examples = @ExampleObject(PROBLEM_EXAMPLE)))
    @ApiResponse(
            responseCode = "409",
            description = "order-id-taken, request-in-progress",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    @ApiResponse(
            responseCode = "413",
            description = "body-too-large",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    @ApiResponse(
            responseCode = "415",
            description = "unsupported-media-type",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    @ApiResponse(
            responseCode = "422",
            description = "idempotency-key-reused",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    ResponseEntity<?> place(
            PlaceOrderRequest request,
            @Parameter(
                            name = IDEMPOTENCY_KEY,
                            in = ParameterIn.HEADER,
                            description = "1 to 255 visible ASCII characters, quoted or bare",
                            example = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"")
                    @Nullable
                    String key);

    @GetMapping(path = "/orders/{orderId}", produces = JSON)
    @Operation(summary = "Read an order")
    @Parameter(
            name = HttpHeaders.IF_NONE_MATCH,
            in = ParameterIn.HEADER,
            description = "The ETag of what the client has",
            schema = @Schema(type = "string"),
            example = "\"2\"")
    @ApiResponse(
            responseCode = "200",
            description = "The order",
            headers = @Header(name = "ETag", schema = @Schema(type = "string"), description = "Its version"),
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Order.class)))
    @ApiResponse(responseCode = "304", description = "Unchanged", content = @Content)
    @ApiResponse(
            responseCode = "404",
            description = "order-not-found",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    @Nullable
    ResponseEntity<Order> get(
            @Parameter(description = "The order's id", example = "10248") String orderId,
            @Parameter(hidden = true) WebRequest request);

    @GetMapping(path = "/orders", produces = JSON)
    @Operation(
            summary = "List orders, a page at a time",
            description =
                    "Follow the 'next' link until there is none: it leads on from the last order of the page, so that orders that come or"
                            + " move on meanwhile make no other order come twice or be left out. Sorted by updatedAt, an order that"
                            + " changes meanwhile changes its place and may be seen again, or not. Pages asked for by number shift with"
                            + " what comes before them.")
    @Parameter(
            name = "state",
            in = ParameterIn.QUERY,
            description = "Any of these states; may be given more than once, or several with commas",
            schema = @Schema(implementation = OrderState.class))
    @Parameter(name = "customer", in = ParameterIn.QUERY, schema = @Schema(type = "string"), example = "VINET")
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "Placed at or after: a date (UTC) or a time with offset",
            schema = @Schema(type = "string"),
            example = "2026-01-31")
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "Placed before",
            schema = @Schema(type = "string"),
            example = "2026-01-31T10:00:00Z")
    @Parameter(
            name = "sort",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = "string",
                            defaultValue = "placedAt",
                            allowableValues = {"placedAt", "-placedAt", "updatedAt", "-updatedAt", "orderId", "-orderId"
                            }))
    @Parameter(
            name = "after",
            in = ParameterIn.QUERY,
            description =
                    "Where the page begins: taken from a 'next' link of the same list, with the same sort; not together with page",
            schema = @Schema(type = "string"))
    @Parameter(
            name = "page",
            in = ParameterIn.QUERY,
            description = "A page by its number",
            schema = @Schema(type = "integer", minimum = "0", defaultValue = "0"))
    @Parameter(
            name = "size",
            in = ParameterIn.QUERY,
            schema = @Schema(type = "integer", minimum = "1", maximum = "1000", defaultValue = "20"))
    @ApiResponse(
            responseCode = "200",
            description = "A page",
            headers =
                    @Header(
                            name = "Link",
                            schema = @Schema(type = "string"),
                            description = "first and next; of a page by its number also prev and last (RFC 8288)"),
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Page.class)))
    @ApiResponse(
            responseCode = "400",
            description = "invalid-parameter",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    ResponseEntity<Page> list(@Parameter(hidden = true) HttpServletRequest request);

    @GetMapping(path = "/order-counts", produces = JSON)
    @Operation(summary = "How many orders are in each state")
    Map<OrderState, Long> counts();

    @PostMapping(path = "/orders/{orderId}/cancel", produces = JSON)
    @Operation(
            summary = "Cancel an order",
            description = "Possible until it is shipped; the answer is final. Again: the same answer.")
    @ApiResponse(
            responseCode = "200",
            description = "Cancelled",
            headers = @Header(name = "ETag", schema = @Schema(type = "string"), description = "Its version"),
            content = @Content(mediaType = "application/json", schema = @Schema(implementation = Order.class)))
    @ApiResponse(
            responseCode = "404",
            description = "order-not-found",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    @ApiResponse(
            responseCode = "409",
            description = "too-late",
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    @ApiResponse(
            responseCode = "412",
            description = "stale-version",
            headers = @Header(name = "ETag", schema = @Schema(type = "string"), description = "The version it has"),
            content = @Content(mediaType = PROBLEM, schema = @Schema(implementation = ProblemDetail.class)))
    ResponseEntity<Order> cancel(
            @Parameter(description = "The order's id", example = "10248") String orderId,
            @Parameter(
                            name = HttpHeaders.IF_MATCH,
                            in = ParameterIn.HEADER,
                            description = "Cancel only this version",
                            example = "\"2\"")
                    @Nullable
                    String ifMatch);
}
