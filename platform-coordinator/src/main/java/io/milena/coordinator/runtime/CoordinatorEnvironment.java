package io.milena.coordinator.runtime;

import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/**
 * What is below a coordinator: all that it has of disks, clocks, threads and chance comes from here.
 *
 * @param ids ids that nobody else has; any thread
 */
public record CoordinatorEnvironment(
        CoordinatorLog log, CoordinatorTime time, CoordinatorThreads threads, Supplier<Uuid> ids) {}
