package io.milena.coordinator.runtime;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/**
 * One turn of a shard: one request, timer or settlement, from its begin to its end. It says what time it is, and collects
 * what the shard wants written and how to undo what it changed already. Used by one thread.
 */
public final class Turn {

    private final long nowMs;
    private final long wallClockMs;
    private final List<Write> writes = new ArrayList<>(1);
    private List<Runnable> undo = new ArrayList<>(0);

    public Turn(long nowMs, long wallClockMs) {
        this.nowMs = nowMs;
        this.wallClockMs = wallClockMs;
    }

    /** Monotonic clock in milliseconds, for sessions and time-outs; the same for the whole turn. Its origin means nothing. */
    public long nowMs() {
        return nowMs;
    }

    /** Wall clock in milliseconds since 1970, for time stamps in records; it may jump. The same for the whole turn. */
    public long wallClockMs() {
        return wallClockMs;
    }

    /**
     * The shard has changed its state ahead of the record for it, which the turn writes next.
     *
     * @param undo changes it back; called after the undos of all later changes
     */
    public void changed(Runnable undo) {
        this.undo.add(undo);
    }

    /**
     * Asks for records to be written. Without records it settles when all that the shard decided before is committed, or at once if it
     * is: so an answer tells of nothing that may still be taken back.
     */
    public void write(List<CoordinatorRecord> records, Settlement settlement) {
        add(records, settlement, -1L, (short) -1);
    }

    /** Asks for records of a producer's transaction to be written. */
    public void writeTransactional(
            List<CoordinatorRecord> records, long producerId, short producerEpoch, Settlement settlement) {
        add(records, settlement, producerId, producerEpoch);
    }

    private void add(List<CoordinatorRecord> records, Settlement settlement, long producerId, short producerEpoch) {
        writes.add(new Write(records, settlement, producerId, producerEpoch, undo));
        undo = new ArrayList<>(0);
    }

    /** What the shard decided to write in this turn, in order. */
    public List<Write> writes() {
        return writes;
    }

    /** Undoes what the turn changed since its last write: the decision is given up. */
    public void undoUnwritten() {
        undoNewestFirst(undo);
    }

    private static void undoNewestFirst(List<Runnable> changes) {
        for (int i = changes.size() - 1; i >= 0; i--) {
            changes.remove(i).run();
        }
    }

    /**
     * Records that are committed together or not at all.
     *
     * @param producerId of the transaction that the records belong to, or −1
     * @param changes the undos of what was changed ahead of these records
     */
    public record Write(
            List<CoordinatorRecord> records,
            Settlement settlement,
            long producerId,
            short producerEpoch,
            List<Runnable> changes) {

        public boolean isTransactional() {
            return producerId >= 0;
        }

        /** Undoes what was changed ahead of the records. */
        public void undo() {
            undoNewestFirst(changes);
        }
    }

    /** What happens when the fate of a write is known: called once, in a later turn, after the records were replayed. */
    @FunctionalInterface
    public interface Settlement {

        /** @param error NONE when committed, else why not, as the log said it (not yet an answer to a client) */
        void settled(Turn turn, Errors error);
    }
}
