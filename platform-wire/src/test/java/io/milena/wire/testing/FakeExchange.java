package io.milena.wire.testing;

import io.milena.wire.ClientSoftware;
import io.milena.wire.Connection;
import io.milena.wire.Exchange;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.jspecify.annotations.Nullable;

/** An exchange without a socket. Tasks of its event loop run at once on whoever brings them, unless another loop is given. */
public final class FakeExchange<Q extends ApiMessage> implements Exchange<Q>, Connection {
    private final Q request;
    private final short version;
    private final Executor loop;
    private volatile @Nullable ApiMessage response;
    private volatile boolean finished;
    private volatile boolean closed;
    private String clientId = "test";

    public FakeExchange(Q request, int version) {
        this(request, version, Runnable::run);
    }

    public FakeExchange(Q request, int version, Executor loop) {
        this.request = request;
        this.version = (short) version;
        this.loop = loop;
    }

    public FakeExchange<Q> withClientId(String id) {
        clientId = id;
        return this;
    }

    /** The answer, which must be there. */
    public <R extends ApiMessage> R response(Class<R> type) {
        if (response == null) {
            throw new AssertionError("Not answered yet");
        }
        return type.cast(response);
    }

    public boolean isAnswered() {
        return finished;
    }

    public boolean wasClosed() {
        return closed;
    }

    @Override
    public synchronized void respond(ApiMessage message) {
        if (finished) {
            throw new IllegalStateException("Answered twice");
        }
        response = message;
        finished = true;
    }

    @Override
    public synchronized void respondNothing() {
        if (finished) {
            throw new IllegalStateException("Answered twice");
        }
        finished = true;
    }

    @Override
    public void fail(Throwable error) {
        throw new AssertionError(error);
    }

    @Override
    public Q request() {
        return request;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.forId(request.apiKey());
    }

    @Override
    public short version() {
        return version;
    }

    @Override
    public String clientId() {
        return clientId;
    }

    @Override
    public int correlationId() {
        return 1;
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
        return 1;
    }

    @Override
    public String listener() {
        return "PLAINTEXT";
    }

    @Override
    public ClientSoftware client() {
        return ClientSoftware.UNKNOWN;
    }

    @Override
    public Connection connection() {
        return this;
    }

    @Override
    public long id() {
        return 1;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void onClose(Runnable action) {}

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public Executor eventLoop() {
        return loop;
    }

    @Override
    public void retain() {}

    @Override
    public void release() {}

    @Override
    public long receivedNs() {
        return System.nanoTime();
    }
}
