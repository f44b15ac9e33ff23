package io.milena.starter.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.milena.starter.database.EventDatabase;
import io.milena.starter.deadletter.DeadLetterPublisher;
import io.milena.starter.event.EventCodec;
import io.milena.starter.event.OriginalKey;
import io.milena.starter.inbox.Inbox;
import io.milena.starter.inbox.InboxProperties;
import io.milena.starter.listener.EventContainerFactory;
import io.milena.starter.listener.EventInfoArgument;
import io.milena.starter.listener.ListenerProperties;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.listener.UnfetchableRecords;
import io.milena.starter.retry.DatabaseProbe;
import io.milena.starter.retry.ParkedEvents;
import io.milena.starter.trace.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.ConcurrentKafkaListenerContainerFactoryConfigurer;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.annotation.KafkaListenerConfigurer;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.ProducerListener;
import org.springframework.kafka.transaction.KafkaAwareTransactionManager;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** The container factory behind {@link MilenaListener}, with inbox, ordered retries and dead letters. */
@AutoConfiguration(
        after = {KafkaAutoConfiguration.class, MilenaDatabaseAutoConfiguration.class, MilenaEventAutoConfiguration.class
        },
        afterName = "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration")
@ConditionalOnBean({ConcurrentKafkaListenerContainerFactoryConfigurer.class, EventCodec.class})
@EnableConfigurationProperties({ListenerProperties.class, InboxProperties.class})
@Import(KafkaClients.class)
public final class MilenaListenerAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(MilenaListenerAutoConfiguration.class);

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(EventDatabase.class)
    @ConditionalOnBooleanProperty(name = "milena.inbox.enabled", matchIfMissing = true)
    Inbox milenaInbox(EventDatabase database, InboxProperties properties) {
        return new Inbox(database.jdbc(), Clock.systemUTC(), properties.retention());
    }

    @Bean
    @ConditionalOnMissingBean
    DeadLetterPublisher milenaDeadLetterPublisher(KafkaClients clients, ListenerProperties properties) {
        KafkaTemplate<String, byte[]> template = new KafkaTemplate<>(clients.producers(deadLetterProducer()));
        template.setProducerListener(new ProducerListener<>() {}); // whoever gives up tells what failed, once
        return new DeadLetterPublisher(template, properties.deadLetterSuffix(), Duration.ofSeconds(25));
    }

    @Bean
    UnfetchableRecords milenaUnfetchableRecords() {
        return new UnfetchableRecords(Clock.systemUTC());
    }

    @Bean
    @ConditionalOnMissingBean
    EventContainerFactory milenaEventContainerFactory(
            EventCodec codec,
            ListenerProperties properties,
            ObjectProvider<EventDatabase> databases,
            ObjectProvider<PlatformTransactionManager> managers,
            ObjectProvider<Inbox> inbox,
            ObjectProvider<ParkedEvents> parked,
            DeadLetterPublisher deadLetters,
            ObjectProvider<MeterRegistry> meters,
            ObjectProvider<Tracing> tracing,
            UnfetchableRecords unfetchable) {
        EventDatabase database = databases.getIfAvailable();
        return new EventContainerFactory(
                codec,
                properties,
                transactions(database, managers),
                inbox.getIfAvailable(),
                parked.getIfAvailable(),
                deadLetters,
                new DatabaseProbe(database == null ? null : database.jdbc()),
                meters.getIfAvailable(() -> Metrics.globalRegistry),
                tracing.getIfAvailable(() -> Tracing.PASS_ON),
                unfetchable);
    }

    @Bean(MilenaListener.CONTAINER_FACTORY)
    @ConditionalOnMissingBean(name = MilenaListener.CONTAINER_FACTORY)
    ConcurrentKafkaListenerContainerFactory<Object, Object> milenaListenerContainerFactory(
            ConcurrentKafkaListenerContainerFactoryConfigurer configurer,
            KafkaClients clients,
            EventContainerFactory conventions,
            ListenerProperties properties) {
        ConcurrentKafkaListenerContainerFactory<Object, Object> factory =
                new ConcurrentKafkaListenerContainerFactory<>();
        configurer.configure(
                factory,
                new DefaultKafkaConsumerFactory<>(consumerConfiguration(clients.consumerSettings(), properties)));
        conventions.apply(factory);
        return factory;
    }

    @Bean
    KafkaListenerConfigurer milenaListenerArguments() {
        return registrar -> {
            List<HandlerMethodArgumentResolver> all = new ArrayList<>(registrar.getCustomMethodArgumentResolvers());
            all.add(new EventInfoArgument());
            registrar.setCustomMethodArgumentResolvers(all.toArray(HandlerMethodArgumentResolver[]::new));
        };
    }

    /** Those of the events' database; without one those of the only manager there is, if it is not Kafka's. */
    private static TransactionOperations transactions(
            @Nullable EventDatabase database, ObjectProvider<PlatformTransactionManager> managers) {
        if (database != null) {
            return database.inTransaction();
        }
        List<PlatformTransactionManager> others = managers.stream()
                .filter(manager -> !(manager instanceof KafkaAwareTransactionManager<?, ?>))
                .toList();
        if (others.size() > 1) {
            log.warn(
                    "Events are handled without a transaction and without an inbox: there are {} transaction managers, and no"
                            + " DataSource is the primary one. Mark one @Primary, or declare a bean EventDatabase",
                    others.size());
        }
        return others.size() == 1 ? new TransactionTemplate(others.get(0)) : TransactionOperations.withoutTransaction();
    }

    private static Map<String, Object> deadLetterProducer() {
        Map<String, Object> configuration = new HashMap<>();
        configuration.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, OriginalKey.Writer.class);
        configuration.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        configuration.put(ProducerConfig.ACKS_CONFIG, "all");
        configuration.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
        configuration.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        configuration.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000);
        configuration.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // what was consumed may be written: the broker decides what is too large
        configuration.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.MAX_VALUE);
        configuration.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.MAX_VALUE);
        return configuration;
    }

    private static Map<String, Object> consumerConfiguration(
            Map<String, Object> settings, ListenerProperties properties) {
        Map<String, Object> configuration = new HashMap<>(settings);
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
