package io.milena.starter.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.config.SslConfigs;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Where the starter's own clients take their settings from: the application's factory or admin if there is one, or one of them is primary. Where
 * there are several, each has its purpose and none is ours: then {@code spring.kafka} says, as it does for Spring Boot's own beans.
 */
final class KafkaClients {

    private final ObjectProvider<ConsumerFactory<?, ?>> consumers;
    private final ObjectProvider<ProducerFactory<?, ?>> producers;
    private final ObjectProvider<KafkaAdmin> admins;
    private final ObjectProvider<KafkaProperties> properties;
    private final ObjectProvider<KafkaConnectionDetails> connection;

    KafkaClients(
            ObjectProvider<ConsumerFactory<?, ?>> consumers,
            ObjectProvider<ProducerFactory<?, ?>> producers,
            ObjectProvider<KafkaAdmin> admins,
            ObjectProvider<KafkaProperties> properties,
            ObjectProvider<KafkaConnectionDetails> connection) {
        this.consumers = consumers;
        this.producers = producers;
        this.admins = admins;
        this.properties = properties;
        this.connection = connection;
    }

    Map<String, Object> consumerSettings() {
        ConsumerFactory<?, ?> factory = consumers.getIfUnique();
        return factory != null
                ? factory.getConfigurationProperties()
                : springs(KafkaProperties::buildConsumerProperties, KafkaConnectionDetails::getConsumer);
    }

    Map<String, Object> producerSettings() {
        ProducerFactory<?, ?> factory = producers.getIfUnique();
        return factory != null
                ? factory.getConfigurationProperties()
                : springs(KafkaProperties::buildProducerProperties, KafkaConnectionDetails::getProducer);
    }

    Map<String, Object> adminSettings() {
        KafkaAdmin admin = admin();
        return admin != null
                ? admin.getConfigurationProperties()
                : springs(KafkaProperties::buildAdminProperties, KafkaConnectionDetails::getAdmin);
    }

    /** The application's, null if it has several equal ones. */
    @Nullable
    KafkaAdmin admin() {
        return admins.getIfUnique();
    }

    /**
     * Producers with these settings over the application's, none of them transactional: what is sent counts when it is acknowledged, not when
     * somebody's transaction ends.
     */
    @SuppressWarnings("unchecked")
    ProducerFactory<String, byte[]> producers(Map<String, Object> overrides) {
        ProducerFactory<String, byte[]> factory = (ProducerFactory<String, byte[]>) producers.getIfUnique();
        if (factory == null) {
            factory = new DefaultKafkaProducerFactory<>(producerSettings());
        }
        ProducerFactory<String, byte[]> ours = factory.copyWithConfigurationOverride(overrides);
        return new ProducerFactory<>() {
            @Override
            public Producer<String, byte[]> createProducer() {
                return ours.createNonTransactionalProducer();
            }

            @Override
            public Producer<String, byte[]> createNonTransactionalProducer() {
                return ours.createNonTransactionalProducer();
            }

            @Override
            public Map<String, Object> getConfigurationProperties() {
                return ours.getConfigurationProperties();
            }
        };
    }

    private Map<String, Object> springs(
            Function<KafkaProperties, Map<String, Object>> build,
            Function<KafkaConnectionDetails, KafkaConnectionDetails.Configuration> clients) {
        Map<String, Object> settings = new HashMap<>(build.apply(properties.getIfAvailable(KafkaProperties::new)));
        KafkaConnectionDetails details = connection.getIfAvailable();
        if (details != null) {
            KafkaConnectionDetails.Configuration client = clients.apply(details);
            settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, client.getBootstrapServers());
            String protocol = client.getSecurityProtocol();
            if (protocol != null && !protocol.isEmpty()) {
                settings.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
            }
            SslBundle bundle = client.getSslBundle();
            if (bundle != null) {
                settings.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, SslBundleSslEngineFactory.class);
                settings.put(SslBundle.class.getName(), bundle);
            }
        }
        return settings;
    }
}
