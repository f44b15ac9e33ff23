package io.milena.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.demo.load.ClosingTable;
import io.milena.demo.load.FileOrders;
import io.milena.demo.load.LoadRun;
import io.milena.demo.load.Pace;
import io.milena.demo.load.ServiceUrls;
import io.milena.demo.load.Shop;
import io.milena.starter.testing.TestBroker;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
                                directory.resolve(ServiceUrls.NAMES.get(i) + ".log"),
                                "--server.port=" + (port + i),
                                "--spring.kafka.bootstrap-servers=" + broker,
                                "--service.data-dir=" + directory)
                        .start());
            }
            Shop shop = new Shop(ServiceUrls.local(port), broker);
            shop.awaitReady(Duration.ofSeconds(60));
            FileOrders orders = FileOrders.read(null, null, 0.1, 7);
            LoadRun load = new LoadRun(
                    shop,
                    orders,
                    new LoadRun.Settings(new Pace(15), 4, null, Duration.ofSeconds(60), broker, false),
                    new PrintStream(System.out, true));
            load.sell();
            CompletableFuture<ClosingTable> table = CompletableFuture.supplyAsync(load::run);
            int[] victims = {1, 0, 2};
            for (int i = 0; i < victims.length; i++) {
                int enough = 20 + 25 * i;
                await().atMost(Duration.ofSeconds(60)).until(() -> load.placed() >= enough);
                services.get(victims[i]).kill();
                services.get(victims[i]).start();
            }

            assertThat(table.get().problems()).isEmpty();
            assertThat(ClosingTable.sum(table.get().orders())).isEqualTo(orders.count());
            assertThat(table.get().tally().retries()).isPositive();
        } finally {
            services.forEach(Processes::close);
        }
    }
}
