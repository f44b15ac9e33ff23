package io.milena.wire;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.IntConsumer;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.jspecify.annotations.Nullable;

/** One request of a connection. Answered from another thread, it brings its answer to the event loop as its own task. */
final class RequestExchange<Q extends ApiMessage> extends ParsedExchange<Q> implements Runnable {

    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<RequestExchange> ANSWERED =
            AtomicIntegerFieldUpdater.newUpdater(RequestExchange.class, "answered");

    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<RequestExchange> HELD =
            AtomicLongFieldUpdater.newUpdater(RequestExchange.class, "heldBytes");

    private final ServerConnection connection;
    private final ByteBuf frame;
    private final int frameBytes;
    private final long receivedNs;

    private volatile int answered;
    private volatile long heldBytes;
    private short responseVersion;
    private @Nullable ApiMessage response;
    private Errors error = Errors.NONE;
    private boolean closing;
    private @Nullable IntConsumer overtaken;
    private boolean completed;

    RequestExchange(
            ServerConnection connection,
            ApiHandler<Q> handler,
            RequestHead head,
            Q request,
            ByteBuf frame,
            int frameBytes,
            long receivedNs) {
        super(handler, head, request);
        this.connection = connection;
        this.responseVersion = head.version();
        this.frame = frame;
        this.frameBytes = frameBytes;
        this.receivedNs = receivedNs;
    }

    /** The request took so much of the memory of all requests; before it is handled. */
    void holds(long bytes) {
        heldBytes += bytes;
    }

    /** Gives back what the request holds, once; any thread. */
    void giveBack() {
        if (heldBytes > 0) {
            connection.requestMemory().give(HELD.getAndSet(this, 0));
        }
    }

    /** Hands the request to its handler: on the event loop, or on another thread if it is large. */
    void handle() {
        try {
            handler.handle(this);
        } catch (Throwable e) {
            if (answered == 0) {
                fail(e);
            } else {
                connection.logUnexpected(this, e);
            }
        }
    }

    boolean isAnswered() {
        return answered != 0;
    }

    @Override
    public void whenOvertaken(IntConsumer action) {
        int waiting = connection.waitingApiKey();
        if (waiting >= 0) {
            action.accept(waiting);
        } else {
            overtaken = action;
        }
    }

    /** Another request, of this API key, waits for this one; on the event loop. */
    void hurry(int apiKey) {
        IntConsumer action = overtaken;
        overtaken = null;
        if (action != null && !completed) {
            action.accept(apiKey);
        }
    }

    @Override
    public void respond(ApiMessage message) {
        answer(message, Errors.NONE);
    }

    @Override
    public void respondNothing() {
        answer(null, Errors.NONE);
    }

    /** Answers in the oldest form of the response, which a client of any version reads. */
    void respondAtVersion0(ApiMessage message) {
        responseVersion = 0;
        answer(message, Errors.UNSUPPORTED_VERSION);
    }

    /** Answers, and closes the connection when the answer is sent. */
    void respondAndClose(ApiMessage message, Errors reason) {
        closing = true;
        answer(message, reason);
    }

    @Override
    public void fail(Throwable failure) {
        Errors kind = ErrorResponses.kind(failure);
        if (kind == Errors.UNKNOWN_SERVER_ERROR) {
            connection.logUnexpected(this, failure);
        }
        @Nullable ApiMessage message = errorResponse(failure);
        if (message == null) {
            closing = true; // an acks=0 producer learns of its error by losing the connection, as with Kafka
        }
        answer(message, kind);
    }

    /** For whoever does not know whether the handler answers in this very moment. */
    void failUnlessAnswered(RuntimeException failure) {
        try {
            if (!isAnswered()) {
                fail(failure);
            }
        } catch (IllegalStateException answeredMeanwhile) {
            connection.logUnexpected(this, answeredMeanwhile);
        }
    }

    /** The API's own form of the error; null, which closes the connection, where it has none or its request allows none. */
    private @Nullable ApiMessage errorResponse(Throwable failure) {
        try {
            return ErrorResponses.of(request(), api(), version(), failure);
        } catch (RuntimeException noForm) {
            noForm.addSuppressed(failure);
            connection.logUnexpected(this, noForm);
            return null;
        }
    }

    private void answer(@Nullable ApiMessage message, Errors kind) {
        if (!ANSWERED.compareAndSet(this, 0, 1)) {
            throw new IllegalStateException("The exchange " + this + " is answered twice.");
        }
        response = message;
        error = kind;
        giveBack();
        if (connection.inEventLoop()) {
            run();
            return;
        }
        try {
            connection.eventLoop().execute(this);
        } catch (RejectedExecutionException e) {
            ResponseWriter.discard(this);
        }
    }

    /** On the event loop, with the answer. */
    @Override
    public void run() {
        completed = true;
        connection.completed();
    }

    /** Whether the handler must run on the event loop, however large the request is. */
    boolean needsEventLoop() {
        return handler.needsEventLoop();
    }

    /** The memory that what is embedded in the request counts against. */
    RequestMemory memory() {
        return connection.requestMemory();
    }

    /** Does what an event loop takes no time for. */
    Executor elsewhere() {
        return connection.elsewhere();
    }

    boolean isCompleted() {
        return completed;
    }

    @Nullable
    ApiMessage response() {
        return response;
    }

    short responseVersion() {
        return responseVersion;
    }

    Errors error() {
        return error;
    }

    boolean isClosing() {
        return closing;
    }

    int frameBytes() {
        return frameBytes;
    }

    @Override
    public KafkaPrincipal principal() {
        return connection.principal();
    }

    @Override
    public InetAddress clientAddress() {
        return connection.clientAddress();
    }

    @Override
    public int clientPort() {
        return connection.clientPort();
    }

    @Override
    public String listener() {
        return connection.listener();
    }

    @Override
    public ClientSoftware client() {
        return connection.client();
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public Executor eventLoop() {
        return connection.eventLoop();
    }

    @Override
    public void retain() {
        frame.retain();
    }

    @Override
    public void release() {
        frame.release();
    }

    @Override
    public long receivedNs() {
        return receivedNs;
    }
}
