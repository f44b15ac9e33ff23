package io.milena.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.raft.core.HostPort;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import io.milena.wire.HandlerRegistry;
import io.milena.wire.ListenerEndpoint;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.WireEventLoops;
import io.milena.wire.WireServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Test;

class WireTransportTest {
    private static final long TIMEOUT_MS = 20_000;

    @Test
    void aParkedFetchDoesNotHoldUpWhatFollows() throws Exception {
        // given a node that parks a fetch
        CompletableFuture<Exchange<FetchRequestData>> parked = new CompletableFuture<>();
        try (WireEventLoops loops = WireEventLoops.create(1);
                WireServer server = server(loops, parked)) {
            server.start();
            HostPort node = new HostPort("127.0.0.1", server.boundPort("CONTROLLER"));
            try (WireTransport transport = new WireTransport(loops, NodeClientConfig.of("test"))) {
                CompletableFuture<ApiMessage> fetch = transport.send(node, new FetchRequestData(), TIMEOUT_MS);
                Exchange<FetchRequestData> waiting = parked.get(10, TimeUnit.SECONDS);

                // when another request goes to the same node, then it is answered while the fetch still waits
                ApiMessage vote =
                        transport.send(node, new VoteRequestData(), TIMEOUT_MS).get(10, TimeUnit.SECONDS);
                assertThat(vote).isInstanceOf(VoteResponseData.class);
                assertThat(fetch).isNotDone();

                waiting.respond(new FetchResponseData());
                assertThat(fetch.get(10, TimeUnit.SECONDS)).isInstanceOf(FetchResponseData.class);
            }
        }
    }

    @Test
    void addressesThatOthersNameDoNotMakeConnectionsWithoutEnd() {
        try (WireEventLoops loops = WireEventLoops.create(1);
                WireTransport transport = new WireTransport(loops, NodeClientConfig.of("test"))) {
            for (int i = 0; i < 5 * WireTransport.MAX_CONNECTIONS; i++) {
                transport.send(new HostPort("voter-" + i + ".invalid", 9093), new VoteRequestData(), 10);
            }
            assertThat(transport.connections()).isEqualTo(WireTransport.MAX_CONNECTIONS);
        }
    }

    private static WireServer server(WireEventLoops loops, CompletableFuture<Exchange<FetchRequestData>> parked) {
        HandlerRegistry registry = HandlerRegistry.builder()
                .listenerType(ListenerType.CONTROLLER)
                .add(new ApiHandler<FetchRequestData>() {
                    @Override
                    public ApiKeys api() {
                        return ApiKeys.FETCH;
                    }

                    @Override
                    public void handle(Exchange<FetchRequestData> exchange) {
                        parked.complete(exchange);
                    }
                })
                .add(new ApiHandler<VoteRequestData>() {
                    @Override
                    public ApiKeys api() {
                        return ApiKeys.VOTE;
                    }

                    @Override
                    public void handle(Exchange<VoteRequestData> exchange) {
                        exchange.respond(new VoteResponseData());
                    }
                })
                .build();
        return WireServer.builder()
                .eventLoops(loops)
                .listener(new ListenerEndpoint("CONTROLLER", "127.0.0.1", 0, SecurityProtocol.PLAINTEXT), registry)
                .build();
    }
}
