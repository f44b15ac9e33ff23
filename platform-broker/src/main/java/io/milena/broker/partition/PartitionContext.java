package io.milena.broker.partition;

import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * What all partitions of a broker share.
 *
 * @param brokerId this broker
 * @param replication the way to other brokers and the controller, as it is when it is needed
 * @param clock wall clock
 * @param changes what the regular work has to look at
 */
record PartitionContext(
        int brokerId, Supplier<Replication> replication, InstantSource clock, PartitionChanges changes) {}
