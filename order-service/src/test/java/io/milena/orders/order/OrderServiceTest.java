package io.milena.orders.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.orders.OrderServiceApplication;
import io.milena.starter.outbox.OutboxRelay;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service by itself, without a broker: it starts, accepts orders, decides, and keeps its events until one comes. */
class OrderServiceTest {

    private static ConfigurableApplicationContext context;
    private static OrderDesk desk;
    private static String url;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        context = OrderServiceApplication.builder()
                .run(
                        "--server.port=0",
                        "--spring.kafka.bootstrap-servers=localhost:1",
                        "--spring.datasource.url=jdbc:h2:mem:orders;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH");
        desk = context.getBean(OrderDesk.class);
        url = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private record Answer(int status, String type, String location, JsonNode body) {}

    @Test
    void a_placed_order_is_there_with_its_event_waiting() throws Exception {
        Answer placed = post("/orders", order("n-1", 2));

        assertThat(placed.status()).isEqualTo(201);
        assertThat(placed.location()).isEqualTo("/orders/n-1");
        assertThat(get("/orders/n-1").body().get("state").stringValue()).isEqualTo("PLACED");
        assertThat(events("n-1")).containsExactly("order.placed.v1");
        assertThat(context.getBean(OutboxRelay.class).pending()).isPositive();
    }

    @Test
    void the_same_order_again_is_the_same_order_also_at_the_same_moment() throws Exception {
        List<Integer> statuses =
                together(8, () -> post("/orders", order("n-2", 2)).status());

        assertThat(statuses).containsOnlyOnce(201).containsOnly(200, 201);
        assertThat(events("n-2")).hasSize(1);
        assertThat(post("/orders", order("n-2", 3)).status()).isEqualTo(409);
    }

    @Test
    void the_way_to_shipped() throws Exception {
        post("/orders", order("n-3", 1));
        desk.stockReserved("n-3");
        desk.shipmentPrepared("n-3", "s-3");

        assertThat(get("/orders/n-3").body().get("state").stringValue()).isEqualTo("SHIPPED");
        assertThat(events("n-3")).containsExactly("order.placed.v1", "order.confirmed.v1", "order.shipped.v1");
        Answer tooLate = post("/orders/n-3/cancel", "");
        assertThat(tooLate.status()).isEqualTo(409);
        assertThat(tooLate.type()).startsWith("application/problem+json");
        assertThat(tooLate.body().get("state").stringValue()).isEqualTo("SHIPPED");
    }

    @Test
    void news_that_come_too_late_change_nothing() throws Exception {
        post("/orders", order("n-4", 1));
        assertThat(post("/orders/n-4/cancel", "").status()).isEqualTo(200);
        desk.stockReserved("n-4");
        desk.shipmentPrepared("n-4", "s-4");
        desk.stockRejected("n-4", "late");

        assertThat(get("/orders/n-4").body().get("state").stringValue()).isEqualTo("CANCELLED");
        assertThat(events("n-4")).containsExactly("order.placed.v1", "order.cancelled.v1");
        assertThat(post("/orders/n-4/cancel", "").status()).isEqualTo(200);
        assertThat(events("n-4")).hasSize(2);
    }

    @Test
    void cancel_and_ship_at_the_same_moment_end_in_one_state_with_one_last_event() throws Exception {
        for (int i = 0; i < 20; i++) {
            String id = "race-" + i;
            post("/orders", order(id, 1));
            desk.stockReserved(id);
            ExecutorService threads = Executors.newFixedThreadPool(2);
            Future<Integer> cancel =
                    threads.submit(() -> post("/orders/" + id + "/cancel", "").status());
            Future<?> ship = threads.submit(() -> desk.shipmentPrepared(id, "s"));
            ship.get();
            boolean cancelled = cancel.get() == 200;
            threads.shutdown();

            assertThat(get("/orders/" + id).body().get("state").stringValue())
                    .isEqualTo(cancelled ? "CANCELLED" : "SHIPPED");
            assertThat(events(id)).hasSize(3).last().isEqualTo(cancelled ? "order.cancelled.v1" : "order.shipped.v1");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            malformed JSON       | {"orderId":                                                              | Bad Request
            no lines             | {"orderId":"bad","customerId":"c","lines":[]}                           | lines
            no customer          | {"orderId":"bad","lines":[{"sku":"A","quantity":1}]}                    | customerId
            negative quantity    | {"orderId":"bad","customerId":"c","lines":[{"sku":"A","quantity":-1}]}  | lines[0].quantity
            quantity no number   | {"orderId":"bad","customerId":"c","lines":[{"sku":"A","quantity":"x"}]} | Bad Request
            no product           | {"orderId":"bad","customerId":"c","lines":[{"quantity":1}]}             | lines[0].sku
            id with blanks       | {"orderId":"b d","customerId":"c","lines":[{"sku":"A","quantity":1}]}   | orderId
            """)
    void bad_input_gets_a_problem_document_and_leaves_no_trace(String name, String json, String hint) throws Exception {
        Answer answer = post("/orders", json);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.type()).startsWith("application/problem+json");
        assertThat(answer.body().toString()).contains(hint);
        assertThat(get("/orders/bad").status()).isEqualTo(404);
    }

    @Test
    void lists_are_paged_and_filtered() throws Exception {
        post("/orders", order("list-1", 1));
        post("/orders", order("list-2", 1));
        desk.stockRejected("list-2", "unknown product X");

        JsonNode rejected = get("/orders?state=REJECTED&size=1").body();
        assertThat(rejected.get("content").size()).isEqualTo(1);
        assertThat(rejected.get("content").get(0).get("reason").stringValue()).isEqualTo("unknown product X");
        assertThat(get("/orders?size=0").status()).isEqualTo(400);
        assertThat(get("/orders?state=LOST").status()).isEqualTo(400);
        assertThat(get("/order-counts").body().get("REJECTED").intValue()).isPositive();
    }

    @Test
    void without_a_broker_it_is_alive_but_not_ready() throws Exception {
        assertThat(get("/actuator/health/liveness").status()).isEqualTo(200);
        Answer readiness = get("/actuator/health/readiness");
        assertThat(readiness.status()).isEqualTo(503);
        assertThat(readiness.body().toString()).contains("localhost:1");
    }

    private static List<String> events(String orderId) {
        return context.getBean(JdbcTemplate.class)
                .queryForList(
                        "select event_type from outbox_event where record_key = ? order by id", String.class, orderId);
    }

    private static String order(String id, int quantity) {
        return "{\"orderId\":\"" + id
                + "\",\"customerId\":\"c1\",\"orderDate\":\"2026-01-02\",\"lines\":[{\"sku\":\"A\",\"quantity\":"
                + quantity + ",\"unitPrice\":14.0}],\"shipTo\":{\"name\":\"n\",\"city\":\"Praha\"}}";
    }

    private static <T> List<T> together(int times, Callable<T> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(times);
        List<T> results = new ArrayList<>();
        for (Future<T> future : threads.invokeAll(Collections.nCopies(times, call))) {
            results.add(future.get());
        }
        threads.shutdown();
        return results;
    }

    private static Answer post(String path, String json) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url + path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private static Answer get(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url + path)));
    }

    private static Answer send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("content-type").orElse(""),
                response.headers().firstValue("location").orElse(""),
                JsonMapper.shared().readTree(response.body().isEmpty() ? "null" : response.body()));
    }
}
