package io.milena.testkit.cluster;

import io.milena.broker.control.ControllerChannel;
import io.milena.broker.replication.PeerLink;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.wire.WireClient;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** A connection from one process to another node. */
final class SimulatedLink implements PeerLink, ControllerChannel.Link {
    private static final long TIMEOUT_MS = 3_000;

    private final Life life;
    private final WireClient client;
    private final String host;
    private final int port;
    private final Runnable onLost;
    private final Set<CompletableFuture<ApiMessage>> open = new LinkedHashSet<>();

    /** @param onLost runs when the other side hung up */
    SimulatedLink(Life life, String name, String host, int port, Runnable onLost) {
        this.onLost = onLost;
        this.life = life;
        this.client = new WireClient(life, name);
        this.host = host;
        this.port = port;
    }

    @Override
    public CompletableFuture<ApiMessage> send(ApiMessage request) {
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        open.add(answer);
        short version = ApiKeys.forId(request.apiKey()).messageType.highestSupportedVersion(false);
        client.ask(host, port, request, version, TIMEOUT_MS, (response, failure) -> {
            if (!open.remove(answer)) {
                return;
            }
            if (response != null) {
                answer.complete(response);
            } else if (failure != null) {
                answer.completeExceptionally(failure);
                if (failure instanceof DisconnectException) {
                    onLost.run();
                }
            }
        });
        return answer;
    }

    @Override
    public void disconnect() {
        Set<CompletableFuture<ApiMessage>> dropped = new LinkedHashSet<>(open);
        open.clear();
        life.execute(() -> dropped.forEach(each -> each.completeExceptionally(new DisconnectException())));
    }

    @Override
    public void close() {
        disconnect();
    }
}
