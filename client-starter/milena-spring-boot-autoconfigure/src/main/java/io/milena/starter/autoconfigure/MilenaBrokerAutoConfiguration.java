package io.milena.starter.autoconfigure;

import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.broker.BrokerConnector;
import io.milena.starter.broker.BrokerProperties;
import io.milena.starter.listener.EventContainers;
import io.milena.starter.listener.ListenersEndpoint;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;

/** The shared admin client, topics and listeners that wait for the broker. */
@AutoConfiguration(after = KafkaAutoConfiguration.class)
@ConditionalOnBean(KafkaAdmin.class)
@EnableConfigurationProperties(BrokerProperties.class)
public final class MilenaBrokerAutoConfiguration {

    /** Spring's own topic creation would wait half a minute for an absent broker, give up, and never try again. */
    @Bean
    static BeanPostProcessor milenaTopicCreationLater() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String beanName) {
                if (bean instanceof KafkaAdmin admin) {
                    admin.setAutoCreate(false);
                }
                return bean;
            }
        };
    }

    @Bean
    @ConditionalOnMissingBean
    BrokerAdmin milenaBrokerAdmin(KafkaAdmin admin, BrokerProperties properties) {
        return new BrokerAdmin(admin.getConfigurationProperties(), properties.requestTimeout());
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
            ObjectProvider<NewTopic> topics,
            EventContainers listeners,
            BrokerProperties properties) {
        return new BrokerConnector(admin, topics.orderedStream().toList(), listeners, properties.retryInterval());
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
