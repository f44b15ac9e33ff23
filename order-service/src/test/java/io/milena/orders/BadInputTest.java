package io.milena.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.orders.RunningOrderService.Answer;
import io.milena.starter.testing.TestDatabase;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is wrong gets the document that says so, and no table changes. */
@ParameterizedClass
@EnumSource(TestDatabase.Kind.class)
record BadInputTest(TestDatabase.Kind database) {

    private static final List<String> TABLES =
            List.of("orders", "order_line", "order_move", "idempotency_key", "outbox_event");
    private static final String KEY = "\"the-key\"";

    private static RunningOrderService service;

    @BeforeParameterizedClassInvocation
    static void start(TestDatabase.Kind database) throws Exception {
        service = RunningOrderService.start(database.fresh(), RunningOrderService.NO_BROKER);
        assertThat(service.post("/orders", RunningOrderService.order("known", 1), "Idempotency-Key", KEY)
                        .status())
                .isEqualTo(201);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        service.close();
    }

    private record Case(String name, HttpRequest.Builder request, int status, String type, String hint) {}

    static Stream<Case> cases() {
        return Stream.of(
                order("malformed JSON", "{\"orderId\":", 400, "malformed-body", "line 1"),
                order("no body", "", 400, "malformed-body", "missing"),
                order("a list", "[]", 400, "malformed-body", "JSON"),
                order("the JSON null", "null", 400, "malformed-body", ""),
                order("something after it", body("A", "1") + "x", 400, "malformed-body", ""),
                order("quantity a text", body("A", "\"1\""), 400, "malformed-body", "lines[0].quantity"),
                order("quantity a fraction", body("A", "1.5"), 400, "malformed-body", "lines[0].quantity"),
                order("quantity beyond all bounds", body("A", "99999999999"), 400, "malformed-body", "quantity"),
                order("customer an object", "{\"customerId\":{},\"lines\":[]}", 400, "malformed-body", "customerId"),
                order("lines no list", "{\"customerId\":\"c\",\"lines\":3}", 400, "malformed-body", "lines"),
                order("a date that is none", with("\"orderDate\":\"2026-02-30\""), 400, "malformed-body", "orderDate"),
                order("a date out of time", with("\"orderDate\":\"+99999-01-01\""), 400, "invalid-order", "years"),
                order("quantity negative", body("A", "-1"), 400, "invalid-order", "lines[0].quantity"),
                order("quantity zero", body("A", "0"), 400, "invalid-order", "lines[0].quantity"),
                order(
                        "quantity missing",
                        "{\"customerId\":\"c\",\"lines\":[{\"sku\":\"A\"}]}",
                        400,
                        "invalid-order",
                        "quantity"),
                order("quantity null", body("A", "null"), 400, "invalid-order", "lines[0].quantity"),
                order("quantity too large", body("A", "1000001"), 400, "invalid-order", "lines[0].quantity"),
                order("no product", body("", "1"), 400, "invalid-order", "lines[0].sku"),
                order(
                        "a product with a control character",
                        body("A\\u0000", "1"),
                        400,
                        "invalid-order",
                        "lines[0].sku"),
                order("no lines", "{\"customerId\":\"c\",\"lines\":[]}", 400, "invalid-order", "lines"),
                order("lines missing", "{\"customerId\":\"c\"}", 400, "invalid-order", "lines"),
                order(
                        "a line that is null",
                        "{\"customerId\":\"c\",\"lines\":[null]}",
                        400,
                        "invalid-order",
                        "lines[0]"),
                order(
                        "no customer",
                        "{\"lines\":[{\"sku\":\"A\",\"quantity\":1}]}",
                        400,
                        "invalid-order",
                        "customerId"),
                order("an id with blanks", with("\"orderId\":\"b d\""), 400, "invalid-order", "orderId"),
                order("a price of a thousand digits", price("1e9999"), 400, "malformed-body", "unitPrice"),
                order("a price nobody can compute with", price("1E+2147483647"), 400, "malformed-body", "unitPrice"),
                order("a price of endless decimals", price("1E-2147483647"), 400, "malformed-body", "unitPrice"),
                order("a price that is a text", price("\"14.0\""), 400, "malformed-body", "unitPrice"),
                order(
                        "quantity nobody can compute with",
                        body("A", "1E+2147483647"),
                        400,
                        "malformed-body",
                        "quantity"),
                order("a customer that is a number", with("\"customerId\":5"), 400, "malformed-body", "customerId"),
                order("an id that is true", with("\"orderId\":true"), 400, "malformed-body", "orderId"),
                order(
                        "a city that is a number",
                        with("\"shipTo\":{\"name\":\"n\",\"city\":1.5}"),
                        400,
                        "malformed-body",
                        "city"),
                order("a negative price", price("-1"), 400, "invalid-order", "unitPrice"),
                order("absurdly many lines", manyLines(2_000), 400, "invalid-order", "lines"),
                order("a giant body", manyLines(100_000), 413, "body-too-large", "\"instance\":\"/orders\""),
                new Case(
                        "a giant body of unknown length",
                        json(chunked(manyLines(100_000))),
                        413,
                        "body-too-large",
                        "262144"),
                order("the id of another order", RunningOrderService.order("known", 2), 409, "order-id-taken", "known"),
                keyed(
                        "a key used for another body",
                        RunningOrderService.order("other", 1),
                        KEY,
                        422,
                        "idempotency-key-reused"),
                keyed(
                        "a new key, but the id of another order",
                        RunningOrderService.order("known", 2),
                        "k2",
                        409,
                        "order-id-taken"),
                keyed("an empty key", RunningOrderService.order("o", 1), "\"\"", 400, "invalid-idempotency-key"),
                keyed(
                        "a key too long",
                        RunningOrderService.order("o", 1),
                        "k".repeat(256),
                        400,
                        "invalid-idempotency-key"),
                keyed("a key half quoted", RunningOrderService.order("o", 1), "\"k", 400, "invalid-idempotency-key"),
                keyed(
                        "a key with a control character",
                        RunningOrderService.order("o", 1),
                        "\"k\tk\"",
                        400,
                        "invalid-idempotency-key"),
                keyed("an invalid order under a key", body("A", "-1"), "k3", 400, "invalid-order"),
                new Case("no JSON", plain(), 415, "unsupported-media-type", "must be application/json, not text/plain"),
                new Case("PUT", to("/orders").PUT(text("{}")), 405, "method-not-allowed", ""),
                new Case("DELETE", to("/orders/known").DELETE(), 405, "method-not-allowed", ""),
                new Case(
                        "XML, please",
                        to("/orders/known").header("accept", "application/xml"),
                        406,
                        "not-acceptable",
                        ""),
                new Case(
                        "an order to be answered in XML",
                        json(text(RunningOrderService.order("xml", 1))).header("accept", "application/xml"),
                        406,
                        "not-acceptable",
                        "application/json"),
                new Case("nowhere", to("/nowhere"), 404, "no-such-path", "/docs lists"),
                new Case("no kind of problem", to("/problems/none"), 404, "no-such-path", "/problems lists"),
                new Case("an unknown order", to("/orders/nobody"), 404, "order-not-found", "nobody"),
                new Case("an id no order has", to("/orders/a%20b"), 404, "order-not-found", ""),
                new Case(
                        "cancelling an unknown order",
                        to("/orders/nobody/cancel").POST(text("")),
                        404,
                        "order-not-found",
                        "nobody"),
                new Case("following an unknown order", to("/orders/nobody/events"), 404, "order-not-found", "nobody"),
                new Case(
                        "cancelling another version",
                        to("/orders/known/cancel").header("If-Match", "\"7\"").POST(text("")),
                        412,
                        "stale-version",
                        "known"),
                query("state=LOST", "LOST"),
                query("page=-1", "page"),
                query("size=0", "size"),
                query("size=1001", "size"),
                query("page=one", "page"),
                query("page=99999999999", "page"),
                query("sort=colour", "sort"),
                query("from=yesterday", "from"),
                query("from=%2B99999-01-01", "from"),
                query("from=2026-01-02&to=2026-01-01", "from"),
                query("customer=%00", "customer"),
                query("size=1&size=2", "size"),
                query("after=", "after"),
                query("after=bm9uc2Vuc2U", "after"),
                query("after=%00", "after"),
                query("after=%00%ff", ""),
                query("state=%ff", ""),
                query("%ff=1", ""),
                query("after=" + cursor("placedAt 2026-01-31T10:00:00Z a") + "&sort=-placedAt", "after"),
                query("after=" + cursor("placedAt +1000000-01-31T10:00:00Z a"), "after"),
                query("after=" + cursor("placedAt 2026-01-31T10:00:00Z a") + "&page=1", "after"),
                query("stat=PLACED", "stat"));
    }

    /** What no database keeps as it came: NUL, and halves of characters, which PostgreSQL's driver would turn into "?". */
    static Stream<Case> texts_nobody_can_keep() {
        Map<String, String> bodies = Map.of(
                "orderId", with("\"orderId\":\"%s\""),
                "customerId", body("A", "1").replace("\"c\"", "\"%s\""),
                "lines[0].sku", body("%s", "1"),
                "shipTo.name", with("\"shipTo\":{\"name\":\"%s\"}"),
                "shipTo.address", with("\"shipTo\":{\"name\":\"n\",\"address\":\"%s\"}"),
                "shipTo.city", with("\"shipTo\":{\"name\":\"n\",\"city\":\"%s\"}"),
                "shipTo.postalCode", with("\"shipTo\":{\"name\":\"n\",\"postalCode\":\"%s\"}"),
                "shipTo.country", with("\"shipTo\":{\"name\":\"n\",\"country\":\"%s\"}"));
        return bodies.entrySet().stream()
                .flatMap(field -> Stream.of("a\\u0000", "a\\ud800", "\\udc00a")
                        .map(text -> order(
                                field.getKey() + " " + text,
                                field.getValue().replace("%s", text),
                                400,
                                "invalid-order",
                                field.getKey())));
    }

    @TestFactory
    Stream<DynamicTest> bad_input_gets_a_problem_document_and_leaves_no_trace() {
        return Stream.concat(cases(), texts_nobody_can_keep())
                .map(input -> DynamicTest.dynamicTest(input.name(), () -> {
                    List<Integer> before = rows();
                    Answer answer = service.send(input.request());

                    assertThat(answer.status()).as(answer.text()).isEqualTo(input.status());
                    assertThat(answer.header("content-type")).startsWith("application/problem+json");
                    assertThat(answer.body().get("type").stringValue()).isEqualTo("/problems/" + input.type());
                    assertThat(answer.body().get("status").intValue()).isEqualTo(input.status());
                    assertThat(answer.body().get("instance").stringValue()).startsWith("/");
                    assertThat(answer.text()).contains(input.hint()).doesNotContain("io.milena");
                    assertThat(rows()).isEqualTo(before);
                }));
    }

    private static List<Integer> rows() {
        return TABLES.stream()
                .map(table -> service.jdbc().queryForObject("select count(*) from " + table, Integer.class))
                .toList();
    }

    private static Case order(String name, String json, int status, String type, String hint) {
        return new Case(name, json(text(json)), status, type, hint);
    }

    private static Case keyed(String name, String json, String key, int status, String type) {
        return new Case(name, json(text(json)).header("Idempotency-Key", key), status, type, "");
    }

    private static Case query(String query, String hint) {
        return new Case("GET /orders?" + query, to("/orders?" + query), 400, "invalid-parameter", hint);
    }

    private static String cursor(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String body(String sku, String quantity) {
        return "{\"customerId\":\"c\",\"lines\":[{\"sku\":\"" + sku + "\",\"quantity\":" + quantity + "}]}";
    }

    private static String with(String field) {
        return "{" + field + ",\"customerId\":\"c\",\"lines\":[{\"sku\":\"A\",\"quantity\":1}]}";
    }

    private static String price(String price) {
        return "{\"customerId\":\"c\",\"lines\":[{\"sku\":\"A\",\"quantity\":1,\"unitPrice\":" + price + "}]}";
    }

    private static String manyLines(int lines) {
        Supplier<Stream<String>> each =
                () -> IntStream.range(0, lines).mapToObj(i -> "{\"sku\":\"A" + i + "\",\"quantity\":1}");
        return "{\"customerId\":\"c\",\"lines\":[" + String.join(",", each.get().toList()) + "]}";
    }

    private static HttpRequest.Builder plain() {
        return to("/orders").header("content-type", "text/plain").POST(text("an order, please"));
    }

    private static HttpRequest.Builder json(HttpRequest.BodyPublisher body) {
        return to("/orders").header("content-type", "application/json").POST(body);
    }

    private static HttpRequest.Builder to(String path) {
        return service.request(path);
    }

    private static HttpRequest.BodyPublisher text(String text) {
        return HttpRequest.BodyPublishers.ofString(text);
    }

    private static HttpRequest.BodyPublisher chunked(String text) {
        return HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(text.getBytes()));
    }
}
