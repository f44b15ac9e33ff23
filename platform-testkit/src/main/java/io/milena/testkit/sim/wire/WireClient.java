package io.milena.testkit.sim.wire;

import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.Network;
import io.milena.testkit.sim.World;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.jspecify.annotations.Nullable;

/** Sends Kafka's requests from a process. */
public final class WireClient {
    private final Life life;
    private final String clientId;
    private int nextCorrelationId;

    public WireClient(Life life, String clientId) {
        this.life = life;
        this.clientId = clientId;
    }

    /** At the API's highest stable version. */
    public CompletableFuture<ApiMessage> send(String host, int port, ApiMessage request, long timeoutMs) {
        ApiKeys api = ApiKeys.forId(request.apiKey());
        return send(host, port, request, api.messageType.highestSupportedVersion(false), timeoutMs);
    }

    /**
     * The response of the same API and version; fails with {@link DisconnectException} or {@link TimeoutException}. It is
     * completed within an event of this process, or never if that ends before. A future swallows what its callbacks throw:
     * whoever has something to say there uses {@link #ask}.
     */
    public CompletableFuture<ApiMessage> send(
            String host, int port, ApiMessage request, short version, long timeoutMs) {
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        ask(host, port, request, version, timeoutMs, (response, failure) -> {
            if (response != null) {
                answer.complete(response);
            } else if (failure != null) {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    /** As {@link #send}, with exactly one of response and failure given to {@code answer}. */
    public void ask(
            String host,
            int port,
            ApiMessage request,
            short version,
            long timeoutMs,
            BiConsumer<@Nullable ApiMessage, @Nullable Throwable> answer) {
        ApiKeys api = ApiKeys.forId(request.apiKey());
        int correlationId = nextCorrelationId++;
        ByteBuffer bytes = WireCodec.request(api, version, correlationId, clientId, request);
        String where = host + ":" + port;
        say(correlationId, "asks " + where, request);
        life.host().network().call(life, host, port, bytes, timeoutMs, new Network.Reply() {
            @Override
            public void answered(ByteBuffer response) {
                ByteBufferAccessor reader = new ByteBufferAccessor(response);
                new ResponseHeaderData(reader, api.responseHeaderVersion(version));
                ApiMessage message = api.messageType.newResponse();
                message.read(reader, version);
                say(correlationId, "hears from " + where, message);
                answer.accept(message, null);
            }

            @Override
            public void failed(boolean disconnected) {
                say(correlationId, disconnected ? "is hung up on by " + where : "hears nothing from " + where, "");
                answer.accept(
                        null,
                        disconnected
                                ? new DisconnectException(where + " hung up")
                                : new TimeoutException("No answer of " + where + " within " + timeoutMs + " ms"));
            }
        });
    }

    private void say(int correlationId, String how, Object what) {
        World world = life.host().world();
        if (world.trace().isKept()) {
            world.trace()
                    .say(world.nowUs(), clientId + life.host().id() + " #" + correlationId + " " + how + ": " + what);
        }
    }
}
