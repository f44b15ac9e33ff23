package io.milena.wire;

import java.util.List;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** SaslHandshake (17): agrees on the mechanism (KIP-43, KIP-152). */
final class SaslHandshakeHandler implements ApiHandler<SaslHandshakeRequestData> {

    @Override
    public ApiKeys api() {
        return ApiKeys.SASL_HANDSHAKE;
    }

    @Override
    public void handle(Exchange<SaslHandshakeRequestData> exchange) {
        SaslSession session = exchange.connection() instanceof ServerConnection connection ? connection.sasl() : null;
        if (session == null || !session.expectsHandshake()) {
            exchange.respond(new SaslHandshakeResponseData().setErrorCode(Errors.ILLEGAL_SASL_STATE.code()));
            return;
        }
        SaslHandshakeResponseData answer =
                new SaslHandshakeResponseData().setMechanisms(List.of(SaslSession.MECHANISM));
        if (!exchange.request().mechanism().equals(SaslSession.MECHANISM)) {
            answer.setErrorCode(Errors.UNSUPPORTED_SASL_MECHANISM.code());
            session.afterFailureDelay(
                    () -> ((RequestExchange<?>) exchange).respondAndClose(answer, Errors.UNSUPPORTED_SASL_MECHANISM));
            return;
        }
        exchange.respond(answer);
        session.handshaken(exchange.version());
    }
}
