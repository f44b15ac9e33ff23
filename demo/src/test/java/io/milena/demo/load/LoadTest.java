package io.milena.demo.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Customers, against an order service that answers as the test says. */
class LoadTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Tally tally = new Tally();
    private HttpServer server;
    private Shop shop;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        String url = "http://localhost:" + server.getAddress().getPort();
        shop = new Shop(new ServiceUrls(url, url, url), null);
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void a_service_that_stands_still_does_not_slow_the_clock() {
        AtomicInteger orders = new AtomicInteger();
        server.createContext("/orders", exchange -> {
            if (orders.getAndIncrement() == 0) {
                pause(1_000);
            }
            answer(exchange, 201);
        });

        // one customer, 100 orders in a second by the clock; the first answer takes a second
        run(new Pace(100), 1, 100);

        // so those behind it were answered late, by up to a second, and say so
        Latency latency = tally.answers();
        assertThat(latency.count()).isEqualTo(100);
        assertThat(latency.p50()).isGreaterThanOrEqualTo(200.0); // an answer to a clock that waited would take a few ms
        assertThat(latency.max()).isGreaterThanOrEqualTo(1_000);
    }

    @Test
    void what_was_not_answered_is_asked_again_under_the_same_key() {
        Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
        server.createContext("/orders", exchange -> {
            String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
            int attempt =
                    attempts.computeIfAbsent(key, k -> new AtomicInteger()).incrementAndGet();
            switch (attempt) {
                case 1 -> exchange.close(); // killed before it answered
                case 2 -> answer(exchange, 503);
                default -> answer(exchange, 201);
            }
        });

        run(Pace.FULL_SPEED, 4, 8);

        assertThat(tally.figures().accepted()).isEqualTo(8);
        assertThat(tally.figures().retries()).isEqualTo(16);
        assertThat(attempts).hasSize(8);
        assertThat(tally.figures().refused() + tally.figures().givenUp()).isZero();
    }

    @Test
    void a_refused_order_is_told_with_its_reason_and_not_tried_again() {
        server.createContext("/orders", exchange -> answer(exchange, 422));

        run(Pace.FULL_SPEED, 1, 2);

        assertThat(tally.figures().refused()).isEqualTo(2);
        assertThat(tally.figures().retries()).isZero();
        assertThat(tally.figures().complaint()).contains("was refused with 422").contains("\"title\":\"why\"");
    }

    @Test
    void the_same_seed_makes_up_the_same_orders_and_their_ids_tell_when_they_were_due() {
        GeneratedOrders one = new GeneratedOrders(5, "run", 10, 0.5);
        GeneratedOrders other = new GeneratedOrders(5, "run", 10, 0.5);
        for (long number = 0; number < 50; number++) {
            OrderSource.Wish wish = one.order(number, number * 1_000_003);
            assertThat(wish).isEqualTo(other.order(number, number * 1_000_003));
            assertThat(one.dueUs(wish.orderId())).isEqualTo(number * 1_000_003);
        }
        assertThat(one.products()).isEqualTo(other.products());
        assertThat(one.dueUs("10248")).isEqualTo(-1);
        List<SampleProduct> others = new GeneratedOrders(6, "run", 10, 0.5).products();
        assertThat(others).doesNotContainAnyElementsOf(one.products());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --rate      | fast | --rate needs a number from
            --count     | 0    | --count needs a whole number from 1 to
            --duration  | 5    | --duration needs a time such as 30s, 5m or 2h, not '5'
            --orders    | /no  | --orders: cannot read the file /no
            --speed     | 5    | unknown option --speed
            """)
    void a_wrong_option_is_named_with_what_would_be_right(String option, String value, String message) {
        assertThatThrownBy(() -> LoadOptions.parse(Map.of(), option, value))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }

    @Test
    void the_environment_completes_the_command_line() {
        LoadOptions options = LoadOptions.parse(
                Map.of(
                        "LOAD_RATE", "20",
                        "LOAD_COUNT", "7",
                        "LOAD_SHIPPING_URL", "http://shipping:8082",
                        "KAFKA_BOOTSTRAP_SERVERS", "broker-1:9092"),
                "--count",
                "9");
        assertThat(options.settings().pace()).isEqualTo(new Pace(20));
        assertThat(options.count()).isEqualTo(9);
        assertThat(options.services().shipping()).isEqualTo("http://shipping:8082");
        assertThat(options.settings().bootstrapServers()).isEqualTo("broker-1:9092");
    }

    private void run(Pace pace, int customers, long count) {
        Customers crowd =
                new Customers(shop, new GeneratedOrders(1, "t", count, 0), pace, null, Duration.ofSeconds(20), tally);
        crowd.start(customers);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !crowd.atWork());
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.getRequestBody().readAllBytes();
        if (status == 201) {
            exchange.sendResponseHeaders(status, -1); // a body would wait for Nagle in this server
            exchange.close();
            return;
        }
        byte[] body = "{\"title\":\"why\"}".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
