package io.milena.broker.partition;

import java.util.concurrent.ScheduledExecutorService;

/**
 * The threads of a data plane besides the event loops. What is urgent shares no thread with what waits for a disk.
 *
 * @param timers for what is short: deadlines of requests, in-sync replicas. Never touches a disk but to open a log
 * @param disk for retention, flushes, checkpoints, deletions and sizes, which may take as long as the disk takes
 */
public record DataPlaneThreads(ScheduledExecutorService timers, ScheduledExecutorService disk) {}
