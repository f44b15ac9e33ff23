package io.milena.starter.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.milena.starter.deadletter.DeadLetterPublisher;
import io.milena.starter.event.EventCodec;
import io.milena.starter.event.OriginalKey;
import io.milena.starter.inbox.Inbox;
import io.milena.starter.inbox.InboxProperties;
import io.milena.starter.listener.EventContainerFactory;
import io.milena.starter.listener.EventInfoArgument;
import io.milena.starter.listener.ListenerProperties;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.retry.DatabaseProbe;
import io.milena.starter.retry.ParkedEvents;
import io.milena.starter.trace.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.ConcurrentKafkaListenerContainerFactoryConfigurer;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.kafka.annotation.KafkaListenerConfigurer;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.support.ProducerListener;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** The container factory behind {@link MilenaListener}, with inbox, ordered retries and dead letters. */
@AutoConfiguration(
        after = {
            KafkaAutoConfiguration.class,
            JdbcTemplateAutoConfiguration.class,
            TransactionAutoConfiguration.class,
            MilenaEventAutoConfiguration.class
        })
@ConditionalOnBean({ConcurrentKafkaListenerContainerFactoryConfigurer.class, EventCodec.class})
@EnableConfigurationProperties({ListenerProperties.class, InboxProperties.class})
public final class MilenaListenerAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean({JdbcOperations.class, PlatformTransactionManager.class})
    @ConditionalOnBooleanProperty(name = "milena.inbox.enabled", matchIfMissing = true)
    Inbox milenaInbox(JdbcOperations jdbc, InboxProperties properties) {
        return new Inbox(jdbc, Clock.systemUTC(), properties.retention());
    }

    @Bean
    @ConditionalOnMissingBean
    @SuppressWarnings("unchecked")
    DeadLetterPublisher milenaDeadLetterPublisher(ProducerFactory<?, ?> producers, ListenerProperties properties) {
        // what was consumed may be written: the broker decides what is too large
        Map<String, Object> settings = Map.of(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.MAX_VALUE,
                ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.MAX_VALUE,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, OriginalKey.Writer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class,
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000,
                ProducerConfig.LINGER_MS_CONFIG, 0);
        KafkaTemplate<String, byte[]> template =
                new KafkaTemplate<>((ProducerFactory<String, byte[]>) producers, settings);
        template.setProducerListener(new ProducerListener<>() {}); // whoever gives up tells what failed, once
        return new DeadLetterPublisher(template, properties.deadLetterSuffix(), Duration.ofSeconds(25));
    }

    @Bean
    @ConditionalOnMissingBean
    EventContainerFactory milenaEventContainerFactory(
            EventCodec codec,
            ListenerProperties properties,
            ObjectProvider<PlatformTransactionManager> transactions,
            ObjectProvider<Inbox> inbox,
            ObjectProvider<ParkedEvents> parked,
            DeadLetterPublisher deadLetters,
            ObjectProvider<JdbcOperations> jdbc,
            ObjectProvider<MeterRegistry> meters,
            ObjectProvider<Tracing> tracing) {
        PlatformTransactionManager manager = transactions.getIfUnique();
        return new EventContainerFactory(
                codec,
                properties,
                manager == null ? TransactionOperations.withoutTransaction() : new TransactionTemplate(manager),
                inbox.getIfAvailable(),
                parked.getIfAvailable(),
                deadLetters,
                new DatabaseProbe(jdbc.getIfUnique()),
                meters.getIfAvailable(() -> Metrics.globalRegistry),
                tracing.getIfAvailable(() -> Tracing.PASS_ON));
    }

    @Bean(MilenaListener.CONTAINER_FACTORY)
    @ConditionalOnMissingBean(name = MilenaListener.CONTAINER_FACTORY)
    ConcurrentKafkaListenerContainerFactory<Object, Object> milenaListenerContainerFactory(
            ConcurrentKafkaListenerContainerFactoryConfigurer configurer,
            ConsumerFactory<?, ?> consumers,
            EventContainerFactory conventions,
            ListenerProperties properties) {
        ConcurrentKafkaListenerContainerFactory<Object, Object> factory =
                new ConcurrentKafkaListenerContainerFactory<>();
        configurer.configure(factory, new DefaultKafkaConsumerFactory<>(consumerConfiguration(consumers, properties)));
        conventions.apply(factory);
        return factory;
    }

    @Bean
    KafkaListenerConfigurer milenaListenerArguments() {
        return registrar -> registrar.setCustomMethodArgumentResolvers(new EventInfoArgument());
    }

    private static Map<String, Object> consumerConfiguration(
            ConsumerFactory<?, ?> consumers, ListenerProperties properties) {
        Map<String, Object> configuration = new HashMap<>(consumers.getConfigurationProperties());
        configuration.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, OriginalKey.Reader.class);
        configuration.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        configuration.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        configuration.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        configuration.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        configuration.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        if (!"consumer".equalsIgnoreCase(String.valueOf(configuration.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)))) {
            // A killed instance holds its partitions until its session ends: not for Kafka's 45 s. (KIP-848: the broker
            // says.)
            int sessionTimeoutMs = (int) properties.sessionTimeout().toMillis();
            configuration.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, sessionTimeoutMs);
            configuration.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, sessionTimeoutMs / 4);
        }
        configuration.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, properties.maxPollRecords());
        return configuration;
    }
}
