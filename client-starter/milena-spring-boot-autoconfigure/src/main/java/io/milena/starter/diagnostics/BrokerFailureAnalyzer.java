package io.milena.starter.diagnostics;

import io.milena.starter.broker.BrokerTrouble;
import io.milena.starter.broker.BrokerTrouble.Kind;
import io.milena.starter.broker.TroubleReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.core.env.Environment;

/**
 * An application that speaks with Kafka while it starts and fails: broker unreachable, wrong advertised address, missing topic,
 * unsupported API, refused credentials. The starter's own parts wait and tell the same in the log and in health.
 */
final class BrokerFailureAnalyzer extends AbstractFailureAnalyzer<KafkaException> {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final BeanFactory beans;
    private final Environment environment;

    BrokerFailureAnalyzer(BeanFactory beans, Environment environment) {
        this.beans = beans;
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, KafkaException cause) {
        BrokerTrouble trouble = TroubleReader.read(cause, configuration(), TIMEOUT);
        return trouble.kind() == Kind.OTHER
                ? null
                : new FailureAnalysis(trouble.description(), trouble.action(), rootFailure);
    }

    private Map<String, Object> configuration() {
        Map<String, Object> configuration = new HashMap<>();
        configuration.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, List.of("localhost:9092"));
        try {
            KafkaConnectionDetails details =
                    beans.getBeanProvider(KafkaConnectionDetails.class).getIfAvailable();
            if (details != null) {
                configuration.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, details.getBootstrapServers());
                if (details.getSecurityProtocol() != null) {
                    configuration.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, details.getSecurityProtocol());
                }
            }
            return configuration;
        } catch (BeansException contextIsBroken) {
            Binder.get(environment)
                    .bind("spring.kafka.bootstrap-servers", Bindable.listOf(String.class))
                    .ifBound(servers -> configuration.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers));
            return configuration;
        }
    }
}
