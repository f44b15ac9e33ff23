package io.milena.orders.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.orders.RunningOrderService;
import io.milena.starter.testing.TestBroker;
import io.milena.starter.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** The journey of orders through a real broker, with the other services played by the test. */
@ParameterizedClass
@EnumSource(TestDatabase.Kind.class)
record JourneyTest(TestDatabase.Kind database) {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static RunningOrderService service;
    private static OtherServices others;

    @BeforeParameterizedClassInvocation
    static void start(TestDatabase.Kind database) {
        TestDatabase fresh = database.fresh();
        String servers = TestBroker.fresh().bootstrapServers();
        service = RunningOrderService.start(
                fresh, servers, "--orders.journey.freshness=50ms", "--milena.listener.retry.initial-interval=1s");
        others = new OtherServices(servers);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        others.close();
        service.close();
    }

    @Test
    void it_tells_the_call_the_outbox_the_record_and_who_has_still_to_act_while_a_consumer_is_stopped()
            throws Exception {
        service.post(
                "/orders",
                RunningOrderService.order("j-1", 1),
                "X-Correlation-Id",
                "talk-1",
                "traceparent",
                "00-" + TRACE + "-00f067aa0ba902b7-01",
                "Idempotency-Key",
                "\"key-" + database + "\"");
        JsonNode journey = awaitRecords("j-1", 1);

        JsonNode call = journey.get("happenings").get(0);
        assertThat(text(call, "method")).isEqualTo("POST");
        assertThat(text(call, "path")).isEqualTo("/orders");
        assertThat(text(call, "correlationId")).isEqualTo("talk-1");
        assertThat(text(call, "traceId")).isEqualTo(TRACE);
        assertThat(text(call, "idempotencyKey")).isEqualTo("key-" + database);
        JsonNode record = journey.get("records").get(0);
        JsonNode sent = journey.get("outbox").get(0);
        assertThat(text(sent, "status")).isEqualTo("SENT");
        assertThat(sent.get("offset")).isEqualTo(record.get("offset"));
        assertThat(text(record, "type")).isEqualTo("order.placed.v1");
        assertThat(text(record, "correlationId")).isEqualTo("talk-1");
        assertThat(text(record, "traceId")).isEqualTo(TRACE);
        JsonNode wait = journey.get("waitingFor").get(0);
        assertThat(text(wait, "kind")).isEqualTo("GROUP");
        assertThat(text(wait, "on")).isEqualTo("inventory-service");
        assertThat(wait.get("lag").longValue()).isPositive();
        assertThat(wait.get("running").booleanValue()).isFalse();

        inventoryPasses(record);
        assertThat(text(journey("j-1").get("waitingFor").get(0), "kind")).isEqualTo("ANSWER");
    }

    @Test
    void it_follows_the_order_to_its_delivery_and_is_settled_when_everybody_has_acted() throws Exception {
        service.post("/orders", RunningOrderService.order("j-2", 1));
        JsonNode placed = awaitRecords("j-2", 1).get("records").get(0);
        say(
                "inventory-service",
                "inventory",
                "stock.reserved.v1",
                "j-2",
                "{\"orderId\":\"j-2\"}",
                text(placed, "eventId"),
                "milena_attempts",
                "3");
        JsonNode confirmed = awaitRecord("j-2", "order.confirmed.v1");
        String shipment = "{\"orderId\":\"j-2\",\"shipmentId\":\"s-2\",\"carrier\":\"post\"}";
        say("shipping-service", "shipping", "shipment.prepared.v1", "j-2", shipment, text(confirmed, "eventId"));
        JsonNode shipped = awaitRecord("j-2", "order.shipped.v1");
        assertThat(journey("j-2").get("settled").booleanValue()).isFalse();
        say("shipping-service", "shipping", "shipment.dispatched.v1", "j-2", shipment, text(shipped, "eventId"));
        say("shipping-service", "shipping", "shipment.delivered.v1", "j-2", shipment, text(shipped, "eventId"));
        say("carrier", "shipping", "shipment.weighed.v9", "j-2", "[1]", "nothing");
        inventoryPasses(shipped);
        await().atMost(PATIENCE)
                .until(() -> text(journey("j-2").get("shipment"), "status").equals("DELIVERED"));
        JsonNode parked = journey("j-2");
        assertThat(parked.get("settled").booleanValue()).as(parked.toString()).isFalse();
        say(
                "inventory-service",
                "inventory",
                "stock.shipped.v1",
                "j-2",
                "{\"orderId\":\"j-2\"}",
                text(shipped, "eventId"));

        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode journey = journey("j-2");
            assertThat(journey.get("settled").booleanValue())
                    .as(journey.toString())
                    .isTrue();
            assertThat(text(journey.get("reservation"), "status")).isEqualTo("SHIPPED");
            assertThat(text(journey.get("shipment"), "status")).isEqualTo("DELIVERED");
            assertThat(text(journey.get("shipment").get("data"), "carrier")).isEqualTo("post");
            assertThat(journey.get("happenings").valueStream().map(h -> text(h, "what")))
                    .containsExactly("PLACED", "CONFIRMED", "SHIPPED", "DELIVERED");
            assertThat(journey.get("retries").get(0).get("attempts").intValue()).isEqualTo(3);
            assertThat(journey.get("records").valueStream().map(r -> text(r, "type")))
                    .contains("shipment.weighed.v9");
            assertThat(text(journey.get("knowledge"), "broker")).isEqualTo("ANSWERS");
        });
    }

    @Test
    void a_cancelled_order_is_settled_only_when_inventory_says_that_its_stock_is_back() throws Exception {
        service.post("/orders", RunningOrderService.order("j-6", 1));
        service.post("/orders/j-6/cancel", "");
        JsonNode cancelled = awaitRecord("j-6", "order.cancelled.v1");
        passes("shipping-service", cancelled);
        inventoryPasses(cancelled);

        JsonNode wait = journey("j-6").get("waitingFor").get(0);
        assertThat(text(wait, "kind")).isEqualTo("ANSWER");
        assertThat(text(wait, "on")).isEqualTo("inventory-service");
        say(
                "inventory-service",
                "inventory",
                "stock.released.v1",
                "j-6",
                "{\"orderId\":\"j-6\"}",
                text(cancelled, "eventId"));
        await().atMost(PATIENCE).until(() -> journey("j-6").get("settled").booleanValue());
    }

    @Test
    void a_dead_letter_is_told_with_its_reason_until_its_event_was_handled() throws Exception {
        service.post("/orders", RunningOrderService.order("j-3", 1));
        JsonNode placed = awaitRecords("j-3", 1).get("records").get(0);
        String id = text(placed, "eventId");
        inventoryPasses(placed);
        say(
                "order-service",
                "orders-dlt",
                "order.placed.v1",
                "j-3",
                "{}",
                "",
                "ce_id",
                id,
                "milena_dlt_reason",
                "the shelf is gone",
                "milena_dlt_group",
                "inventory-service",
                "milena_dlt_attempts",
                "5",
                "milena_dlt_topic",
                "orders",
                "milena_dlt_partition",
                placed.get("partition").toString(),
                "milena_dlt_offset",
                placed.get("offset").toString());

        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode letter = journey("j-3").get("deadLetters").get(0);
            assertThat(letter).isNotNull();
            assertThat(text(letter, "status")).isEqualTo("WAITING");
            assertThat(text(letter, "reason")).isEqualTo("the shelf is gone");
            assertThat(letter.get("attempts").intValue()).isEqualTo(5);
            assertThat(letter.get("originalOffset")).isEqualTo(placed.get("offset"));
            assertThat(text(journey("j-3").get("waitingFor").get(0), "kind")).isEqualTo("DEAD_LETTER");
        });
        say("inventory-service", "inventory", "stock.reserved.v1", "j-3", "{\"orderId\":\"j-3\"}", id);
        await().atMost(PATIENCE)
                .until(() ->
                        text(journey("j-3").get("deadLetters").get(0), "status").equals("REDRIVEN"));
    }

    @Test
    void an_event_that_this_service_tries_again_is_told_with_its_attempts_and_its_next_one() throws Exception {
        say("inventory-service", "inventory", "stock.reserved.v1", "j-5", "{\"orderId\":\"j-5\"}", "early");
        await().atMost(PATIENCE)
                .until(() -> service.jdbc()
                                .queryForObject("select count(*) from parked_event where lane = 'j-5'", Integer.class)
                        == 1);
        service.post("/orders", RunningOrderService.order("j-5", 1));

        JsonNode retry = journey("j-5").get("retries").get(0);
        assertThat(text(retry, "group")).isEqualTo("order-service");
        assertThat(text(retry, "reason")).contains("there is no order j-5");
        assertThat(text(retry, "nextAt")).isNotEmpty();
        awaitRecord("j-5", "order.confirmed.v1");
        JsonNode over = journey("j-5").get("retries").get(0);
        assertThat(over.get("over").booleanValue()).isTrue();
        assertThat(over.get("attempts").intValue()).isGreaterThan(1);
    }

    @Test
    void whatever_else_is_in_the_topics_it_goes_on() throws Exception {
        others.send(OtherServices.record("orders", null, "no key"));
        others.send(OtherServices.record("inventory", "k".repeat(5_000), "a long key"));
        others.send(OtherServices.record("shipping", "j-4", "\u0000 no JSON \u0000"));
        others.send(OtherServices.record("orders-dlt", "j-4", ""));
        say(
                "x\u0000".repeat(300),
                "shipping",
                "t\u0000".repeat(500),
                "j-4",
                "{\"a\":\"\\u0000\"}",
                "c\u0000".repeat(400));
        service.post("/orders", RunningOrderService.order("j-4", 1));

        JsonNode journey = awaitRecord("j-4", "order.placed.v1");
        assertThat(journey).isNotNull();
        await().atMost(PATIENCE).until(() -> journey("j-4").get("records").size() == 3);
        await().atMost(PATIENCE)
                .until(() -> journey("j-4")
                        .get("deadLetters")
                        .valueStream()
                        .anyMatch(letter -> text(letter, "group").equals("order-service"))); // of what was no event
        assertThat(service.get("/actuator/metrics/orders.journey.skipped")
                        .body()
                        .get("measurements")
                        .get(0)
                        .get("value")
                        .intValue())
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void there_is_a_page_of_it_and_its_parts_are_there() throws Exception {
        RunningOrderService.Answer page = service.get("/journey/j-1");

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("content-type")).startsWith("text/html");
        for (String part : List.of("/assets/journey.css", "/assets/journey.js")) {
            assertThat(page.text()).contains(part);
            assertThat(service.get(part).status()).isEqualTo(200);
        }
        assertThat(service.get("/orders/" + UUID.randomUUID() + "/journey").status())
                .isEqualTo(404);
    }

    private static void say(
            String source, String topic, String type, String orderId, String json, String cause, String... headers)
            throws Exception {
        others.say(source, topic, type, orderId, json, cause, headers);
    }

    private static void inventoryPasses(JsonNode record) throws Exception {
        passes("inventory-service", record);
    }

    private static void passes(String group, JsonNode record) throws Exception {
        others.commit(
                group,
                text(record, "topic"),
                record.get("partition").intValue(),
                record.get("offset").longValue() + 1);
        await().pollDelay(Duration.ofMillis(100)).until(() -> true); // older than the view's freshness
    }

    private static JsonNode journey(String orderId) throws Exception {
        RunningOrderService.Answer answer = service.get("/orders/" + orderId + "/journey");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.body();
    }

    private static JsonNode awaitRecords(String orderId, int count) {
        await().atMost(PATIENCE).until(() -> journey(orderId).get("records").size() >= count);
        return uncheckedJourney(orderId);
    }

    private static JsonNode awaitRecord(String orderId, String type) {
        await().atMost(PATIENCE)
                .until(() -> uncheckedJourney(orderId)
                        .get("records")
                        .valueStream()
                        .anyMatch(record -> type.equals(text(record, "type"))));
        return uncheckedJourney(orderId)
                .get("records")
                .valueStream()
                .filter(record -> type.equals(text(record, "type")))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode uncheckedJourney(String orderId) {
        try {
            return journey(orderId);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? "" : value.asString();
    }
}
