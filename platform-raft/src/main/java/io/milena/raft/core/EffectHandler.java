package io.milena.raft.core;

/** Performs effects, one method for each kind; see {@link Effect} for what each asks. */
public interface EffectHandler {
    void persist(Effect.Persist effect);

    void send(Effect.Send effect);

    void reply(Effect.Reply effect);

    void serveFetch(Effect.ServeFetch effect);

    void serveSnapshot(Effect.ServeSnapshot effect);

    void appendLeaderChange(Effect.AppendLeaderChange effect);

    void connect(Effect.Prepare effect);

    void appendFetched(Effect.AppendFetched effect);

    void truncate(Effect.Truncate effect);

    void writeSnapshotChunk(Effect.WriteSnapshotChunk effect);

    void commit(Effect.Commit effect);

    void leaderChanged(Effect.LeaderChanged effect);

    void appendVoters(Effect.AppendVoters effect);

    void appendKraftVersion(Effect.AppendKraftVersion effect);

    void complain(Effect.Complain effect);

    void answerChange(Effect.AnswerChange effect);
}
