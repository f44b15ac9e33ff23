package io.milena.broker.fetch;

import io.milena.broker.partition.PartitionWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of one fetch session that may have something to tell, first come first served, and the request that waits for
 * it. Partitions come in on whatever thread moved them; they are taken by the session's request, under the session's monitor.
 */
final class SessionUpdates {
    private final int waking;
    private final Queue<SessionPartition> queue = new ConcurrentLinkedQueue<>();
    private volatile @Nullable PendingFetch waiter;
    private volatile boolean woken;
    private int looks;

    /** @param waking the moves of partitions a request waits for; others are told of when there is an answer anyway */
    SessionUpdates(int waking) {
        this.waking = waking;
    }

    /** Whether one of these moves is worth looking for. */
    boolean wakes(int moves) {
        return (waking & moves) != 0;
    }

    /** The caller has made sure that the partition is not in the queue yet. */
    void add(SessionPartition partition) {
        queue.add(partition);
    }

    void wake() {
        woken = true;
        PendingFetch waiting = waiter;
        if (waiting != null) {
            waiting.wake();
        }
    }

    /** Wakes the request from now on, and at once if something has happened since the last look. */
    PartitionWatch awaitedBy(PendingFetch fetch) {
        waiter = fetch;
        if (woken) {
            fetch.wake();
        }
        return () -> {
            if (waiter == fetch) {
                waiter = null;
            }
        };
    }

    /**
     * Looks at partitions until the answer is full. One that has nothing to tell is not looked at again before it moves; others
     * go behind those that wait, and before them those for which there was no room.
     */
    void read(FetchReader reader, FetchParams params, FetchResult result) {
        woken = false;
        looks++;
        List<SessionPartition> noRoom = new ArrayList<>(0);
        List<SessionPartition> told = new ArrayList<>();
        List<SessionPartition> movedAgain = new ArrayList<>(0);
        for (SessionPartition next = queue.poll(); next != null; next = queue.poll()) {
            if (next.isForgotten()) {
                continue;
            }
            if (!next.isNew(looks)) {
                movedAgain.add(next);
                continue;
            }
            FetchReader.Found found = next.look(reader, params, result);
            if (found == FetchReader.Found.NO_ROOM) {
                noRoom.add(next);
            } else if (found != FetchReader.Found.NOTHING) {
                told.add(next);
            }
            if (result.bytes >= params.maxBytes()) {
                break;
            }
        }
        noRoom.forEach(SessionPartition::queue);
        told.forEach(SessionPartition::queue);
        queue.addAll(movedAgain);
    }
}
