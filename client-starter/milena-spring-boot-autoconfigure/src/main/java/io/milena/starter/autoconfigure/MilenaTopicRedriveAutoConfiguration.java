package io.milena.starter.autoconfigure;

import io.milena.starter.database.EventDatabase;
import io.milena.starter.deadletter.DeadLetterPublisher;
import io.milena.starter.deadletter.DeadLetters;
import io.milena.starter.deadletter.TopicRedrive;
import io.milena.starter.deadletter.TopicRedriveEndpoint;
import io.milena.starter.event.OriginalKey;
import io.milena.starter.listener.EventContainers;
import io.milena.starter.listener.ListenerProperties;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.listener.RunningListeners;
import io.milena.starter.retry.DatabaseProbe;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;

/** Without a database, or without parking: dead letters lie in their topics only, and are redriven from there. */
@AutoConfiguration(after = MilenaRetryAutoConfiguration.class)
@ConditionalOnBean({EventContainers.class, DeadLetterPublisher.class})
@ConditionalOnMissingBean(DeadLetters.class)
public final class MilenaTopicRedriveAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    TopicRedrive milenaTopicRedrive(
            EventContainers containers,
            @Qualifier(MilenaListener.CONTAINER_FACTORY)
                    ConcurrentKafkaListenerContainerFactory<Object, Object> factory,
            DeadLetterPublisher publisher,
            ObjectProvider<EventDatabase> databases,
            ListenerProperties properties) {
        EventDatabase database = databases.getIfAvailable();
        return new TopicRedrive(
                new RunningListeners(containers),
                group -> consumer(configuration(factory.getConsumerFactory()), group),
                publisher,
                new DatabaseProbe(database == null ? null : database.jdbc()),
                properties.deadLetterSuffix());
    }

    private static Map<String, Object> configuration(@Nullable ConsumerFactory<?, ?> consumers) {
        return consumers == null ? Map.of() : consumers.getConfigurationProperties();
    }

    private static Consumer<String, byte[]> consumer(Map<String, Object> listeners, String group) {
        Map<String, Object> configuration = new HashMap<>(listeners);
        configuration.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        configuration.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        configuration.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        return new KafkaConsumer<>(configuration, new OriginalKey.Reader(), new ByteArrayDeserializer());
    }

    /** Present when the application exposes Actuator endpoints. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class Actuator {

        @Bean
        @ConditionalOnAvailableEndpoint(TopicRedriveEndpoint.class)
        @ConditionalOnMissingBean
        TopicRedriveEndpoint milenaTopicRedriveEndpoint(TopicRedrive redrive) {
            return new TopicRedriveEndpoint(redrive);
        }
    }
}
