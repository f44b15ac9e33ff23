package io.milena.broker.partition;

/**
 * Someone who waits for a partition to move: its high watermark or last stable offset advanced, its role changed, or it went
 * away.
 */
@FunctionalInterface
public interface PartitionWatcher {
    /** Called on whatever thread moved the partition, with a lock held: hand off to your own thread and return. */
    void onPartitionMoved();
}
