package io.milena.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.demo.TraceCollector.Span;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.logging.LoggingSystem;
import tools.jackson.databind.JsonNode;

/**
 * Lag, health, journey and trace of an order, all four of the real services over HTTP: while a listener is stopped, while a broker is
 * down, while all are, and after each.
 */
class TruthFlowTest {

    private static final String INVENTORY = "inventory-service";
    private static final String ORDERS = "order-service";
    private static final String LISTENER = "/actuator/listeners/inventory-order-news";

    @TempDir
    static Path directory;

    private static BreakableBrokers brokers;
    private static TraceCollector traces;
    private static Services services;
    private static Views views;

    @BeforeAll
    static void start() throws IOException {
        System.setProperty("demo.log", directory.resolve("demo.log").toString());
        System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
        brokers = BreakableBrokers.start();
        traces = new TraceCollector();
        int port = FreePorts.three();
        services = Services.start(
                port,
                String.join(",", brokers.addresses()),
                directory, // there already: H2 does not bear three creating it at once
                List.of(
                        "--management.endpoint.listeners.access=unrestricted",
                        "--management.tracing.sampling.probability=1",
                        "--management.opentelemetry.tracing.export.schedule-delay=50ms",
                        "--management.opentelemetry.tracing.export.otlp.endpoint=" + traces.endpoint(),
                        "--milena.broker.request-timeout=1s",
                        "--milena.lag.interval=200ms",
                        "--milena.health.outbox-stalled-after=2s",
                        "--orders.journey.patience=1s",
                        "--orders.journey.freshness=50ms"),
                (name, ms) -> {});
        views = new Views(port);
        assertThat(views.post(
                                INVENTORY,
                                "/products",
                                "{\"sku\":\"TRUE\",\"name\":\"truth\",\"unitPrice\":1.5,\"unitsInStock\":100}")
                        .ok())
                .isTrue();
    }

    @AfterAll
    static void stop() {
        services.close();
        brokers.close();
        traces.close();
    }

    @Test
    void all_four_views_are_true_while_a_listener_is_stopped_and_after_it() {
        patiently().untilAsserted(TruthFlowTest::allIsWell);
        assertThat(views.post(INVENTORY, LISTENER, "{\"state\":\"stopped\"}")
                        .body()
                        .get("state")
                        .stringValue())
                .isEqualTo("STOPPED");
        Story order = place("stopped");

        patiently().untilAsserted(() -> itWaitsForInventory(order, 1));
        double before = secondsBehind();
        patiently().until(() -> secondsBehind() > before + 0.3);
        Story second = place("stopped-too");
        patiently().untilAsserted(() -> assertThat(lagOfInventory()).isEqualTo(2));
        assertThat(views.isUp(INVENTORY, "")).isFalse();
        allAreReady();
        assertThat(views.isUp(ORDERS, "")).isTrue();

        views.post(INVENTORY, LISTENER, "{\"state\":\"running\"}");
        patiently().untilAsserted(order::isWhole);
        patiently().untilAsserted(second::isWhole);
        patiently().untilAsserted(TruthFlowTest::allIsWell);
    }

    @Test
    void all_four_views_are_true_while_a_broker_or_all_are_down_and_after_it() {
        patiently().untilAsserted(TruthFlowTest::allIsWell);
        Story before = place("before");
        patiently().untilAsserted(before::isWhole);

        if (brokers.addresses().size() > 1) {
            Instant lostAt = Instant.now();
            brokers.lose(1);
            Story order = place("one-down");
            patiently().untilAsserted(order::isWhole);
            patiently().untilAsserted(() -> oneIsMissing(brokers.addresses().get(1), lostAt));
            brokers.mend();
            patiently().untilAsserted(TruthFlowTest::allIsWell);
        }

        Instant lostAt = Instant.now();
        brokers.loseAll();
        Story order = place("all-down");
        patiently().untilAsserted(() -> itWaitsInTheOutbox(order));
        Views.services().forEach(service -> patiently().untilAsserted(() -> noBrokerIsReached(service, lostAt)));
        nothingElseIsPretended(before);
        allAreReady();

        Instant mendedAt = Instant.now();
        brokers.mend();
        patiently().untilAsserted(order::isWhole);
        nothingWasSentBefore(mendedAt, order);
        patiently().untilAsserted(before::isWhole);
        patiently().untilAsserted(TruthFlowTest::allIsWell);
    }

    private static Story place(String id) {
        Story story = new Story(id, views, traces);
        assertThat(views.place(id, "TRUE", story.traceParent())).isEqualTo(201);
        return story;
    }

    private static void allIsWell() {
        for (String service : Views.services()) {
            assertThat(views.isUp(service, ""))
                    .as(views.health(service, "").toString())
                    .isTrue();
            JsonNode broker = views.health(service, "broker").get("details");
            assertThat(broker.has("since")).isFalse();
            assertThat(broker.has("notReached")).as(broker.toString()).isFalse();
            assertThat(broker.get("nodes").intValue())
                    .isEqualTo(brokers.addresses().size());
            JsonNode lag = views.lag(service);
            assertThat(lag.get("totalLag").longValue()).isZero();
            assertThat(lag.get("unknownSince").isNull()).isTrue();
            assertThat(views.meter(service, "milena_consumer_lag_records"))
                    .isNotEmpty()
                    .containsOnly(0.0);
            assertThat(views.meter(service, "milena_consumer_lag_time_seconds")).containsOnly(0.0);
            assertThat(views.meter(service, "milena_consumer_lag_unknown_seconds"))
                    .containsExactly(0.0);
            assertThat(views.meter(service, "milena_outbox_pending_events")).containsExactly(0.0);
            assertThat(views.meter(service, "milena_outbox_age_seconds")).containsExactly(0.0);
        }
        allAreReady();
    }

    /** Whatever happens to brokers and listeners: requests are welcome, and no restart is asked for. */
    private static void allAreReady() {
        for (String service : Views.services()) {
            assertThat(views.isUp(service, "/readiness")).isTrue();
            assertThat(views.isUp(service, "/liveness")).isTrue();
        }
    }

    private static void itWaitsForInventory(Story order, int records) {
        assertThat(lagOfInventory()).isEqualTo(records);
        assertThat(secondsBehind()).isPositive().isLessThan(60);
        assertThat(views.meter(INVENTORY, "milena_consumer_lag_records").stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isEqualTo(records);
        assertThat(views.meter(INVENTORY, "milena_consumer_lag_time_seconds")).anyMatch(seconds -> seconds > 0);

        JsonNode listeners = views.health(INVENTORY, "listeners");
        assertThat(listeners.get("status").stringValue()).isEqualTo("DOWN");
        assertThat(listeners.at("/details/listeners/inventory-order-news").stringValue())
                .isEqualTo("stopped");
        assertThat(views.health(INVENTORY, "broker").get("status").stringValue())
                .isEqualTo("UP");

        JsonNode journey = order.journey();
        assertThat(journey.get("state").stringValue()).isEqualTo("PLACED");
        assertThat(journey.get("settled").booleanValue()).isFalse();
        assertThat(journey.get("records").size()).isEqualTo(1);
        JsonNode record = journey.get("records").get(0);
        JsonNode wait = journey.get("waitingFor").get(0);
        assertThat(wait.get("kind").stringValue()).isEqualTo("GROUP");
        assertThat(wait.get("on").stringValue()).isEqualTo(INVENTORY);
        assertThat(wait.get("lag").longValue()).isEqualTo(records);
        assertThat(wait.get("running").booleanValue()).isFalse();
        assertThat(Story.placeOf(wait)).isEqualTo(Story.placeOf(record));
        assertThat(wait.get("text").stringValue())
                .isEqualTo(INVENTORY + " has not handled order.placed.v1 at " + Story.placeOf(record)
                        + ", 1 record behind in that partition; nobody works in that group");

        List<Span> trace = order.trace();
        assertThat(trace).extracting(Span::service).containsOnly(ORDERS);
        assertThat(trace)
                .filteredOn(span -> span.name().equals("send orders"))
                .singleElement()
                .satisfies(span -> assertThat(span.place()).isEqualTo(Story.placeOf(record)))
                .satisfies(span -> assertThat(span.failed()).isFalse());
    }

    private static void oneIsMissing(String address, Instant lostAt) {
        for (String service : Views.services()) {
            JsonNode broker = views.health(service, "broker");
            assertThat(broker.get("status").stringValue()).isEqualTo("UP");
            assertThat(broker.get("details").get("nodes").intValue()).isEqualTo(2);
            JsonNode notReached = broker.get("details").get("notReached");
            assertThat(notReached.propertyNames()).containsExactly(address);
            assertThat(notReached.get(address).get("problem").stringValue()).isEqualTo("connection refused");
            assertThat(time(notReached.get(address), "since")).isBetween(lostAt, Instant.now());
            assertThat(views.isUp(service, "")).isTrue();
            assertThat(views.lag(service).get("totalLag").longValue()).isZero();
        }
    }

    private static void itWaitsInTheOutbox(Story order) {
        JsonNode journey = order.journey();
        assertThat(journey.get("state").stringValue()).isEqualTo("PLACED");
        assertThat(journey.get("records").isEmpty()).isTrue();
        JsonNode sent = journey.get("outbox").get(0);
        assertThat(sent.get("status").stringValue()).isEqualTo("WAITING");
        assertThat(sent.get("offset").isNull()).isTrue();
        JsonNode wait = journey.get("waitingFor").get(0);
        assertThat(wait.get("kind").stringValue()).isEqualTo("OUTBOX");
        assertThat(wait.get("text").stringValue())
                .isEqualTo("order.placed.v1 waits in the outbox; the broker does not answer");
        assertThat(journey.get("knowledge").get("broker").stringValue()).isEqualTo("SILENT");
        assertThat(views.meter(ORDERS, "milena_outbox_pending_events")).containsExactly(1.0);
        assertThat(views.meter(ORDERS, "milena_outbox_age_seconds").get(0)).isPositive();
        assertThat(order.trace())
                .anySatisfy(span -> assertThat(span.name()).isEqualTo("http post /orders"))
                .noneMatch(span -> span.name().startsWith("send") && !span.failed())
                .noneMatch(span -> span.name().startsWith("process"));
        JsonNode outbox = views.health(ORDERS, "outbox");
        assertThat(outbox.get("status").stringValue()).isEqualTo("DOWN");
        assertThat(time(outbox.get("details"), "waitingSince")).isBefore(Instant.now());
    }

    private static void noBrokerIsReached(String service, Instant lostAt) {
        assertThat(views.isUp(service, "")).isFalse();
        JsonNode broker = views.health(service, "broker");
        assertThat(broker.get("status").stringValue()).isEqualTo("DOWN");
        JsonNode details = broker.get("details");
        assertThat(details.get("problem").stringValue()).contains(brokers.addresses());
        assertThat(time(details, "since")).isBetween(lostAt, Instant.now());
        assertThat(time(details, "lastAnswer")).isBefore(time(details, "since"));

        JsonNode lag = views.lag(service);
        assertThat(lag.get("totalLag").isNull()).isTrue();
        assertThat(time(lag, "unknownSince")).isBefore(time(lag, "measuredAt"));
        assertThat(lag.get("problem").stringValue()).contains("No broker is reached");
        assertThat(lag.get("partitions")).isNotEmpty();
        lag.get("partitions")
                .forEach(partition -> assertThat(partition.get("lag").isNull()).isTrue());
        assertThat(views.meter(service, "milena_consumer_lag_records")).containsOnly(Double.NaN);
        assertThat(views.meter(service, "milena_consumer_lag_time_seconds")).containsOnly(Double.NaN);
        assertThat(views.meter(service, "milena_consumer_lag_unknown_seconds").get(0))
                .isPositive();
    }

    /** Of an order that was at its end before, no group is said to have passed a record unless that is proven. */
    private static void nothingElseIsPretended(Story before) {
        JsonNode journey = before.journey();
        assertThat(journey.get("state").stringValue()).isEqualTo("SHIPPED");
        assertThat(journey.get("knowledge").get("journeyLag").isNull()).isTrue();
        journey.get("records")
                .forEach(record -> record.get("readers").forEach(reader -> {
                    assertThat(reader.get("status").stringValue()).isIn("HANDLED", "UNKNOWN");
                    assertThat(reader.get("lag").isNull()).isTrue();
                    assertThat(reader.get("running").isNull()).isTrue();
                }));
    }

    /** An event that waited for a broker is in the topic since there is one again, and not since it was first tried. */
    private static void nothingWasSentBefore(Instant mendedAt, Story order) {
        JsonNode journey = order.journey();
        journey.get("outbox").forEach(sent -> assertThat(time(sent, "sentAt")).isAfter(mendedAt));
        journey.get("records")
                .forEach(record -> assertThat(time(record, "recordedAt")).isAfter(mendedAt));
    }

    private static long lagOfInventory() {
        return views.lag(INVENTORY).get("totalLag").longValue();
    }

    private static double secondsBehind() {
        return views.lag(INVENTORY)
                .get("partitions")
                .valueStream()
                .mapToDouble(partition -> partition.path("secondsBehind").doubleValue(0))
                .max()
                .orElse(0);
    }

    private static Instant time(JsonNode node, String field) {
        return Instant.parse(node.get(field).stringValue());
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsInstanceOf(RuntimeException.class); // what is not told yet
    }
}
