package io.milena.inventory.stock;

import static org.awaitility.Awaitility.await;

import com.sun.management.OperatingSystemMXBean;
import io.milena.inventory.InventoryServiceApplication;
import io.milena.starter.event.EventHeaders;
import io.milena.starter.testing.TestBroker;
import io.milena.starter.testing.TestDatabase;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** How many orders a second one instance reserves, from a backlog on a real broker; a figure, no judgement: {@code -Dmilena.throughput=8000}. */
@EnabledIfSystemProperty(named = "milena.throughput", matches = "[0-9]+")
class ThroughputTest {

    private static final int PRODUCTS = 77;
    private static final int WARM_UP = 2_000;

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0}, {1} threads")
    @CsvSource({"h2, 1", "h2, 3", "postgres, 1", "postgres, 3"})
    void of_one_instance(String database, int threads) throws Exception {
        int orders = Integer.getInteger("milena.throughput");
        String servers = TestBroker.fresh().bootstrapServers();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic("orders", 3, (short) 1)))
                    .all()
                    .get();
        }
        produce(servers, 0, WARM_UP, "order.placed.v1");
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.kafka.bootstrap-servers=" + servers,
                "--spring.kafka.listener.concurrency=" + threads,
                "--service.data-dir=" + directory));
        if (database.equals("postgres")) {
            arguments.addAll(TestDatabase.Kind.POSTGRESQL.fresh().arguments());
        }
        try (ConfigurableApplicationContext app = InventoryServiceApplication.builder()
                .web(WebApplicationType.NONE)
                .run(arguments.toArray(String[]::new))) {
            Assortment assortment = app.getBean(Assortment.class);
            for (int i = 0; i < PRODUCTS; i++) {
                assortment.add(new Product("P-" + i, "product " + i, BigDecimal.ONE, 500_000));
            }
            JdbcTemplate jdbc = app.getBean(JdbcTemplate.class);
            awaitReservations(jdbc, WARM_UP);
            long start = System.nanoTime();
            produce(servers, WARM_UP, orders, "order.placed.v1");
            awaitReservations(jdbc, WARM_UP + orders);
            double seconds = (System.nanoTime() - start) / 1e9;
            awaitSent(jdbc);
            System.out.printf(
                    "THROUGHPUT %s %d thread(s): %.0f orders/s reserved, %.1f s until the last answer was sent%n",
                    database, threads, orders / seconds, (System.nanoTime() - start) / 1e9);
            ship(servers, jdbc, orders, database, threads);
        }
    }

    /** With the processor time of all that is in this JVM: service, broker, and who produces. */
    private static void ship(String servers, JdbcTemplate jdbc, int orders, String database, int threads) {
        long start = System.nanoTime();
        long cpuStart = cpuNs();
        produce(servers, WARM_UP, orders, "order.shipped.v1");
        await().atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(100))
                .until(() ->
                        jdbc.queryForObject("select count(*) from reservation where state = 'SHIPPED'", Integer.class)
                                >= orders);
        double seconds = (System.nanoTime() - start) / 1e9;
        awaitSent(jdbc);
        System.out.printf(
                "THROUGHPUT %s %d thread(s): %.0f orders/s shipped, %.3f ms of processor an order%n",
                database, threads, orders / seconds, (cpuNs() - cpuStart) / 1e6 / orders);
    }

    private static long cpuNs() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static void awaitSent(JdbcTemplate jdbc) {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> jdbc.queryForObject("select count(*) from outbox_event", Integer.class) == 0);
    }

    private static void awaitReservations(JdbcTemplate jdbc, int wanted) {
        await().atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> jdbc.queryForObject("select count(*) from reservation", Integer.class) >= wanted);
    }

    private static void produce(String servers, int from, int count, String type) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers, "linger.ms", 5), new StringSerializer(), new StringSerializer())) {
            for (int n = from; n < from + count; n++) {
                String lines = line(n) + "," + line(n * 7 + 3) + "," + line(n * 13 + 11);
                ProducerRecord<String, String> record = new ProducerRecord<>(
                        "orders", "order-" + n, "{\"orderId\":\"order-" + n + "\",\"lines\":[" + lines + "]}");
                record.headers()
                        .add(EventHeaders.ID, UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8))
                        .add(EventHeaders.TYPE, type.getBytes(StandardCharsets.UTF_8));
                producer.send(record);
            }
        }
    }

    private static String line(int n) {
        return "{\"sku\":\"P-" + n % PRODUCTS + "\",\"quantity\":1}";
    }
}
