package io.milena.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.PrincipalDeserializationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Envelope (58): a request that a broker forwards for its client (KIP-590). The embedded request is dispatched into a
 * registry with the client's principal and address, and the answer is wrapped.
 */
public final class EnvelopeHandler implements ApiHandler<EnvelopeRequestData> {

    private static final Logger LOG = LoggerFactory.getLogger(EnvelopeHandler.class);

    private final HandlerRegistry forwarded;

    /** @param forwarded the handlers that forwarded requests may reach */
    public EnvelopeHandler(HandlerRegistry forwarded) {
        this.forwarded = forwarded;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.ENVELOPE;
    }

    @Override
    public void handle(Exchange<EnvelopeRequestData> exchange) {
        handle(exchange, true);
    }

    private void handle(Exchange<EnvelopeRequestData> exchange, boolean onLoop) {
        ForwardedExchange<?> inner;
        try {
            inner = unwrap(exchange, onLoop);
        } catch (TooLargeForLoopException e) {
            handleElsewhere((RequestExchange<EnvelopeRequestData>) exchange);
            return;
        } catch (RefusedException e) {
            refuse(exchange, new InvalidRequestException(e.getMessage()));
            return;
        } catch (InvalidRequestException | UnsupportedVersionException | PrincipalDeserializationException e) {
            refuse(exchange, e);
            return;
        }
        inner.handle();
    }

    private void handleElsewhere(RequestExchange<EnvelopeRequestData> exchange) {
        exchange.retain();
        exchange.elsewhere().execute(() -> {
            try {
                handle(exchange, false);
            } catch (Throwable e) {
                exchange.fail(e);
            } finally {
                exchange.release();
            }
        });
    }

    private ForwardedExchange<?> unwrap(Exchange<EnvelopeRequestData> exchange, boolean onLoop) {
        EnvelopeRequestData envelope = exchange.request();
        KafkaPrincipal principal = principal(envelope); // before all else, as Apache Kafka does
        InetAddress address = address(envelope);
        ByteBuf embedded = Unpooled.wrappedBuffer(envelope.requestData().duplicate());
        RequestHead head = new RequestHead();
        head.readFixed(embedded);
        ApiHandler<?> handler = forwarded.handlerOrNull(head.apiKey());
        if (handler == null || !handler.api().forwardable) {
            throw new InvalidRequestException("API key " + head.apiKey() + " cannot be forwarded.");
        }
        if (head.version() < handler.lowestVersion() || head.version() > handler.highestVersion()) {
            throw new UnsupportedVersionException(
                    "Version %d of %s is not supported.".formatted(head.version(), handler.api()));
        }
        head.readRest(embedded, handler.api().messageType.requestHeaderVersion(head.version()));
        ApiMessage request = readBody(exchange, handler.api(), head.version(), embedded, onLoop);
        return forwardedExchange(exchange, handler, head, request, principal, address);
    }

    private static ApiMessage readBody(
            Exchange<EnvelopeRequestData> exchange, ApiKeys api, short version, ByteBuf embedded, boolean onLoop) {
        if (!(exchange instanceof RequestExchange<?> outer)) {
            return RequestParser.readBody(api, version, new RequestReader(embedded.nioBuffer()));
        }
        RequestReader reader = onLoop
                ? RequestReader.onLoop(api, embedded.nioBuffer(), outer.memory())
                : RequestReader.elsewhere(embedded.nioBuffer(), outer.memory());
        ApiMessage request = RequestParser.readBody(api, version, reader);
        outer.holds(reader.takenBytes());
        return request;
    }

    @SuppressWarnings("unchecked")
    private static <Q extends ApiMessage> ForwardedExchange<Q> forwardedExchange(
            Exchange<EnvelopeRequestData> exchange,
            ApiHandler<Q> handler,
            RequestHead head,
            ApiMessage request,
            KafkaPrincipal principal,
            InetAddress address) {
        return new ForwardedExchange<>(exchange, handler, head, (Q) request, principal, address);
    }

    private static KafkaPrincipal principal(EnvelopeRequestData envelope) {
        if (envelope.requestPrincipal() == null) {
            throw new PrincipalDeserializationException("The envelope names no principal.");
        }
        try {
            return Envelopes.PRINCIPALS.deserialize(envelope.requestPrincipal());
        } catch (RuntimeException e) {
            throw new PrincipalDeserializationException("The envelope's principal cannot be read.", e);
        }
    }

    private static InetAddress address(EnvelopeRequestData envelope) {
        try {
            return InetAddress.getByAddress(envelope.clientHostAddress());
        } catch (UnknownHostException e) {
            throw new InvalidRequestException("The envelope's client address cannot be read.", e);
        }
    }

    private static void refuse(Exchange<?> exchange, RuntimeException reason) {
        LOG.warn(
                "Envelope of {}:{} is refused: {}",
                exchange.clientAddress(),
                exchange.clientPort(),
                reason.getMessage());
        exchange.respond(new EnvelopeResponseData()
                .setErrorCode(Errors.forException(reason).code()));
    }
}
