package io.milena.orders.idempotency;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Idempotency keys.
 *
 * @param retention how long an answer is kept; after it the key is as good as new
 */
@ConfigurationProperties("orders.idempotency")
public record IdempotencyProperties(@DefaultValue("24h") Duration retention) {}
