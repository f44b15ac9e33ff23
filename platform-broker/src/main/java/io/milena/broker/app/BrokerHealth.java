package io.milena.broker.app;

import io.milena.broker.control.BrokerLifecycle;
import io.milena.broker.node.MilenaNode;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up when the broker is registered and unfenced. */
record BrokerHealth(MilenaNode node) implements HealthIndicator {
    @Override
    public Health health() {
        return node.broker()
                .map(broker -> {
                    Health.Builder health =
                            broker.state() == BrokerLifecycle.State.RUNNING ? Health.up() : Health.outOfService();
                    return health.withDetail("state", broker.state())
                            .withDetail("brokerEpoch", broker.brokerEpoch())
                            .build();
                })
                .orElseGet(() ->
                        Health.up().withDetail("role", "this node is no broker").build());
    }
}
