package io.milena.orders.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.embedded.EmbeddedNode;
import io.milena.orders.RunningOrderService;
import io.milena.starter.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The broker goes and comes back: the journey says what it knows, and no more. */
class JourneyWithoutBrokerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private RunningOrderService service;

    @Test
    void while_the_broker_is_down_it_says_that_it_does_not_know_and_afterwards_the_truth_again() throws Exception {
        EmbeddedNode node = node(0);
        int port = Integer.parseInt(node.bootstrapServers().replaceAll(".*:", ""));
        service = RunningOrderService.start(
                TestDatabase.h2(),
                node.bootstrapServers(),
                "--orders.journey.patience=700ms",
                "--orders.journey.freshness=50ms");
        try {
            service.post("/orders", RunningOrderService.order("d-1", 1));
            await().atMost(PATIENCE).until(() -> journey("d-1").get("records").size() == 1);

            node.close();
            service.post("/orders", RunningOrderService.order("d-2", 1));
            long beginNs = System.nanoTime();
            JsonNode known = journey("d-1");
            JsonNode stored = journey("d-2");
            assertThat(Duration.ofNanos(System.nanoTime() - beginNs)).isLessThan(Duration.ofSeconds(6));
            assertThat(text(known.get("knowledge"), "broker")).isEqualTo("SILENT");
            assertThat(known.get("knowledge").get("journeyLag").isNull()).isTrue();
            assertThat(text(known.get("records").get(0).get("readers").get(0), "status"))
                    .isEqualTo("UNKNOWN");
            assertThat(text(known.get("waitingFor").get(0), "text")).contains("not known");
            assertThat(text(stored.get("outbox").get(0), "status")).isEqualTo("WAITING");
            assertThat(text(stored.get("waitingFor").get(0), "text"))
                    .isEqualTo("order.placed.v1 waits in the outbox; the broker does not answer");

            node = node(port);
            await().atMost(PATIENCE).until(() -> journey("d-2").get("records").size() == 1);
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonNode journey = journey("d-2");
                assertThat(text(journey.get("knowledge"), "broker")).isEqualTo("ANSWERS");
                assertThat(text(journey.get("outbox").get(0), "status")).isEqualTo("SENT");
                assertThat(text(journey.get("waitingFor").get(0), "kind")).isEqualTo("GROUP");
                assertThat(journey.get("knowledge").get("journeyLag").longValue())
                        .isZero();
            });
        } finally {
            service.close();
            node.close();
        }
    }

    private static EmbeddedNode node(int port) {
        EmbeddedNode.Builder builder =
                EmbeddedNode.builder().directory(directory).property("auto.create.topics.enable", "false");
        return (port == 0 ? builder : builder.port(port)).start();
    }

    private JsonNode journey(String orderId) throws Exception {
        return service.get("/orders/" + orderId + "/journey").body();
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? "" : value.asString();
    }
}
