package io.milena.raft.core;

import io.milena.records.OffsetAndEpoch;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What a replica is to do; performed strictly in order, which is how things are persisted before they are said. */
public sealed interface Effect {
    /** Write and fsync quorum-state. */
    record Persist(ElectionState state) implements Effect {}

    record Send(Peer to, Request request) implements Effect {}

    record Reply(long ticket, Response response) implements Effect {}

    /**
     * Answer a fetch that agrees with the log: at once if there is anything at {@code request.offset()} or the asker does not know
     * {@code highWatermark} yet, else when there is (give it to the core again), or after its wait.
     */
    record ServeFetch(long ticket, Request.Fetch request, Response.Header header, long highWatermark)
            implements Effect {}

    record ServeSnapshot(long ticket, Request.FetchSnapshot request, Response.Header header) implements Effect {}

    /**
     * Append the control batch that opens an epoch, then report {@link Event.LogChanged}.
     *
     * @param voters to be written as KRaftVersion and Voters records behind it; null if the log has them
     */
    record AppendLeaderChange(
            int epoch,
            Set<Integer> voterIds,
            Set<Integer> grantingIds,
            @Nullable VoterSet voters) implements Effect {}

    /** It may be asked in a moment: connect to it if that takes time. */
    record Prepare(Peer to) implements Effect {}

    /** Append what the leader sent, make it durable, then report {@link Event.LogChanged}. */
    record AppendFetched(Response.Block records) implements Effect {}

    /** Drop everything at and after {@code offset}, then report {@link Event.LogChanged}. */
    record Truncate(long offset) implements Effect {}

    /** Write a chunk of a snapshot being fetched; after the last one install it. Then report {@link Event.LogChanged}. */
    record WriteSnapshotChunk(OffsetAndEpoch id, long position, Response.Block chunk, boolean last) implements Effect {}

    /** Everything below {@code highWatermark} is committed. */
    record Commit(long highWatermark) implements Effect {}

    /** Leader, epoch or both changed; parked fetches and pending appends of another leader's epoch are void. */
    record LeaderChanged(LeaderAndEpoch leader) implements Effect {}

    /** Append a Voters record behind what is being appended, then report {@link Event.LogChanged}. */
    record AppendVoters(int epoch, VoterSet voters) implements Effect {}

    /** As {@link AppendVoters}, with a KRaftVersion record before it in the same batch. */
    record AppendKraftVersion(int epoch, short kraftVersion, VoterSet voters) implements Effect {}

    /** The outcome of a change of the voters; a second answer to one ticket is dropped. */
    record AnswerChange(long ticket, Errors error, @Nullable String message) implements Effect {}
}
