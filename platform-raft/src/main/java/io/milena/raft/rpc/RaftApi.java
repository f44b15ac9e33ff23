package io.milena.raft.rpc;

import io.milena.raft.core.Request;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The APIs between replicas, by the request that goes out by each. */
public enum RaftApi {
    FETCH(Request.Kind.FETCH, new FetchRpc()),
    FETCH_SNAPSHOT(Request.Kind.FETCH_SNAPSHOT, new FetchSnapshotRpc()),
    VOTE(Request.Kind.VOTE, new VoteRpc()),
    BEGIN_QUORUM_EPOCH(Request.Kind.BEGIN_EPOCH, new BeginEpochRpc()),
    END_QUORUM_EPOCH(Request.Kind.END_EPOCH, new EndEpochRpc()),
    /** This side only asks; what answers is a change of the voters like others. */
    UPDATE_RAFT_VOTER(Request.Kind.UPDATE_VOTER, new UpdateVoterRpc());

    /** Those that a replica answers from its core alone. */
    public static final List<RaftApi> SERVED_BY_THE_CORE =
            List.of(FETCH, FETCH_SNAPSHOT, VOTE, BEGIN_QUORUM_EPOCH, END_QUORUM_EPOCH);

    private static final Map<Request.Kind, RaftApi> BY_KIND =
            Stream.of(values()).collect(Collectors.toMap(api -> api.kind, Function.identity()));

    private final Request.Kind kind;
    private final RaftRpc<?, ?> rpc;

    RaftApi(Request.Kind kind, RaftRpc<?, ?> rpc) {
        this.kind = kind;
        this.rpc = rpc;
    }

    /** The API a request of the core goes out by. */
    public static RaftRpc<?, ?> of(Request request) {
        RaftApi api = BY_KIND.get(request.kind());
        if (api == null) {
            throw new IllegalArgumentException("No API for " + request.kind());
        }
        return api.rpc;
    }

    public RaftRpc<?, ?> rpc() {
        return rpc;
    }
}
