package io.milena.broker.app;

import io.milena.broker.node.MilenaNode;
import io.milena.metadata.PublisherFailure;
import java.time.Instant;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Up when a controller leads, this node has applied what is committed, but for a moment's worth, and every part of it acts on
 * that.
 */
record MetadataHealth(MilenaNode node) implements HealthIndicator {
    private static final long MOST_RECORDS_BEHIND = 1_000;

    @Override
    public Health health() {
        long lag = node.metadataLag();
        boolean led = node.leaderAndEpoch().leaderId().isPresent();
        List<PublisherFailure> failures = node.metadataFailures();
        boolean up = led && lag <= MOST_RECORDS_BEHIND && !node.failed() && failures.isEmpty();
        Health.Builder health = up ? Health.up() : Health.outOfService();
        for (PublisherFailure failure : failures) {
            health.withDetail(
                    failure.publisher(),
                    "cannot act on the metadata since " + Instant.ofEpochMilli(failure.sinceMs()) + ", failed "
                            + failure.count() + " times in a row: " + failure.cause());
        }
        return health.withDetail(
                        "leader", led ? node.leaderAndEpoch().leaderId().getAsInt() : "none known")
                .withDetail("epoch", node.leaderAndEpoch().epoch())
                .withDetail("appliedOffset", node.image().provenance().offset())
                .withDetail("recordsBehind", lag)
                .build();
    }
}
