package io.milena.wire;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request out of an envelope: it is the forwarding broker's client's, and its answer goes back in an envelope. */
final class ForwardedExchange<Q extends ApiMessage> extends ParsedExchange<Q> {

    private static final Logger LOG = LoggerFactory.getLogger(ForwardedExchange.class);

    private final Exchange<EnvelopeRequestData> envelope;
    private final KafkaPrincipal principal;
    private final InetAddress address;
    private final AtomicBoolean answered = new AtomicBoolean();

    ForwardedExchange(
            Exchange<EnvelopeRequestData> envelope,
            ApiHandler<Q> handler,
            RequestHead head,
            Q request,
            KafkaPrincipal principal,
            InetAddress address) {
        super(handler, head, request);
        this.envelope = envelope;
        this.principal = principal;
        this.address = address;
    }

    void handle() {
        try {
            handler.handle(this);
        } catch (Throwable e) {
            if (answered.get()) {
                LOG.error("Unexpected failure of forwarded {} after its answer", api(), e);
            } else {
                fail(e);
            }
        }
    }

    @Override
    public void respond(ApiMessage response) {
        if (!answered.compareAndSet(false, true)) {
            throw new IllegalStateException("The forwarded " + api() + " is answered twice.");
        }
        EnvelopeResponseData answer;
        try {
            answer = wrapped(response);
        } catch (RuntimeException | Error e) {
            envelope.fail(e);
            throw e;
        }
        envelope.respond(answer);
    }

    private EnvelopeResponseData wrapped(ApiMessage response) {
        ByteBuffer bytes = Envelopes.serializeResponse(api(), version(), correlationId(), response);
        return saysNotController(bytes.duplicate())
                ? new EnvelopeResponseData()
                        .setErrorCode(
                                Errors.NOT_CONTROLLER.code()) // for the broker, which looks for the controller anew
                : new EnvelopeResponseData().setResponseData(bytes);
    }

    private boolean saysNotController(ByteBuffer response) {
        response.position(response.position() + (api().messageType.responseHeaderVersion(version()) >= 1 ? 5 : 4));
        return AbstractResponse.parseResponse(api(), new ByteBufferAccessor(response), version())
                .errorCounts()
                .containsKey(Errors.NOT_CONTROLLER);
    }

    @Override
    public void respondNothing() {
        throw new IllegalStateException("A forwarded " + api() + " needs an answer.");
    }

    @Override
    public void fail(Throwable error) {
        if (ErrorResponses.kind(error) == Errors.UNKNOWN_SERVER_ERROR) {
            tell(error);
        }
        @Nullable ApiMessage response;
        try {
            response = ErrorResponses.of(request(), api(), version(), error);
        } catch (RuntimeException noForm) {
            noForm.addSuppressed(error);
            tell(noForm);
            response = null;
        }
        if (response != null) {
            respond(response);
        } else if (answered.compareAndSet(false, true)) {
            envelope.fail(error);
        }
    }

    private void tell(Throwable failure) {
        FailureLog.tell(
                LOG,
                api() + " version " + version() + " from " + address + ", forwarded by " + envelope.clientAddress(),
                failure);
    }

    @Override
    public KafkaPrincipal principal() {
        return principal;
    }

    @Override
    public InetAddress clientAddress() {
        return address;
    }

    /** The forwarding broker's: the client's own is not told. */
    @Override
    public int clientPort() {
        return envelope.clientPort();
    }

    @Override
    public String listener() {
        return envelope.listener();
    }

    @Override
    public ClientSoftware client() {
        return envelope.client();
    }

    @Override
    public Connection connection() {
        return envelope.connection();
    }

    @Override
    public Executor eventLoop() {
        return envelope.eventLoop();
    }

    @Override
    public void retain() {
        envelope.retain();
    }

    @Override
    public void release() {
        envelope.release();
    }

    @Override
    public long receivedNs() {
        return envelope.receivedNs();
    }
}
