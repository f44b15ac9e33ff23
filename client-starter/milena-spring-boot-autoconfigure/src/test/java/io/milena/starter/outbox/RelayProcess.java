package io.milena.starter.outbox;

import com.zaxxer.hikari.HikariDataSource;
import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventTypes;
import io.milena.starter.trace.Tracing;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** A relay with a heap of its own: arguments are database url, user and brokers. Ends with its standard input, and says what its heap held. */
final class RelayProcess {

    private RelayProcess() {}

    public static void main(String[] arguments) throws IOException {
        HikariDataSource database = new HikariDataSource();
        database.setJdbcUrl(arguments[0]);
        database.setUsername(arguments[1]);
        database.setPassword("");
        database.setMaximumPoolSize(2);
        Map<String, Object> producer = Map.of(
                "bootstrap.servers",
                arguments[2],
                "acks",
                "all",
                "enable.idempotence",
                true,
                "linger.ms",
                0,
                "delivery.timeout.ms",
                20_000,
                "request.timeout.ms",
                10_000);
        OutboxRelay relay = new OutboxRelay(
                new JdbcTemplate(database),
                new TransactionTemplate(new DataSourceTransactionManager(database)),
                () -> new KafkaProducer<>(producer, new StringSerializer(), new ByteArraySerializer()),
                new EventCodec(EventTypes.of(), JsonMapper.shared()),
                new OutboxProperties(
                        true,
                        true,
                        Integer.getInteger("page", 500),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(20),
                        Duration.ofDays(1)),
                Clock.systemUTC(),
                CompletableFuture.completedFuture(null),
                Tracing.PASS_ON);
        relay.start();
        System.out.println("started");
        while (System.in.read() >= 0) {
            // until the parent closes the pipe
        }
        relay.stop();
        long peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .filter(usage -> usage != null)
                .mapToLong(java.lang.management.MemoryUsage::getUsed)
                .sum();
        System.out.println("live heap after the last collection: " + (peak >> 20) + " MB");
        database.close();
    }
}
