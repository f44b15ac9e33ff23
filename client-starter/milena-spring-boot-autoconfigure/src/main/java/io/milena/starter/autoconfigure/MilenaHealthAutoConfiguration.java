package io.milena.starter.autoconfigure;

import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.broker.BrokerConnector;
import io.milena.starter.health.BrokerHealth;
import io.milena.starter.health.HealthProperties;
import io.milena.starter.health.ListenersHealth;
import io.milena.starter.health.OutboxHealth;
import io.milena.starter.health.RetriesHealth;
import io.milena.starter.listener.EventContainers;
import io.milena.starter.listener.UnfetchableRecords;
import io.milena.starter.outbox.Outbox;
import io.milena.starter.retry.RetryQueues;
import io.milena.starter.retry.UnwrittenLetters;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Health {@code milena}, of broker, listeners, outbox and retries; for those who watch, not for liveness or readiness (ADR 102). */
@AutoConfiguration(
        after = {
            MilenaBrokerAutoConfiguration.class,
            MilenaOutboxAutoConfiguration.class,
            MilenaRetryAutoConfiguration.class
        })
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean({BrokerAdmin.class, BrokerConnector.class, EventContainers.class})
@EnableConfigurationProperties(HealthProperties.class)
public final class MilenaHealthAutoConfiguration {

    @Bean
    @ConditionalOnEnabledHealthIndicator("milena")
    @ConditionalOnMissingBean(name = "milenaHealthContributor")
    CompositeHealthContributor milenaHealthContributor(
            BrokerAdmin admin,
            BrokerConnector connector,
            EventContainers listeners,
            ObjectProvider<UnfetchableRecords> unfetchable,
            ObjectProvider<Outbox> outbox,
            ObjectProvider<RetryQueues> retries,
            ObjectProvider<UnwrittenLetters> unwritten,
            HealthProperties properties) {
        Clock clock = Clock.systemUTC();
        Map<String, HealthContributor> parts = new LinkedHashMap<>();
        parts.put("broker", new BrokerHealth(admin, connector::topicTroubles, clock));
        parts.put(
                "listeners",
                new ListenersHealth(
                        listeners,
                        connector,
                        unfetchable.getIfAvailable(() -> new UnfetchableRecords(clock))::current));
        outbox.ifAvailable(one -> parts.put("outbox", new OutboxHealth(one, properties.outboxStalledAfter(), clock)));
        retries.ifAvailable(queues -> unwritten.ifAvailable(letters -> parts.put(
                "retries",
                new RetriesHealth(
                        queues, letters, properties.retriesOverdueAfter(), properties.retriesParkedAfter(), clock))));
        return CompositeHealthContributor.fromMap(parts);
    }
}
