package io.milena.starter.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.lag.LagEndpoint;
import io.milena.starter.lag.LagGauges;
import io.milena.starter.lag.LagProperties;
import io.milena.starter.lag.LagReader;
import io.milena.starter.listener.EventContainers;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
public final class MilenaLagAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    LagReader milenaLagReader(BrokerAdmin admin, EventContainers listeners) {
        return new LagReader(admin, listeners);
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
