package io.milena.broker.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/**
 * What has changed since the regular work of a broker looked last, so that this work costs what has changed and not what there
 * is. Any thread.
 */
final class PartitionChanges {
    /** Partitions led here whose followers may be behind, or not in sync; each at most once. */
    private final Queue<Partition> unsettled = new ConcurrentLinkedQueue<>();

    private volatile boolean highWatermarksMoved;

    /** A high watermark rose, or a partition came or went. */
    void highWatermarkMoved() {
        if (!highWatermarksMoved) {
            highWatermarksMoved = true;
        }
    }

    /** Whether that has happened since the last call. */
    boolean takeHighWatermarksMoved() {
        boolean moved = highWatermarksMoved;
        highWatermarksMoved = false;
        return moved;
    }

    /** Something was appended, or the partition has another role: its followers are to be looked at from time to time. */
    void unsettled(Partition partition) {
        if (partition.enterUnsettled()) {
            unsettled.add(partition);
        }
    }

    /**
     * Visits each partition that is in the list now. A change during the visit brings it back.
     *
     * @param isSettled looks at a partition, and says whether it need not be looked at again before it changes
     */
    void visitUnsettled(Predicate<Partition> isSettled) {
        List<Partition> again = new ArrayList<>();
        int present = unsettled.size();
        for (int i = 0; i < present; i++) {
            Partition partition = unsettled.poll();
            if (partition == null) {
                break;
            }
            partition.leaveUnsettled();
            if (!isSettled.test(partition)) {
                again.add(partition);
            }
        }
        again.forEach(this::unsettled);
    }

    /** Number of partitions in the list. */
    int unsettledCount() {
        return unsettled.size();
    }
}
