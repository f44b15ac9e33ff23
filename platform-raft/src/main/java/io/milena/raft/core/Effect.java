package io.milena.raft.core;

import io.milena.records.OffsetAndEpoch;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What a replica is to do; performed strictly in order, which is how things are persisted before they are said. */
public sealed interface Effect {
    void on(EffectHandler handler);

    /** Write and fsync quorum-state. */
    record Persist(ElectionState state) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.persist(this);
        }
    }

    record Send(Peer to, Request request) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.send(this);
        }
    }

    record Reply(long ticket, Response response) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.reply(this);
        }
    }

    /**
     * Answer a fetch that agrees with the log: at once if there is anything at {@code request.offset()} or the asker does not know
     * {@code highWatermark} yet, else when there is (give it to the core again), or after its wait.
     */
    record ServeFetch(long ticket, Request.Fetch request, Response.Header header, long highWatermark)
            implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.serveFetch(this);
        }
    }

    record ServeSnapshot(long ticket, Request.FetchSnapshot request, Response.Header header) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.serveSnapshot(this);
        }
    }

    /**
     * Append the control batch that opens an epoch, then report {@link Event.LogChanged}.
     *
     * @param voters to be written as KRaftVersion and Voters records behind it; null if the log has them
     */
    record AppendLeaderChange(
            int epoch,
            Set<Integer> voterIds,
            Set<Integer> grantingIds,
            @Nullable VoterSet voters) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.appendLeaderChange(this);
        }
    }

    /** It may be asked in a moment: connect to it if that takes time. */
    record Prepare(Peer to) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.connect(this);
        }
    }

    /** Append what the leader sent, make it durable, then report {@link Event.LogChanged}. */
    record AppendFetched(Response.Block records) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.appendFetched(this);
        }
    }

    /** Drop everything at and after {@code offset}, then report {@link Event.LogChanged}. */
    record Truncate(long offset) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.truncate(this);
        }
    }

    /** Write a chunk of a snapshot being fetched; after the last one install it. Then report {@link Event.LogChanged}. */
    record WriteSnapshotChunk(OffsetAndEpoch id, long position, Response.Block chunk, boolean last) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.writeSnapshotChunk(this);
        }
    }

    /** Everything below {@code highWatermark} is committed. */
    record Commit(long highWatermark) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.commit(this);
        }
    }

    /** Leader, epoch or both changed; parked fetches and pending appends of another leader's epoch are void. */
    record LeaderChanged(LeaderAndEpoch leader) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.leaderChanged(this);
        }
    }

    /** Append a Voters record behind what is being appended, then report {@link Event.LogChanged}. */
    record AppendVoters(int epoch, VoterSet voters) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.appendVoters(this);
        }
    }

    /** As {@link AppendVoters}, with a KRaftVersion record before it in the same batch. */
    record AppendKraftVersion(int epoch, short kraftVersion, VoterSet voters) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.appendKraftVersion(this);
        }
    }

    /**
     * Tell the operator that a peer said something that cannot be true; what it said was left alone. May come as often as the peer likes:
     * whoever performs it bounds what is logged.
     *
     * @param peerId who said it, by its own word
     */
    record Complain(Problem problem, int peerId, String details) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.complain(this);
        }
    }

    /** What can be wrong with what a peer says. */
    enum Problem {
        EPOCH_OUT_OF_RANGE("names an epoch near the end of the range: nobody could be elected after it"),
        LEADER_IS_NO_VOTER("says that it leads, but is no voter"),
        NAMED_AS_LEADER("says that this node leads an epoch that it does not lead"),
        TWO_LEADERS("names another leader of an epoch that has one: are two nodes formatted with one node id?"),
        IMPOSSIBLE_TRUNCATION("demands to drop records that are committed"),
        IMPOSSIBLE_SNAPSHOT("offers a snapshot that lacks committed records, or whose epoch has not come yet"),
        UNREADABLE_RECORDS("sent records that cannot be read");

        private final String text;

        Problem(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** The outcome of a change of the voters; a second answer to one ticket is dropped. */
    record AnswerChange(long ticket, Errors error, @Nullable String message) implements Effect {
        @Override
        public void on(EffectHandler handler) {
            handler.answerChange(this);
        }
    }
}
