package io.milena.starter.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.milena.starter.database.EventDatabase;
import io.milena.starter.deadletter.DeadLetterProperties;
import io.milena.starter.deadletter.DeadLetterPublisher;
import io.milena.starter.deadletter.DeadLetters;
import io.milena.starter.deadletter.DeadLettersController;
import io.milena.starter.deadletter.DeadLettersEndpoint;
import io.milena.starter.inbox.Inbox;
import io.milena.starter.listener.EventContainers;
import io.milena.starter.listener.ListenerProperties;
import io.milena.starter.listener.RunningListeners;
import io.milena.starter.retry.ParkedEvents;
import io.milena.starter.retry.Retrier;
import io.milena.starter.retry.RetriesEndpoint;
import io.milena.starter.retry.RetryGauges;
import io.milena.starter.retry.RetryQueues;
import io.milena.starter.retry.UnwrittenLetters;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RestController;

/** With a database: failing events are parked in it, tried again in the order of their keys, and kept as dead letters that can be put back. */
@AutoConfiguration(after = {MilenaListenerAutoConfiguration.class, MilenaBrokerAutoConfiguration.class})
@ConditionalOnBean({EventDatabase.class, Inbox.class, EventContainers.class, DeadLetterPublisher.class})
@ConditionalOnBooleanProperty(name = "milena.listener.retry.park", matchIfMissing = true)
@EnableConfigurationProperties(DeadLetterProperties.class)
public final class MilenaRetryAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ParkedEvents milenaParkedEvents(
            EventDatabase database, Inbox inbox, ListenerProperties properties, ObjectProvider<Retrier> retrier) {
        return new ParkedEvents(
                database.jdbc(),
                database.inTransaction(),
                inbox,
                properties.retry().policy(),
                Clock.systemUTC(),
                () -> retrier.ifAvailable(Retrier::wake));
    }

    @Bean
    @ConditionalOnMissingBean
    RunningListeners milenaRunningListeners(EventContainers containers) {
        return new RunningListeners(containers);
    }

    @Bean
    @ConditionalOnMissingBean
    DeadLetters milenaDeadLetters(
            EventDatabase database,
            ParkedEvents parked,
            Inbox inbox,
            DeadLetterPublisher publisher,
            RunningListeners listeners,
            ObjectProvider<Retrier> retrier) {
        return new DeadLetters(
                database.jdbc(),
                database.inTransaction(),
                parked,
                inbox,
                publisher,
                listeners::groups,
                Clock.systemUTC(),
                () -> retrier.ifAvailable(Retrier::wake));
    }

    @Bean
    @ConditionalOnMissingBean
    UnwrittenLetters milenaUnwrittenLetters(ListenerProperties properties) {
        return new UnwrittenLetters(properties.retry().policy().maxInterval(), Clock.systemUTC());
    }

    @Bean
    @ConditionalOnMissingBean
    Retrier milenaRetrier(
            ParkedEvents parked,
            RunningListeners listeners,
            DeadLetters deadLetters,
            UnwrittenLetters unwritten,
            EventDatabase database,
            ListenerProperties properties,
            ObjectProvider<MeterRegistry> meters) {
        return new Retrier(
                parked,
                listeners,
                deadLetters,
                unwritten,
                database.inTransaction(),
                properties.retry().policy(),
                properties.retry().concurrency(),
                properties.retry().pollInterval(),
                meters.getIfAvailable(() -> Metrics.globalRegistry),
                Clock.systemUTC());
    }

    @Bean
    @ConditionalOnMissingBean
    RetryQueues milenaRetryQueues(EventDatabase database, RunningListeners listeners) {
        return new RetryQueues(database.jdbc(), listeners::groups);
    }

    @Bean
    @ConditionalOnMissingBean
    RetryGauges milenaRetryGauges(
            RetryQueues queues,
            RunningListeners listeners,
            DeadLetters deadLetters,
            ObjectProvider<MeterRegistry> meters) {
        return new RetryGauges(
                queues, listeners::groups, deadLetters::waiting, meters.getIfAvailable(() -> Metrics.globalRegistry));
    }

    /** Present when the application asks for it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass(RestController.class)
    @ConditionalOnBooleanProperty("milena.deadletters.rest.enabled")
    static class Rest {

        @Bean
        @ConditionalOnMissingBean
        DeadLettersController milenaDeadLettersController(DeadLetters deadLetters) {
            return new DeadLettersController(deadLetters);
        }
    }

    /** Present when the application exposes Actuator endpoints. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class Actuator {

        @Bean
        @ConditionalOnAvailableEndpoint(RetriesEndpoint.class)
        @ConditionalOnMissingBean
        RetriesEndpoint milenaRetriesEndpoint(RetryQueues queues) {
            return new RetriesEndpoint(queues);
        }

        @Bean
        @ConditionalOnAvailableEndpoint(DeadLettersEndpoint.class)
        @ConditionalOnMissingBean
        DeadLettersEndpoint milenaDeadLettersEndpoint(DeadLetters deadLetters) {
            return new DeadLettersEndpoint(deadLetters);
        }
    }
}
