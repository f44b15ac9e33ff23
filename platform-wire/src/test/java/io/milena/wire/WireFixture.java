package io.milena.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/** A server on an ephemeral port, with handlers given as lambdas. */
final class WireFixture implements AutoCloseable {

    static {
        System.setProperty("io.netty.leakDetection.level", "simple");
        System.setProperty("io.netty.leakDetection.samplingInterval", "1");
    }

    final WireEventLoops loops;
    final WireServer server;

    private WireFixture(WireEventLoops loops, WireServer server) {
        this.loops = loops;
        this.server = server;
        server.start();
    }

    int port() {
        return server.boundPort("TEST");
    }

    @Override
    public void close() {
        server.close();
        loops.close();
    }

    static Setup with(ApiHandler<?>... handlers) {
        Setup setup = new Setup();
        setup.handlers.addAll(List.of(handlers));
        return setup;
    }

    static <Q extends ApiMessage> ApiHandler<Q> handler(ApiKeys api, Consumer<Exchange<Q>> body) {
        return new ApiHandler<>() {
            @Override
            public ApiKeys api() {
                return api;
            }

            @Override
            public void handle(Exchange<Q> exchange) {
                body.accept(exchange);
            }
        };
    }

    /** Describes a server. */
    static final class Setup {
        final List<ApiHandler<?>> handlers = new ArrayList<>();
        private SecurityProtocol protocol = SecurityProtocol.PLAINTEXT;
        private boolean nio;
        private WireMemory memory = WireMemory.ofThisProcess(-1);
        private Consumer<WireServer.Builder> more = builder -> {};
        private FeatureSource features = FeatureSource.NONE;

        Setup protocol(SecurityProtocol securityProtocol) {
            this.protocol = securityProtocol;
            return this;
        }

        Setup nio() {
            this.nio = true;
            return this;
        }

        Setup memory(WireMemory of) {
            this.memory = of;
            return this;
        }

        Setup features(FeatureSource source) {
            this.features = source;
            return this;
        }

        Setup more(Consumer<WireServer.Builder> change) {
            this.more = this.more.andThen(change);
            return this;
        }

        WireFixture start() {
            WireEventLoops loops = nio ? WireEventLoops.createNio(1) : WireEventLoops.create(1, memory);
            WireServer.Builder builder = WireServer.builder()
                    .eventLoops(loops)
                    .listener(
                            new ListenerEndpoint("TEST", "127.0.0.1", 0, protocol),
                            HandlerRegistry.builder()
                                    .features(features)
                                    .addAll(handlers)
                                    .build());
            more.accept(builder);
            return new WireFixture(loops, builder.build());
        }
    }
}
