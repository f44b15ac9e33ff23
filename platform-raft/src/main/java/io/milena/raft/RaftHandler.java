package io.milena.raft;

import io.milena.raft.core.Request;
import io.milena.raft.rpc.RaftRpc;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Takes one of the APIs between replicas to the raft thread, and its answer back. */
final class RaftHandler<Q extends ApiMessage, P extends ApiMessage> implements ApiHandler<Q> {
    private final RaftRpc<Q, P> rpc;
    private final RaftRpc.Context context;
    private final RaftNode node;

    RaftHandler(RaftRpc<Q, P> rpc, RaftRpc.Context context, RaftNode node) {
        this.rpc = rpc;
        this.context = context;
        this.node = node;
    }

    @Override
    public ApiKeys api() {
        return rpc.api();
    }

    @Override
    public void handle(Exchange<Q> exchange) {
        RaftRpc.Parsed parsed = rpc.parse(exchange.request(), context);
        Request request = parsed.request();
        if (request == null) {
            exchange.respond(rpc.failure(parsed.error()));
            return;
        }
        short version = exchange.version();
        node.enqueue(() -> node.receive(request, response -> exchange.respond(rpc.response(response, version))));
    }
}
