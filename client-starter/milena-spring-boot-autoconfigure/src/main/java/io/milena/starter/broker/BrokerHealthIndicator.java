package io.milena.starter.broker;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.kafka.listener.MessageListenerContainer;

/** Up when the broker answers and every listener runs. Meant for the readiness group, never for liveness. */
public final class BrokerHealthIndicator extends AbstractHealthIndicator {

    private final BrokerAdmin admin;
    private final Supplier<? extends Collection<MessageListenerContainer>> listeners;

    public BrokerHealthIndicator(
            BrokerAdmin admin, Supplier<? extends Collection<MessageListenerContainer>> listeners) {
        super("the broker does not answer");
        this.admin = admin;
        this.listeners = listeners;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        health.withDetail("bootstrapServers", admin.bootstrapServers());
        Map<String, String> states = new TreeMap<>();
        boolean allRun = true;
        for (MessageListenerContainer container : listeners.get()) {
            boolean runs = container.isRunning() && container.isInExpectedState();
            states.put(container.getListenerId(), runs ? "running" : "stopped");
            allRun &= runs;
        }
        health.withDetail("listeners", states);
        DescribeClusterResult cluster = admin.client().describeCluster();
        health.withDetail("clusterId", admin.await(cluster.clusterId()));
        health.withDetail("nodes", admin.await(cluster.nodes()).size());
        if (allRun) {
            health.up();
        } else {
            health.down();
        }
    }
}
