package io.milena.starter.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.lag.LagEndpoint;
import io.milena.starter.lag.LagGauges;
import io.milena.starter.lag.LagProperties;
import io.milena.starter.lag.LagReader;
import io.milena.starter.listener.EventContainers;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Lag of the listeners, as gauges and as an endpoint. */
@AutoConfiguration(
        after = MilenaBrokerAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration"
        })
@ConditionalOnBean({BrokerAdmin.class, EventContainers.class})
@ConditionalOnBooleanProperty(name = "milena.lag.enabled", matchIfMissing = true)
@EnableConfigurationProperties(LagProperties.class)
@Import(KafkaClients.class)
public final class MilenaLagAutoConfiguration {

    private static final int FETCH_BYTES = 16_384;
    private static final Set<String> NOT_FOR_ONLOOKERS = Set.of(
            ConsumerConfig.GROUP_ID_CONFIG,
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
            ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
            ConsumerConfig.FETCH_MIN_BYTES_CONFIG);

    @Bean
    @ConditionalOnMissingBean
    LagReader milenaLagReader(BrokerAdmin admin, EventContainers listeners, KafkaClients clients) {
        return new LagReader(admin, listeners, () -> onlooker(clients.consumerSettings(), admin), Clock.systemUTC());
    }

    /** A consumer in no group, for a look at single records. */
    private static Consumer<byte[], byte[]> onlooker(Map<String, Object> settings, BrokerAdmin admin) {
        Map<String, Object> configuration = new HashMap<>(settings);
        configuration.keySet().removeAll(NOT_FOR_ONLOOKERS);
        configuration.computeIfPresent(ConsumerConfig.CLIENT_ID_CONFIG, (name, id) -> id + "-lag");
        configuration.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        configuration.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        configuration.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        configuration.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        configuration.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        configuration.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 * FETCH_BYTES);
        configuration.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int)
                admin.timeout().toMillis());
        return new KafkaConsumer<>(configuration, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Bean
    @ConditionalOnBean(MeterRegistry.class)
    @ConditionalOnMissingBean
    LagGauges milenaLagGauges(LagReader reader, MeterRegistry meters, LagProperties properties, BrokerAdmin admin) {
        return new LagGauges(reader, meters, properties.interval(), admin.firstAnswer());
    }

    /** Present when the application exposes Actuator endpoints. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class Actuator {

        @Bean
        @ConditionalOnAvailableEndpoint(LagEndpoint.class)
        @ConditionalOnMissingBean
        LagEndpoint milenaLagEndpoint(LagReader reader) {
            return new LagEndpoint(reader);
        }
    }
}
