package io.milena.coordinator.runtime;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/**
 * The rules of a coordinator for one partition of its internal topic: requests in, records and answers out, no I/O. {@link
 * CoordinatorRuntime} brings it the log, the clock and the requests. One thread uses a shard at a time.
 *
 * <p>The life of a record, which is the one rule for what is decided and not yet written:
 *
 * <pre>
 *            Turn.write                append succeeds             high watermark passes it
 *  request ─────────────▶ decided ─────────────────────▶ in the log ─────────────────────────▶ committed: {@link #replay}
 *                            │
 *                            ╰─ append refused ─▶ taken back: {@link #takenBack}
 * </pre>
 *
 * <ol>
 *   <li>Later decisions of a shard build on what is <i>decided</i>. A shard that changes its state before the commit tells
 *       the turn how to undo the change ({@link Turn#changed}).
 *   <li>Clients learn of what is <i>committed</i> only: a write's settlement, which answers, runs after the replay; reads
 *       show what replay made.
 *   <li>A refused write is taken back together with whatever was decided after it, the newest first: the changes of the turns
 *       are undone and {@link #takenBack} hears of the records. Then the writes are settled with the error. Nothing else
 *       of the shard is touched. An append is refused at once or never, so what is in the log is never taken back.
 *   <li>If this broker loses the partition, the shard ends. If nobody knows what became of an append, the partition is read
 *       again into a new shard.
 * </ol>
 *
 * A shard whose decisions never build on undecided ones, as those of committed offsets, changes its state in replay alone. One
 * with a transition at a time per id, as that of transactions, marks the id as pending when it decides, with the removal of
 * the mark as its undo, and completes the transition in replay. One whose decisions follow each other closely, as those of
 * consumer groups (KIP-848), applies each record when it decides it.
 */
public interface Shard {

    /**
     * Takes over one committed record: while loading, and later when a write of this shard is committed. In log order.
     *
     * @param offset where it stands in the log
     * @param producerId of the transaction that it belongs to, −1 if none
     */
    void replay(CoordinatorRecord record, long offset, long producerId);

    /** A transaction's marker is committed: the records of that producer's transaction count now, or never. */
    default void replayEndOfTransaction(long producerId, boolean commit) {}

    /**
     * The records are on their way into the log: they were written by a turn that has ended, or found while loading above the
     * high watermark. Each of them is replayed or taken back later.
     */
    default void decided(List<CoordinatorRecord> records) {}

    /** The records will never be in the log; the changes that their turn told of are undone already. */
    default void takenBack(List<CoordinatorRecord> records) {}

    /** The whole log has been replayed; requests and ticks follow. */
    default void loaded(Turn turn) {}

    /** When {@link #tick} has something to do next, on {@link Turn#nowMs}'s clock; {@link Long#MAX_VALUE} for never. */
    long nextDeadlineMs();

    /** Does what is due. */
    void tick(Turn turn);

    /** The shard ends: whoever waits is answered with this error. What it wants written is dropped. */
    void unloaded(Turn turn, Errors answer);
}
