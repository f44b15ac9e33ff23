package io.milena.orders.web;

import io.milena.orders.desk.Call;
import io.milena.orders.desk.OrderCursor;
import io.milena.orders.desk.OrderDesk;
import io.milena.orders.desk.OrderIds;
import io.milena.orders.desk.OrderNotFoundException;
import io.milena.orders.desk.OrderRepository;
import io.milena.orders.idempotency.IdempotencyKey;
import io.milena.orders.idempotency.KeyedPlacing;
import io.milena.orders.order.Order;
import io.milena.orders.order.OrderState;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;

/** Orders over HTTP. */
@RestController
class OrderController implements OrderApi {

    private final OrderDesk desk;
    private final OrderRepository orders;
    private final KeyedPlacing keyed;

    OrderController(OrderDesk desk, OrderRepository orders, KeyedPlacing keyed) {
        this.desk = desk;
        this.orders = orders;
        this.keyed = keyed;
    }

    @Override
    public ResponseEntity<?> place(
            @Valid @RequestBody PlaceOrderRequest request,
            @RequestHeader(name = IDEMPOTENCY_KEY, required = false) @Nullable String key) {
        if (key == null) {
            OrderDesk.Placement placement = desk.place(request.order(), new Call("POST", "/orders", null));
            return placed(
                            placement.isNew() ? 201 : 200,
                            placement.order().orderId(),
                            placement.order().version())
                    .body(placement.order());
        }
        IdempotencyKey idempotencyKey = IdempotencyKey.ofHeader(key);
        KeyedPlacing.Answer answer =
                keyed.place(request.order(), idempotencyKey, new Call("POST", "/orders", idempotencyKey.value()));
        ResponseEntity.BodyBuilder response = placed(answer.status(), answer.orderId(), answer.orderVersion());
        if (answer.isReplay()) {
            response.header(REPLAYED, "true");
        }
        return response.contentType(MediaType.APPLICATION_JSON).body(answer.body());
    }

    private static ResponseEntity.BodyBuilder placed(int status, String orderId, long version) {
        return ResponseEntity.status(status)
                .location(URI.create("/orders/" + orderId))
                .eTag(EntityTags.of(version));
    }

    @Override
    public @Nullable ResponseEntity<Order> get(@PathVariable String orderId, WebRequest request) {
        Order order = orders.find(OrderIds.checked(orderId)).orElseThrow(() -> new OrderNotFoundException(orderId));
        String tag = EntityTags.of(order.version());
        if (request.checkNotModified(tag)) {
            return null; // 304 is answered
        }
        return ResponseEntity.ok()
                .eTag(tag)
                .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                .body(order);
    }

    @Override
    public ResponseEntity<Page> list(HttpServletRequest request) {
        OrderQuery query = OrderQuery.of(request.getParameterMap());
        long total = orders.count(query.filter());
        long totalPages = (total + query.size() - 1) / query.size();
        List<Order> found = orders.page(query.filter(), query.after(), query.offset(), query.size() + 1);
        boolean isLast = found.size() <= query.size();
        List<Order> content = isLast ? found : found.subList(0, query.size());
        OrderCursor next = isLast
                ? null
                : OrderCursor.behind(
                        content.get(content.size() - 1), query.filter().sort());
        return ResponseEntity.ok()
                .header(HttpHeaders.LINK, PageLinks.ofThisRequest(query, totalPages, next))
                .body(new Page(content, query.page(), query.size(), total, totalPages));
    }

    @Override
    public Map<OrderState, Long> counts() {
        return orders.countByState();
    }

    @Override
    public ResponseEntity<Order> cancel(
            @PathVariable String orderId,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        Order order = desk.cancel(
                OrderIds.checked(orderId),
                EntityTags.ifMatch(ifMatch),
                new Call("POST", "/orders/" + orderId + "/cancel", null));
        return ResponseEntity.ok().eTag(EntityTags.of(order.version())).body(order);
    }
}
