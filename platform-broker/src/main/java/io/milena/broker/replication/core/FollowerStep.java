package io.milena.broker.replication.core;

/** What a follower does to its log upon an answer of its leader. */
public sealed interface FollowerStep {
    /** Nothing: the answer is about a log that has changed since. */
    record Ignore() implements FollowerStep {
        static final Ignore INSTANCE = new Ignore();
    }

    /**
     * Cut everything from an offset on, and ask again.
     *
     * @param losesCommitted whether that is below the high watermark, as after an unclean election
     */
    record Truncate(long toOffset, boolean losesCommitted) implements FollowerStep {}

    /** Delete everything and begin anew at an offset. */
    record StartOver(long atOffset) implements FollowerStep {}

    /** Append the answer's records, then move the high watermark and the log start offset as the leader has them. */
    record Append() implements FollowerStep {
        static final Append INSTANCE = new Append();
    }
}
