package io.milena.broker.partition;

/** Someone who waits for a partition to move. */
@FunctionalInterface
public interface PartitionWatcher {
    /** Records were appended: the log end offset advanced. */
    int APPENDED = 1;
    /** The high watermark or the last stable offset advanced. */
    int COMMITTED = 2;
    /** Anything else: its role, its replicas, its log start offset; or it went away. */
    int CHANGED = 4;

    int ANYTHING = APPENDED | COMMITTED | CHANGED;

    /**
     * Called on whatever thread moved the partition, with a lock held: hand off to your own thread and return.
     *
     * @param moves what happened, of {@link #APPENDED}, {@link #COMMITTED} and {@link #CHANGED}
     */
    void onPartitionMoved(int moves);
}
