package io.milena.testkit.raft;

import io.milena.raft.RaftTransport;
import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.wire.WireClient;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** A raft node's way to others. Answers are handed to the raft thread, which then takes a turn; votes are noted. */
final class SimulatedTransport implements RaftTransport {
    private final WireClient client;
    private final Runnable turn;
    private final Life life;
    private final QuorumHistory history;
    private final QuorumWork work;

    SimulatedTransport(Life life, Runnable turn, QuorumHistory history, QuorumWork work) {
        this.life = life;
        this.history = history;
        this.work = work;
        this.client = new WireClient(life, "raft");
        this.turn = turn;
    }

    @Override
    public CompletableFuture<ApiMessage> send(HostPort destination, ApiMessage request, long timeoutMs) {
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        short version = ApiKeys.forId(request.apiKey()).messageType.highestSupportedVersion(false);
        client.ask(destination.host(), destination.port(), request, version, timeoutMs, (response, failure) -> {
            if (request instanceof VoteRequestData vote && response instanceof VoteResponseData voted) {
                note(vote, voted);
            }
            work.ended(life, destination.host(), request, response);
            if (response != null) {
                answer.complete(response);
            } else if (failure != null) {
                answer.completeExceptionally(failure);
            }
            turn.run();
        });
        return answer;
    }

    private void note(VoteRequestData request, VoteResponseData response) {
        if (response.topics().isEmpty()) {
            return;
        }
        VoteRequestData.PartitionData asked =
                request.topics().get(0).partitions().get(0);
        if (!asked.preVote() && response.topics().get(0).partitions().get(0).voteGranted()) {
            history.grants(
                    new ReplicaKey(request.voterId(), asked.voterDirectoryId()),
                    asked.replicaEpoch(),
                    new ReplicaKey(asked.replicaId(), asked.replicaDirectoryId()));
        }
    }

    @Override
    public void close() {}
}
