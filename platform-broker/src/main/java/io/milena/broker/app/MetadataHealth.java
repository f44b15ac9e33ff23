package io.milena.broker.app;

import io.milena.broker.node.MilenaNode;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up when a controller leads and this node has applied what is committed, but for a moment's worth. */
record MetadataHealth(MilenaNode node) implements HealthIndicator {
    private static final long MOST_RECORDS_BEHIND = 1_000;

    @Override
    public Health health() {
        long lag = node.metadataLag();
        boolean led = node.leaderAndEpoch().leaderId().isPresent();
        Health.Builder health =
                led && lag <= MOST_RECORDS_BEHIND && !node.failed() ? Health.up() : Health.outOfService();
        return health.withDetail(
                        "leader", led ? node.leaderAndEpoch().leaderId().getAsInt() : "none known")
                .withDetail("epoch", node.leaderAndEpoch().epoch())
                .withDetail("appliedOffset", node.image().provenance().offset())
                .withDetail("recordsBehind", lag)
                .build();
    }
}
