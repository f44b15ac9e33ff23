package io.milena.controller;

import io.milena.controller.core.ClusterState;
import io.milena.controller.core.Decision;
import io.milena.controller.core.Features;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.AbortTransactionRecord;
import io.milena.records.metadata.ConfigRecord;
import io.milena.records.metadata.FeatureLevelRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a new active controller writes first: into an empty log the bootstrap records, in one atomic batch; after a controller
 * that died in the middle of a metadata transaction (KIP-868) its abort.
 */
final class Activation implements Operation.Task {
    private static final Logger LOG = LoggerFactory.getLogger(Activation.class);
    private static final String MIN_ISR = "min.insync.replicas";

    private final List<VersionedRecord> bootstrap;

    Activation(List<VersionedRecord> bootstrap) {
        this.bootstrap = bootstrap;
    }

    @Override
    public Decision<Integer> decide(Turn turn) {
        ClusterState state = turn.context().state();
        List<VersionedRecord> records = new ArrayList<>();
        if (state.inTransaction()) {
            LOG.info("Aborting the metadata transaction that the previous controller left");
            records.add(new VersionedRecord(new AbortTransactionRecord().setReason("Controller failover"), 0));
        }
        if (state.features().unbootstrapped()) {
            LOG.info("The metadata log is empty; writing {} bootstrap records", bootstrap.size());
            records.addAll(bootstrap);
            if (enablesElr()) {
                records.add(clusterMinIsr(turn));
            }
        }
        return Decision.atomic(records, records.size());
    }

    private boolean enablesElr() {
        return bootstrap.stream()
                .anyMatch(record -> record.message() instanceof FeatureLevelRecord feature
                        && feature.name().equals(Features.ELR_VERSION)
                        && feature.featureLevel() > 0);
    }

    /** With ELR on, all nodes must agree on the cluster's minimum ISR: it moves from the static files into the log. */
    private static VersionedRecord clusterMinIsr(Turn turn) {
        String value = turn.context().rules().topicDefault(MIN_ISR);
        return new VersionedRecord(
                new ConfigRecord()
                        .setResourceType(ConfigResource.Type.BROKER.id())
                        .setResourceName("")
                        .setName(MIN_ISR)
                        .setValue(value == null ? "1" : value),
                0);
    }
}
