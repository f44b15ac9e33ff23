package io.milena.starter.health;

import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.broker.BrokerTrouble;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up when the broker answers; otherwise down with the reason, and since when. */
public final class BrokerHealth extends AbstractHealthIndicator {

    private static final Logger log = LoggerFactory.getLogger(BrokerHealth.class);

    private final BrokerAdmin admin;
    private final Clock clock;
    private final AtomicReference<@Nullable Instant> downSince = new AtomicReference<>();

    public BrokerHealth(BrokerAdmin admin, Clock clock) {
        super("the broker does not answer");
        this.admin = admin;
        this.clock = clock;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        health.withDetail("bootstrapServers", admin.bootstrapServers());
        try {
            DescribeClusterResult cluster = admin.client().describeCluster();
            health.withDetail("clusterId", admin.await(cluster.clusterId()));
            health.withDetail("nodes", admin.await(cluster.nodes()).size());
            if (downSince.getAndSet(null) != null) {
                log.info("Broker at {} answers again", admin.bootstrapServers());
            }
            health.up();
        } catch (KafkaException e) {
            BrokerTrouble trouble = admin.explain(e);
            Instant now = clock.instant();
            if (downSince.compareAndSet(null, now) && admin.firstAnswer().isDone()) {
                log.warn("{}", trouble);
            }
            Instant since = downSince.get();
            health.down()
                    .withDetail("trouble", trouble.kind())
                    .withDetail("problem", trouble.description())
                    .withDetail("action", trouble.action())
                    .withDetail("since", since == null ? now : since);
        }
    }
}
