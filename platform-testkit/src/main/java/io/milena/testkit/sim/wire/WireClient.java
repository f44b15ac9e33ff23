package io.milena.testkit.sim.wire;

import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.Network;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

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
     * completed within an event of this process, or never if that ends before.
     */
    public CompletableFuture<ApiMessage> send(
            String host, int port, ApiMessage request, short version, long timeoutMs) {
        ApiKeys api = ApiKeys.forId(request.apiKey());
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        ByteBuffer bytes = WireCodec.request(api, version, nextCorrelationId++, clientId, request);
        life.host().network().call(life, host, port, bytes, timeoutMs, new Network.Reply() {
            @Override
            public void answered(ByteBuffer response) {
                ByteBufferAccessor reader = new ByteBufferAccessor(response);
                new ResponseHeaderData(reader, api.responseHeaderVersion(version));
                ApiMessage message = api.messageType.newResponse();
                message.read(reader, version);
                answer.complete(message);
            }

            @Override
            public void failed(boolean disconnected) {
                String where = host + ":" + port;
                answer.completeExceptionally(
                        disconnected
                                ? new DisconnectException(where + " hung up")
                                : new TimeoutException("No answer of " + where + " within " + timeoutMs + " ms"));
            }
        });
        return answer;
    }
}
