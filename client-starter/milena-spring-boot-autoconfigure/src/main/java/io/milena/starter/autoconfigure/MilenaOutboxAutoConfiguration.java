package io.milena.starter.autoconfigure;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.database.EventDatabase;
import io.milena.starter.event.EventCodec;
import io.milena.starter.outbox.Outbox;
import io.milena.starter.outbox.OutboxProperties;
import io.milena.starter.outbox.OutboxRelay;
import io.milena.starter.trace.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.ProducerFactory;

/** The outbox in the application's database, and the relay that empties it. */
@AutoConfiguration(
        after = {
            MilenaDatabaseAutoConfiguration.class,
            MilenaEventAutoConfiguration.class,
            MilenaBrokerAutoConfiguration.class
        })
@ConditionalOnBean({EventDatabase.class, EventCodec.class})
@ConditionalOnBooleanProperty(name = "milena.outbox.enabled", matchIfMissing = true)
@EnableConfigurationProperties(OutboxProperties.class)
@Import(KafkaClients.class)
public final class MilenaOutboxAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Outbox milenaOutbox(
            EventDatabase database,
            EventCodec codec,
            MilenaProperties properties,
            Environment environment,
            ObjectProvider<OutboxRelay> relay,
            KafkaClients clients,
            ObjectProvider<Tracing> tracing) {
        String source = properties.source() != null
                ? properties.source()
                : environment.getProperty("spring.application.name", "application");
        return new Outbox(
                database.jdbc(),
                codec,
                source,
                Clock.systemUTC(),
                largestEvent(clients.producerSettings()),
                () -> relay.ifAvailable(OutboxRelay::wake),
                tracing.getIfAvailable(() -> Tracing.PASS_ON));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean({ProducerFactory.class, BrokerAdmin.class})
    @ConditionalOnBooleanProperty(name = "milena.outbox.relay", matchIfMissing = true)
    OutboxRelay milenaOutboxRelay(
            EventDatabase database,
            KafkaClients clients,
            EventCodec codec,
            OutboxProperties properties,
            BrokerAdmin broker,
            ObjectProvider<Tracing> tracing) {
        return new OutboxRelay(
                database.jdbc(),
                database.inTransaction(),
                () -> relayProducer(clients, properties),
                codec,
                properties,
                Clock.systemUTC(),
                broker.firstAnswer(),
                tracing.getIfAvailable(() -> Tracing.PASS_ON));
    }

    @Bean
    @ConditionalOnBean(OutboxRelay.class)
    MeterBinder milenaOutboxMetrics(OutboxRelay relay) {
        return meters -> Gauge.builder("milena.outbox.pending", relay, OutboxRelay::backlog)
                .description("Events that wait to be published")
                .baseUnit("events")
                .register(meters);
    }

    @Bean
    MeterBinder milenaOutboxAge(Outbox outbox) {
        return meters -> TimeGauge.builder(
                        "milena.outbox.age",
                        outbox,
                        TimeUnit.SECONDS,
                        one -> one.waitingSince()
                                .map(since ->
                                        Duration.between(since, Instant.now()).toMillis() / 1_000.0)
                                .orElse(0.0))
                .description("How long the oldest event has waited to be published")
                .register(meters);
    }

    /** What the application's producer takes; Kafka's default if it does not say. */
    private static int largestEvent(Map<String, Object> producerSettings) {
        Object size = producerSettings.get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
        return size == null ? 1_048_576 : Integer.parseInt(size.toString().trim());
    }

    /** The application's producer settings, but with the guarantees the outbox promises. */
    private static Producer<String, byte[]> relayProducer(KafkaClients clients, OutboxProperties properties) {
        int sendTimeoutMs = (int) properties.sendTimeout().toMillis();
        Map<String, Object> overrides = new HashMap<>();
        overrides.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        overrides.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        overrides.put(ProducerConfig.ACKS_CONFIG, "all");
        overrides.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        overrides.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        overrides.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, sendTimeoutMs);
        overrides.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, sendTimeoutMs / 2);
        overrides.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Math.min(5_000, sendTimeoutMs));
        return clients.producers(overrides).createProducer();
    }
}
