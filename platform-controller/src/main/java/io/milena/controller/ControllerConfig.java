package io.milena.controller;

import io.milena.controller.core.ConfigRules;
import io.milena.controller.core.ControlContext;
import io.milena.records.VersionedRecord;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a {@link Controller} needs to know.
 *
 * @param nodeId {@code node.id}
 * @param settings what decisions depend on
 * @param rules knowledge of configuration keys
 * @param bootstrapRecords written when the metadata log is empty: content of {@code bootstrap.checkpoint}
 * @param maxIdleIntervalMs a NoOp record is written after this much silence [{@code metadata.max.idle.interval.ms}]; 0 = never
 * @param leaderImbalanceCheckIntervalMs how often leadership goes back to preferred replicas
 *     [{@code leader.imbalance.check.interval.seconds}]; 0 = never [{@code auto.leader.rebalance.enable=false}]
 * @param uncleanElectionIntervalMs how often leaderless partitions with unclean election enabled are looked for
 *     [{@code unclean.leader.election.interval.ms}]
 * @param clockMs monotonic milliseconds
 * @param random source of topic ids and placement
 * @param onFatalFault told once when an invariant broke; the controller has stopped by then
 */
public record ControllerConfig(
        int nodeId,
        ControlContext.Settings settings,
        ConfigRules rules,
        List<VersionedRecord> bootstrapRecords,
        long maxIdleIntervalMs,
        long leaderImbalanceCheckIntervalMs,
        long uncleanElectionIntervalMs,
        LongSupplier clockMs,
        RandomGenerator random,
        Consumer<Throwable> onFatalFault) {
    public ControllerConfig {
        bootstrapRecords = List.copyOf(bootstrapRecords);
    }
}
