package io.milena.broker.partition;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The moves of a partition and those who wait for one: parked fetches and produces. An intrusive doubly linked list, so that leaving costs
 * as little as joining, and an append to a partition nobody waits for costs one volatile read.
 */
final class WatchList {
    private static final Logger LOG = LoggerFactory.getLogger(WatchList.class);

    /** A place in the list; belongs to one watcher. Its links are guarded by the list's monitor. */
    static final class Place implements PartitionWatch {
        private final WatchList list;
        private final PartitionWatcher watcher;
        private final int interest;
        private @Nullable Place previous;
        private @Nullable Place next;
        private boolean joined;

        private Place(WatchList list, PartitionWatcher watcher, int interest) {
            this.list = list;
            this.watcher = watcher;
            this.interest = interest;
        }

        @Override
        public void close() {
            list.leave(this);
        }
    }

    private volatile @Nullable Place head;
    /** Written under the partition's lock. */
    private volatile long moves;

    /** Counts a move, before {@link #fire} tells of it; with the partition's lock held. */
    void moved() {
        moves = moves + 1;
    }

    /** How often the partition has moved. */
    long moves() {
        return moves;
    }

    /** @param interest the moves to be told of */
    Place join(PartitionWatcher watcher, int interest) {
        Place place = new Place(this, watcher, interest);
        synchronized (this) {
            Place first = head;
            place.next = first;
            if (first != null) {
                first.previous = place;
            }
            place.joined = true;
            head = place;
        }
        return place;
    }

    private synchronized void leave(Place place) {
        if (!place.joined) {
            return;
        }
        place.joined = false;
        Place before = place.previous;
        Place after = place.next;
        if (before == null) {
            head = after;
        } else {
            before.next = after;
        }
        if (after != null) {
            after.previous = before;
        }
        place.previous = null;
        place.next = null;
    }

    /** Tells all whom one of {@code what} interests. They must hand off at once: the list is locked meanwhile. */
    void fire(int what) {
        if (what == 0 || head == null) {
            return;
        }
        synchronized (this) {
            Place place = head;
            while (place != null) {
                Place next = place.next;
                if ((place.interest & what) != 0) {
                    tell(place.watcher, what);
                }
                // A watcher that is told may leave at once, and take another with it: then begin anew.
                place = next == null || next.joined ? next : head;
            }
        }
    }

    private static void tell(PartitionWatcher watcher, int what) {
        try {
            watcher.onPartitionMoved(what);
        } catch (RejectedExecutionException e) {
            // Its event loop has ended, and with it the connection: nobody waits any more.
            LOG.debug("A watcher ends with its event loop", e);
        }
    }

    synchronized int size() {
        int size = 0;
        for (Place place = head; place != null; place = place.next) {
            size++;
        }
        return size;
    }
}
