package io.milena.starter.autoconfigure;

import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.broker.BrokerConnector;
import io.milena.starter.broker.BrokerProperties;
import io.milena.starter.listener.EventContainers;
import io.milena.starter.listener.ListenersEndpoint;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;

/** The shared admin client, topics and listeners that wait for the broker. */
@AutoConfiguration(after = KafkaAutoConfiguration.class)
@ConditionalOnBean(KafkaAdmin.class)
@EnableConfigurationProperties(BrokerProperties.class)
@Import(KafkaClients.class)
public final class MilenaBrokerAutoConfiguration {

    @Bean
    static DeferredTopics milenaDeferredTopics(ConfigurableListableBeanFactory beans) {
        return new DeferredTopics(beans);
    }

    @Bean
    @ConditionalOnMissingBean
    BrokerAdmin milenaBrokerAdmin(KafkaClients clients, BrokerProperties properties) {
        return new BrokerAdmin(clients.adminSettings(), properties.requestTimeout());
    }

    @Bean
    @ConditionalOnMissingBean
    EventContainers milenaEventContainers(ObjectProvider<KafkaListenerEndpointRegistry> registry) {
        return new EventContainers(registry::getIfAvailable);
    }

    @Bean
    @ConditionalOnMissingBean
    BrokerConnector milenaBrokerConnector(
            BrokerAdmin admin,
            KafkaClients clients,
            DeferredTopics topics,
            EventContainers listeners,
            KafkaProperties kafka,
            BrokerProperties properties) {
        return new BrokerConnector(
                admin,
                topics.of(clients.admin()),
                kafka.getListener().isAutoStartup() ? listeners : List::of,
                properties.retryInterval());
    }

    /** Present when the application exposes Actuator endpoints. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class Actuator {

        @Bean
        @ConditionalOnAvailableEndpoint(ListenersEndpoint.class)
        @ConditionalOnMissingBean
        ListenersEndpoint milenaListenersEndpoint(EventContainers listeners) {
            return new ListenersEndpoint(listeners);
        }
    }
}
