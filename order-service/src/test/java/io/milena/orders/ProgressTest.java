package io.milena.orders;

import static io.milena.orders.RunningOrderService.NO_BROKER;
import static io.milena.orders.RunningOrderService.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.starter.testing.TestDatabase;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Server-sent events of an order's progress, with two instances on one database. */
class ProgressTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration HEADERS_WITHIN = Duration.ofSeconds(10); // heartbeats come every 15 s

    private static RunningOrderService one;
    private static RunningOrderService other;

    @BeforeAll
    static void start() {
        TestDatabase database = TestDatabase.h2();
        String[] settings = {
            "--orders.events.max-streams=3", "--orders.events.heartbeat=300ms", "--orders.events.poll-interval=50ms"
        };
        one = RunningOrderService.start(database, NO_BROKER, settings);
        other = RunningOrderService.start(database, NO_BROKER, settings);
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
    }

    /** What a client hears, line by line, and when it ends. */
    private static final class Listener implements AutoCloseable {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private final HttpResponse<java.util.stream.Stream<String>> response;
        private final Thread thread;

        Listener(RunningOrderService service, String orderId, String... headers) throws Exception {
            response = HTTP.send(
                    service.request("/orders/" + orderId + "/events", headers)
                            .timeout(HEADERS_WITHIN)
                            .build(),
                    HttpResponse.BodyHandlers.ofLines());
            thread = new Thread(() -> {
                try {
                    response.body().forEach(lines::add);
                } catch (RuntimeException closed) {
                    // by the test
                }
                ended.countDown();
            });
            thread.start();
        }

        List<String> events() {
            return lines.stream()
                    .filter(line -> line.startsWith("event:"))
                    .map(line -> line.substring(6))
                    .toList();
        }

        List<String> ids() {
            return lines.stream()
                    .filter(line -> line.startsWith("id:"))
                    .map(line -> line.substring(3))
                    .toList();
        }

        @Override
        public void close() {
            response.body().close();
        }
    }

    @Test
    void a_client_hears_what_was_and_what_comes_whichever_instance_it_asks_until_the_end() throws Exception {
        one.post("/orders", order("p-1", 1));
        Listener listener = new Listener(other, "p-1");
        await().until(() -> listener.events().contains("placed"));
        one.desk().stockReserved("p-1");
        await().until(() -> listener.events().contains("confirmed"));
        await().until(() -> listener.lines.stream().anyMatch(line -> line.startsWith(":"))); // a heartbeat
        one.desk().shipmentPrepared("p-1", "s");
        await().until(() -> listener.ended.getCount() == 0);

        assertThat(listener.events()).containsExactly("placed", "confirmed", "shipped");
        assertThat(listener.ids()).containsExactly("1", "2", "3");
        assertThat(listener.response.headers().firstValue("content-type").orElse(""))
                .startsWith("text/event-stream");
    }

    @Test
    void a_client_that_comes_back_hears_what_it_missed_and_at_the_end_nothing() throws Exception {
        one.post("/orders", order("p-2", 1));
        one.desk().stockReserved("p-2");
        one.post("/orders/p-2/cancel", "");
        Listener listener = new Listener(one, "p-2", "Last-Event-ID", "1");
        await().until(() -> listener.ended.getCount() == 0);

        assertThat(listener.events()).containsExactly("confirmed", "cancelled");
        assertThat(one.get("/orders/p-2/events", "Last-Event-ID", "3").status()).isEqualTo(204);
    }

    @Test
    void one_stream_too_many_is_told_to_come_later_and_a_place_that_gets_free_is_given_again() throws Exception {
        one.post("/orders", order("p-3", 1));
        try (Listener first = new Listener(one, "p-3");
                Listener second = new Listener(one, "p-3");
                Listener third = new Listener(one, "p-3")) {
            RunningOrderService.Answer refused = one.get("/orders/p-3/events", "accept", "text/event-stream");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("retry-after")).isEqualTo("1");
            assertThat(refused.body().get("type").stringValue()).isEqualTo("/problems/too-many-streams");
            one.post("/orders/p-3/cancel", "");
            for (Listener listener : List.of(first, second, third)) {
                await().until(() -> listener.events().contains("cancelled"));
            }
        }
        one.post("/orders", order("p-4", 1));
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            try (Listener again = new Listener(one, "p-4")) {
                assertThat(again.response.statusCode()).isEqualTo(200);
            }
        });
    }

    @Test
    void a_client_that_missed_nothing_is_answered_at_once_and_one_that_knows_too_much_hears_everything()
            throws Exception {
        try (RunningOrderService quiet = RunningOrderService.start(TestDatabase.h2(), NO_BROKER)) {
            quiet.post("/orders", order("p-5", 1));
            try (Listener again = new Listener(quiet, "p-5", "Last-Event-ID", "1");
                    Listener strange = new Listener(quiet, "p-5", "Last-Event-ID", "99")) {
                assertThat(again.response.statusCode()).isEqualTo(200);
                await().until(() -> strange.events().equals(List.of("placed")));
                assertThat(again.events()).isEmpty();
            }
            quiet.post("/orders/p-5/cancel", "");
            assertThat(quiet.get("/orders/p-5/events", "Last-Event-ID", "2").status())
                    .isEqualTo(204);
            assertThat(quiet.get("/orders/p-5/events", "Last-Event-ID", "99").text())
                    .contains("event:placed", "event:cancelled");
        }
    }

    @Test
    void who_connects_while_the_service_stops_is_sent_elsewhere_and_does_not_hold_it_up() throws Exception {
        CompletableFuture<Listener> late = new CompletableFuture<>();
        RunningOrderService stopping = RunningOrderService.start(TestDatabase.h2(), NO_BROKER);
        stopping.post("/orders", order("p-6", 1));
        stopping.whenItStops(() -> {
            try {
                late.complete(new Listener(stopping, "p-6"));
            } catch (Exception e) {
                late.completeExceptionally(e);
            }
        });
        try (Listener before = new Listener(stopping, "p-6")) {
            long startNs = System.nanoTime();
            stopping.close();

            assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(20));
            await().until(() -> before.ended.getCount() == 0);
        }
        try (Listener refused = late.get()) {
            assertThat(refused.response.statusCode()).isEqualTo(503);
            assertThat(refused.response.headers().firstValue("retry-after")).contains("1");
            await().until(() -> refused.lines.stream().anyMatch(line -> line.contains("/problems/stopping")));
        }
    }
}
