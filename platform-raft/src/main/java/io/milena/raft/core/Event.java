package io.milena.raft.core;

/** What can happen to a replica. */
public sealed interface Event {
    /** Time passed; see {@link RaftCore#nextDeadlineMs()}. */
    record Tick() implements Event {}

    /** @param ticket where the answer goes; the driver's, opaque here */
    record RequestReceived(long ticket, Request request) implements Event {}

    record ResponseReceived(Peer from, Request request, Response response) implements Event {}

    /** @param why what the loss says about the peer */
    record RequestFailed(Peer to, Request request, Loss why) implements Event {}

    /**
     * The log, or a snapshot, has been written as an effect demanded, or the leader appended, and it is durable.
     *
     * @param durableEndOffset end of what would survive a crash
     */
    record LogChanged(long durableEndOffset) implements Event {}

    /** What a leader sent, records or a snapshot, cannot be used; nothing of it was written. */
    record FetchedRejected(String why) implements Event {}

    /** The leader of {@code epoch} is asked to step down. */
    record ResignRequested(int epoch) implements Event {}

    /** @param ticket where the outcome goes */
    record VotersChangeRequested(long ticket, VoterChange change, long timeoutMs) implements Event {}
}
