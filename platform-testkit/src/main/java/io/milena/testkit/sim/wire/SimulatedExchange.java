package io.milena.testkit.sim.wire;

import io.milena.testkit.sim.Line;
import io.milena.testkit.sim.Violation;
import io.milena.wire.ClientSoftware;
import io.milena.wire.Connection;
import io.milena.wire.Exchange;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/** A request that came over the simulated network. A handler that fails one unexpectedly fails the simulation. */
final class SimulatedExchange<Q extends ApiMessage> implements Exchange<Q>, Connection {
    private final ApiKeys api;
    private final RequestHeaderData header;
    private final Q request;
    private final Line line;
    private final String listener;
    private final Consumer<ByteBuffer> answer;
    private boolean answered;

    SimulatedExchange(
            ApiKeys api, RequestHeaderData header, Q request, Line line, String listener, Consumer<ByteBuffer> answer) {
        this.api = api;
        this.header = header;
        this.request = request;
        this.line = line;
        this.listener = listener;
        this.answer = answer;
    }

    @Override
    public Q request() {
        return request;
    }

    @Override
    public ApiKeys api() {
        return api;
    }

    @Override
    public short version() {
        return header.requestApiVersion();
    }

    @Override
    public String clientId() {
        return header.clientId();
    }

    @Override
    public int correlationId() {
        return header.correlationId();
    }

    @Override
    public void respond(ApiMessage response) {
        once();
        answer.accept(WireCodec.response(api, version(), correlationId(), response));
    }

    @Override
    public void respondNothing() {
        once();
    }

    @Override
    public void fail(Throwable error) {
        once();
        ApiMessage response = ErrorAnswers.of(request, api, version(), error);
        if (response != null) {
            answer.accept(WireCodec.response(api, version(), correlationId(), response));
        }
    }

    private void once() {
        Violation.unless(!answered, "%s of %s was answered twice", api, header.clientId());
        answered = true;
    }

    @Override
    public Connection connection() {
        return this;
    }

    @Override
    public long id() {
        return line.id();
    }

    @Override
    public boolean isOpen() {
        return line.isOpen();
    }

    @Override
    public void onClose(Runnable action) {
        line.onBroken(action);
    }

    /** The asker's other requests are answered still; this one is not. */
    @Override
    public void close() {
        answered = true;
    }

    @Override
    public KafkaPrincipal principal() {
        return KafkaPrincipal.ANONYMOUS;
    }

    @Override
    public InetAddress clientAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public int clientPort() {
        return line.fromHost();
    }

    @Override
    public String listener() {
        return listener;
    }

    @Override
    public ClientSoftware client() {
        return ClientSoftware.UNKNOWN;
    }

    @Override
    public Executor eventLoop() {
        return line.to();
    }

    /** Requests are on the heap and stay. */
    @Override
    public void retain() {}

    @Override
    public void release() {}

    @Override
    public long receivedNs() {
        return 0;
    }
}
