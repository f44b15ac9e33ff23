package io.milena.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.demo.load.ClosingTable;
import io.milena.demo.load.ServiceClient;
import io.milena.starter.testing.TestBroker;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.LogManager;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.bridge.SLF4JBridgeHandler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole flow, as the demo runs it, on the broker of the tests. */
class DemoFlowTest {

    @TempDir
    static Path directory;

    private static final ServiceClient CLIENT = new ServiceClient();
    private static Demo demo;
    private static ClosingTable table;
    private static int port;
    private static Path report;

    @BeforeAll
    static void run() {
        port = FreePorts.three();
        report = directory.resolve("report.json");
        demo = new Demo(
                new DemoOptions(null, null, report, true, directory.resolve("data"), port, null, false, false, 0),
                (data, brokerPort, cluster) ->
                        DemoBroker.running(TestBroker.shared().bootstrapServers()),
                new PrintStream(System.out, true, StandardCharsets.UTF_8));
        table = demo.run();
    }

    @AfterAll
    static void stop() {
        demo.close(null);
    }

    @Test
    void every_order_of_the_sample_comes_to_one_end_and_stock_is_conserved() throws IOException {
        assertThat(table.problems()).isEmpty();
        assertThat(table.orders().get("SHIPPED")).isPositive();
        assertThat(table.orders().get("REJECTED")).isPositive();
        JsonNode json = JsonMapper.shared().readTree(Files.readString(report));
        assertThat(json.get("ok").booleanValue()).isTrue();
        assertThat(json.get("events").get("orders").size()).isEqualTo(3);
        assertThat(json.get("lag").propertyNames())
                .containsExactlyInAnyOrder("inventory-service", "order-service", "shipping-service");
    }

    @Test
    void what_tomcat_logs_is_not_between_the_lines_of_the_demo() {
        assertThat(LogManager.getLogManager().getLogger("").getHandlers())
                .hasOnlyElementsOfType(SLF4JBridgeHandler.class);
    }

    @Test
    void an_order_for_an_unknown_product_is_rejected_with_the_reason() {
        post("/orders", order("unknown-1", "NO-SUCH", 1));

        JsonNode order = awaitState("unknown-1", "REJECTED");
        assertThat(order.get("reason").stringValue()).isEqualTo("unknown product NO-SUCH");
    }

    @Test
    void an_order_for_more_than_there_is_is_rejected_with_the_reason() {
        sell("RARE", 3);
        post("/orders", order("greedy-1", "RARE", 4));

        assertThat(awaitState("greedy-1", "REJECTED").get("reason").stringValue())
                .isEqualTo("not enough stock of RARE: 4 wanted, 3 available");
        assertThat(stock("RARE").get("available").intValue()).isEqualTo(3);
    }

    @Test
    void a_shipped_order_cannot_be_cancelled() {
        sell("COMMON", 10);
        post("/orders", order("shipped-1", "COMMON", 2));
        awaitState("shipped-1", "SHIPPED");

        ServiceClient.Answer answer = CLIENT.post(url(0) + "/orders/shipped-1/cancel", "");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body().get("detail").stringValue()).contains("is SHIPPED and cannot become CANCELLED");
        await().untilAsserted(() -> assertThat(CLIENT.read(url(2) + "/shipments/shipped-1")
                        .get("state")
                        .stringValue())
                .isEqualTo("DISPATCHED"));
    }

    @Test
    void cancels_that_race_with_confirmation_and_shipping_leave_one_end_and_all_stock() throws Exception {
        int orders = 40;
        sell("RACED", 10_000);
        List<CompletableFuture<Void>> customers = new ArrayList<>();
        for (int i = 0; i < orders; i++) {
            String id = "race-" + i;
            int patience = i % 4;
            customers.add(CompletableFuture.runAsync(() -> {
                post("/orders", order(id, "RACED", 5));
                awaitStage(id, patience);
                int status =
                        CLIENT.post(url(0) + "/orders/" + id + "/cancel", "").status();
                assertThat(status).isIn(200, 409);
            }));
        }
        CompletableFuture.allOf(customers.toArray(CompletableFuture[]::new)).get();

        List<String> ends = IntStream.range(0, orders)
                .mapToObj(i -> awaitEnd("race-" + i).get("state").stringValue())
                .toList();
        long shipped = ends.stream().filter("SHIPPED"::equals).count();
        long cancelled = ends.stream().filter("CANCELLED"::equals).count();
        System.out.println("races: " + shipped + " shipped, " + cancelled + " cancelled");
        assertThat(shipped + cancelled).isEqualTo(orders);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(stock("RACED").get("reserved").longValue()).isZero();
            assertThat(stock("RACED").get("unitsInStock").longValue()).isEqualTo(10_000 - 5 * shipped);
        });
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            for (int i = 0; i < orders; i++) {
                ServiceClient.Answer shipment = CLIENT.get(url(2) + "/shipments/race-" + i);
                if (ends.get(i).equals("SHIPPED")) {
                    assertThat(shipment.body().get("state").stringValue()).isEqualTo("DISPATCHED");
                } else if (shipment.ok()) {
                    assertThat(shipment.body().get("state").stringValue()).isEqualTo("VOIDED");
                }
            }
        });
    }

    @Test
    void the_same_order_twice_is_one_order_and_another_under_its_id_is_refused() {
        String body = order("twice-1", "NO-SUCH", 1);
        assertThat(post("/orders", body).status()).isEqualTo(201);
        assertThat(post("/orders", body).status()).isEqualTo(200);
        ServiceClient.Answer other = post("/orders", order("twice-1", "NO-SUCH", 2));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.body().get("title").stringValue()).isEqualTo("The order id is taken");
    }

    @Test
    void the_services_answer_for_themselves() {
        for (int i = 0; i < 3; i++) {
            assertThat(CLIENT.get(url(i) + "/actuator/health")
                            .body()
                            .get("status")
                            .stringValue())
                    .isEqualTo("UP");
            assertThat(CLIENT.get(url(i) + "/actuator/health/liveness").ok()).isTrue();
            assertThat(CLIENT.get(url(i) + "/openapi").body().get("paths").size())
                    .isPositive();
            assertThat(CLIENT.read(url(i) + "/actuator/metrics").get("names").toString())
                    .contains("milena.outbox.pending");
        }
    }

    @Test
    void each_service_publishes_its_rest_api_and_its_events() {
        Views views = new Views(port);
        for (String service : Views.services()) {
            HttpResponse<String> rest = views.raw(service, "/openapi");
            assertThat(rest.statusCode()).isEqualTo(200);
            assertThat(rest.headers().firstValue("content-type")).hasValue("application/json");
            assertThat(JsonMapper.shared().readTree(rest.body()).get("openapi").stringValue())
                    .startsWith("3.");
            HttpResponse<String> events = views.raw(service, "/asyncapi");
            assertThat(events.statusCode()).isEqualTo(200);
            assertThat(events.headers().firstValue("content-type")).hasValue("application/yaml");
            assertThat(events.body()).contains("\nasyncapi: 3.");
        }
    }

    private static ServiceClient.Answer post(String path, String json) {
        return CLIENT.post(url(0) + path, json);
    }

    private static void sell(String sku, int units) {
        assertThat(CLIENT.post(
                                url(1) + "/products",
                                "{\"sku\":\"" + sku + "\",\"name\":\"" + sku + "\",\"unitPrice\":1.5,\"unitsInStock\":"
                                        + units + "}")
                        .ok())
                .isTrue();
    }

    private static JsonNode stock(String sku) {
        return CLIENT.read(url(1) + "/products/" + sku);
    }

    private static String order(String id, String sku, int quantity) {
        return "{\"orderId\":\"" + id + "\",\"customerId\":\"C1\",\"lines\":[{\"sku\":\"" + sku + "\",\"quantity\":"
                + quantity + ",\"unitPrice\":1.50}]}";
    }

    private static JsonNode awaitState(String id, String state) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> CLIENT.read(url(0) + "/orders/" + id),
                        o -> o.get("state").stringValue().equals(state));
    }

    private static JsonNode awaitEnd(String id) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> CLIENT.read(url(0) + "/orders/" + id),
                        o -> List.of("SHIPPED", "REJECTED", "CANCELLED")
                                .contains(o.get("state").stringValue()));
    }

    /** Some cancel at once, some when they see their order confirmed, some when its shipment is being prepared, some too late. */
    private static void awaitStage(String id, int patience) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> switch (patience) {
                    case 0 -> true;
                    case 1 -> !state(id).equals("PLACED");
                    case 2 -> CLIENT.get(url(2) + "/shipments/" + id).ok();
                    default -> state(id).equals("SHIPPED");
                });
    }

    private static String state(String id) {
        return CLIENT.read(url(0) + "/orders/" + id).get("state").stringValue();
    }

    private static String url(int service) {
        return "http://localhost:" + (port + service);
    }
}
