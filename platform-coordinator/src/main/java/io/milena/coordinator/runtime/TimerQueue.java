package io.milena.coordinator.runtime;

import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Deadlines of one shard. Moving a deadline further away, which every heartbeat does, is one write to a field: the timer
 * keeps its old place in the queue and is put back when that place comes up.
 */
public final class TimerQueue {

    private static final long NONE = Long.MAX_VALUE;

    private final PriorityQueue<Place> queue = new PriorityQueue<>();
    private long sequence;

    /** Something that happens once when its deadline has passed, and can be armed again. */
    public static final class Timer {
        private final Consumer<Turn> action;
        private long deadlineMs = NONE;
        private long placeMs = NONE;

        public Timer(Consumer<Turn> action) {
            this.action = action;
        }

        public boolean isArmed() {
            return deadlineMs != NONE;
        }
    }

    private record Place(long atMs, long sequence, Timer timer) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byTime = Long.compare(atMs, other.atMs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    public void arm(Timer timer, long deadlineMs) {
        timer.deadlineMs = deadlineMs;
        if (deadlineMs < timer.placeMs) {
            enqueue(timer, deadlineMs);
        }
    }

    public void cancel(Timer timer) {
        timer.deadlineMs = NONE;
    }

    /** When {@link #fire} has something to look at next; Long.MAX_VALUE if never. */
    public long nextMs() {
        Place head = queue.peek();
        return head == null ? NONE : head.atMs;
    }

    /** Runs what is due. */
    public void fire(Turn turn) {
        for (Place head = queue.peek(); head != null && head.atMs <= turn.nowMs(); head = queue.peek()) {
            queue.poll();
            Timer timer = head.timer;
            if (head.atMs != timer.placeMs) {
                continue; // it took an earlier place since
            }
            timer.placeMs = NONE;
            if (timer.deadlineMs > turn.nowMs()) {
                if (timer.deadlineMs != NONE) {
                    enqueue(timer, timer.deadlineMs);
                }
            } else {
                timer.deadlineMs = NONE;
                timer.action.accept(turn);
            }
        }
    }

    private void enqueue(Timer timer, long atMs) {
        timer.placeMs = atMs;
        queue.add(new Place(atMs, sequence++, timer));
    }
}
