package io.milena.testkit.raft;

import io.milena.raft.RaftTransport;
import io.milena.raft.core.HostPort;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.wire.WireClient;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** A raft node's way to others. Answers are handed to the raft thread, which then takes a turn. */
final class SimulatedTransport implements RaftTransport {
    private final WireClient client;
    private final Runnable turn;

    SimulatedTransport(Life life, Runnable turn) {
        this.client = new WireClient(life, "raft");
        this.turn = turn;
    }

    @Override
    public CompletableFuture<ApiMessage> send(HostPort destination, ApiMessage request, long timeoutMs) {
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        short version = ApiKeys.forId(request.apiKey()).messageType.highestSupportedVersion(false);
        client.ask(destination.host(), destination.port(), request, version, timeoutMs, (response, failure) -> {
            if (response != null) {
                answer.complete(response);
            } else if (failure != null) {
                answer.completeExceptionally(failure);
            }
            turn.run();
        });
        return answer;
    }

    @Override
    public void close() {}
}
