package io.milena.starter.health;

import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.broker.BrokerTrouble;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Up when a broker answers, with the bootstrap addresses that do not; otherwise down with the reason. {@code since} is when this was first
 * noticed here, {@code lastAnswer} when a broker last answered this application: it went away between the two.
 */
public final class BrokerHealth extends AbstractHealthIndicator {

    private static final Logger log = LoggerFactory.getLogger(BrokerHealth.class);

    private final BrokerAdmin admin;
    private final Supplier<Map<String, BrokerTrouble>> topicTroubles;
    private final Clock clock;
    private final AtomicReference<@Nullable Instant> downSince = new AtomicReference<>();

    private final Map<String, Instant> notReachedSince = new ConcurrentHashMap<>();

    /** Why a bootstrap address cannot be connected to, and since when that is known. */
    record NotReached(String problem, Instant since) {}

    /** @param topicTroubles what keeps declared topics from being created; told, but the broker is up */
    public BrokerHealth(BrokerAdmin admin, Supplier<Map<String, BrokerTrouble>> topicTroubles, Clock clock) {
        super("the broker does not answer");
        this.topicTroubles = topicTroubles;
        this.admin = admin;
        this.clock = clock;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        health.withDetail("bootstrapServers", admin.bootstrapServers());
        try {
            DescribeClusterResult cluster = admin.client().describeCluster();
            health.withDetail("clusterId", admin.await(cluster.clusterId()));
            Collection<Node> nodes = admin.await(cluster.nodes());
            health.withDetail("nodes", nodes.size());
            Map<String, NotReached> notReached = notReached(nodes);
            if (!notReached.isEmpty()) {
                health.withDetail("notReached", notReached);
            }
            if (downSince.getAndSet(null) != null) {
                log.info("Broker at {} answers again", admin.bootstrapServers());
            }
            Map<String, String> missing = new TreeMap<>();
            topicTroubles.get().forEach((topic, trouble) -> missing.put(topic, trouble.toString()));
            if (!missing.isEmpty()) {
                health.withDetail("topicsNotCreated", missing);
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
            admin.lastAnswer().ifPresent(at -> health.withDetail("lastAnswer", at));
        }
    }

    /** A broker that is gone is no trouble as long as others have its work, but it is told. */
    private Map<String, NotReached> notReached(Collection<Node> nodes) {
        Map<String, String> reasons = admin.unreached(nodes);
        notReachedSince.keySet().retainAll(reasons.keySet());
        Map<String, NotReached> all = new TreeMap<>();
        reasons.forEach((address, reason) -> all.put(
                address, new NotReached(reason, notReachedSince.computeIfAbsent(address, a -> clock.instant()))));
        return all;
    }
}
