package io.milena.starter.lag;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Lag of the application's listeners.
 *
 * @param enabled whether lag is measured
 * @param interval how often the gauges are brought up to date
 */
@ConfigurationProperties("milena.lag")
public record LagProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("10s") Duration interval) {

    public LagProperties {
        if (interval.toMillis() < 1) {
            throw new IllegalArgumentException("milena.lag.interval must be positive, not " + interval);
        }
    }
}
