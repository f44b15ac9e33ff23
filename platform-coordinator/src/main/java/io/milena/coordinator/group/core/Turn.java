package io.milena.coordinator.group.core;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** One turn of a shard: what time it is, and, filled by the shard, what it wants written. Used by one thread. */
public final class Turn {

    private final long nowMs;
    private final List<Write> writes = new ArrayList<>(1);

    public Turn(long nowMs) {
        this.nowMs = nowMs;
    }

    /** Wall clock in milliseconds; the same for the whole turn. */
    public long nowMs() {
        return nowMs;
    }

    /** What the shard decided to write in this turn, in order. */
    public List<Write> writes() {
        return writes;
    }

    /** Asks for records to be written. */
    public void write(List<GroupRecord> records, Settlement settlement) {
        writes.add(new Write(records, settlement, -1L, (short) -1));
    }

    void writeTransactional(List<GroupRecord> records, long producerId, short epoch, Settlement settlement) {
        writes.add(new Write(records, settlement, producerId, epoch));
    }

    /**
     * Records that are committed together or not at all.
     *
     * @param producerId of the transaction that the records belong to, or −1
     */
    public record Write(List<GroupRecord> records, Settlement settlement, long producerId, short producerEpoch) {

        public boolean isTransactional() {
            return producerId >= 0;
        }
    }

    /** What happens when a write is decided: called once, in a later turn, after the records were replayed. */
    @FunctionalInterface
    public interface Settlement {

        /** @param error NONE when committed, else why not, as the log said it (not yet an answer to a client) */
        void settled(Turn turn, Errors error);
    }
}
