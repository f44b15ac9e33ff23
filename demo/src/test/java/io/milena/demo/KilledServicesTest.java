package io.milena.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.starter.testing.TestBroker;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The services as processes of their own; each is killed (-9) in the middle and started again. Nothing is lost, nothing happens twice. */
class KilledServicesTest {

    @TempDir
    Path directory;

    @Test
    void kills_of_every_service_in_the_middle_lose_and_double_nothing() throws Exception {
        int port = FreePorts.three();
        String broker = TestBroker.fresh().bootstrapServers();
        String[] mains = {
            "io.milena.orders.OrderServiceApplication",
            "io.milena.inventory.InventoryServiceApplication",
            "io.milena.shipping.ShippingServiceApplication"
        };
        List<Processes> services = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                services.add(new Processes(
                                mains[i],
                                directory.resolve(Services.NAMES.get(i) + ".log"),
                                "--server.port=" + (port + i),
                                "--spring.kafka.bootstrap-servers=" + broker,
                                "--service.data-dir=" + directory)
                        .start());
            }
            Shop shop = new Shop(ServiceUrls.local(port), broker);
            Services.NAMES.forEach(name -> awaitReady(shop, name));
            List<SampleProduct> products = JsonLines.read(
                            null, "sample-products.jsonl", SampleProduct::parse, SampleProduct::sku)
                    .values();
            List<SampleOrder> orders = JsonLines.read(
                            null, "sample-orders.jsonl", SampleOrder::parse, SampleOrder::orderId)
                    .values();
            Replay replay = new Replay(shop, new PrintStream(System.out, true), false);
            replay.sell(products);
            var stockBefore = shop.stock();

            AtomicInteger placed = new AtomicInteger();
            CompletableFuture<Void> customers = CompletableFuture.runAsync(() -> orders.forEach(order -> {
                place(shop, order);
                placed.incrementAndGet();
            }));
            int[] victims = {1, 0, 2};
            for (int i = 0; i < victims.length; i++) {
                int enough = 20 + 25 * i;
                await().atMost(Duration.ofSeconds(60)).until(() -> placed.get() >= enough);
                services.get(victims[i]).kill();
                services.get(victims[i]).start();
            }
            customers.get();
            Services.NAMES.forEach(name -> awaitReady(shop, name));

            await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                var states = shop.orders();
                var lines = ClosingTable.stockLines(stockBefore, Map.of(), shop.stock(), shop.unitsShipped());
                assertThat(ClosingTable.problems(orders.size(), states, shop.shipments(), lines, shop.lag()))
                        .isEmpty();
                assertThat(states.values().stream().mapToLong(Long::longValue).sum())
                        .isEqualTo(orders.size());
                assertThat(shop.outboxes()).isZero();
            });
        } finally {
            services.forEach(Processes::close);
        }
    }

    /** A customer who tries again until there is an answer. */
    private static void place(Shop shop, SampleOrder order) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> shop.placeOrder(order.json()).ok());
    }

    private static void awaitReady(Shop shop, String name) {
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> shop.isReady(name));
    }
}
