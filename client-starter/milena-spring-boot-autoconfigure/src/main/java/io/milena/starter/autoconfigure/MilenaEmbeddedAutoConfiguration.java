package io.milena.starter.autoconfigure;

import io.milena.embedded.EmbeddedCluster;
import io.milena.starter.embedded.EmbeddedBroker;
import io.milena.starter.embedded.EmbeddedProperties;
import java.util.List;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * A broker inside the application, as there is an embedded database: only with {@code milena-embedded} on the classpath, and only if no broker's
 * address is configured anywhere, by a property, the environment or a service connection.
 */
@AutoConfiguration(before = KafkaAutoConfiguration.class)
@ConditionalOnClass({EmbeddedCluster.class, KafkaConnectionDetails.class})
@ConditionalOnBooleanProperty(name = "milena.embedded.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(KafkaConnectionDetails.class)
@Conditional(MilenaEmbeddedAutoConfiguration.NoAddress.class)
@EnableConfigurationProperties(EmbeddedProperties.class)
public final class MilenaEmbeddedAutoConfiguration implements BeanClassLoaderAware {
    private ClassLoader loader = MilenaEmbeddedAutoConfiguration.class.getClassLoader();

    @Override
    public void setBeanClassLoader(ClassLoader ofTheApplication) {
        loader = ofTheApplication;
    }

    @Bean
    @ConditionalOnMissingBean
    EmbeddedBroker milenaEmbeddedBroker(EmbeddedProperties properties) {
        return EmbeddedBroker.of(properties, loader);
    }

    @Bean
    KafkaConnectionDetails milenaEmbeddedConnectionDetails(EmbeddedBroker broker) {
        return new KafkaConnectionDetails() {
            @Override
            public List<String> getBootstrapServers() {
                return broker.bootstrapServers();
            }
        };
    }

    /** Whoever has configured an address for one kind of client alone has a broker too. */
    static final class NoAddress extends SpringBootCondition {
        private static final List<String> ADDRESSES = List.of(
                "spring.kafka.bootstrap-servers",
                "spring.kafka.admin.properties.bootstrap.servers",
                "spring.kafka.consumer.bootstrap-servers",
                "spring.kafka.producer.bootstrap-servers",
                "spring.kafka.streams.bootstrap-servers",
                "spring.kafka.properties.bootstrap.servers");

        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            ConditionMessage.Builder message = ConditionMessage.forCondition("Embedded Milena broker");
            Binder binder = Binder.get(context.getEnvironment());
            for (String address : ADDRESSES) {
                if (binder.bind(address, Bindable.listOf(String.class)).isBound()) {
                    return ConditionOutcome.noMatch(message.because(address + " is set"));
                }
            }
            return ConditionOutcome.match(message.because("no address of a broker is configured"));
        }
    }
}
