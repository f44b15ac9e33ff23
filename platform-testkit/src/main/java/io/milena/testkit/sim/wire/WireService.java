package io.milena.testkit.sim.wire;

import io.milena.testkit.sim.Line;
import io.milena.testkit.sim.Network;
import io.milena.testkit.sim.Violation;
import io.milena.wire.ApiHandler;
import io.milena.wire.HandlerRegistry;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/** Lets the handlers of a listener answer; to be given to {@link Network#listen}. */
public final class WireService implements Network.Service {
    private final String listener;
    private final HandlerRegistry handlers;

    /** @param listener its name, as handlers see it */
    public WireService(String listener, HandlerRegistry handlers) {
        this.listener = listener;
        this.handlers = handlers;
    }

    @Override
    public void receive(Line line, ByteBuffer request, Consumer<ByteBuffer> answer) {
        short key = request.getShort(0);
        short version = request.getShort(2);
        ApiKeys api = ApiKeys.forId(key);
        ByteBufferAccessor reader = new ByteBufferAccessor(request);
        RequestHeaderData header = new RequestHeaderData(reader, api.requestHeaderVersion(version));
        ApiMessage message = api.messageType.newRequest();
        message.read(reader, version);
        ApiHandler<?> handler = handlers.lookup(key)
                .orElseThrow(
                        () -> new Violation(api + " was sent to listener " + listener + ", which does not serve it"));
        handle(handler, line, header, message, answer);
    }

    @SuppressWarnings("unchecked") // the handler of an API takes that API's request
    private <Q extends ApiMessage> void handle(
            ApiHandler<Q> handler,
            Line line,
            RequestHeaderData header,
            ApiMessage message,
            Consumer<ByteBuffer> answer) {
        SimulatedExchange<Q> exchange =
                new SimulatedExchange<>(handler.api(), header, (Q) message, line, listener, answer);
        handler.handle(exchange);
    }
}
