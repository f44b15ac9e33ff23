package io.milena.starter.broker;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The connection to the broker.
 *
 * @param requestTimeout how long an answer may take before the broker counts as not reachable
 * @param retryInterval the longest pause between two attempts to reach it at the start
 */
@ConfigurationProperties("milena.broker")
public record BrokerProperties(
        @DefaultValue("3s") Duration requestTimeout,
        @DefaultValue("2s") Duration retryInterval) {

    public BrokerProperties {
        positive("request-timeout", requestTimeout);
        positive("retry-interval", retryInterval);
    }

    private static void positive(String name, Duration value) {
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException("milena.broker." + name + " must be at least 1ms, not " + value);
        }
    }
}
