package io.milena.wire;

import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SaslAuthenticate (36): takes the client's token (KIP-152). */
final class SaslAuthenticateHandler implements ApiHandler<SaslAuthenticateRequestData> {

    private static final Logger LOG = LoggerFactory.getLogger(SaslAuthenticateHandler.class);

    @Override
    public ApiKeys api() {
        return ApiKeys.SASL_AUTHENTICATE;
    }

    @Override
    public void handle(Exchange<SaslAuthenticateRequestData> exchange) {
        SaslSession session = exchange.connection() instanceof ServerConnection connection ? connection.sasl() : null;
        if (session == null || !session.expectsToken()) {
            exchange.respond(new SaslAuthenticateResponseData()
                    .setErrorCode(Errors.ILLEGAL_SASL_STATE.code())
                    .setErrorMessage("SaslAuthenticate request received without a handshake to go before it."));
            return;
        }
        String wrong = session.authenticate(exchange.request().authBytes());
        if (wrong == null) {
            exchange.respond(new SaslAuthenticateResponseData().setSessionLifetimeMs(session.lifetimeMs()));
            return;
        }
        LOG.info(
                "Authentication of {}:{} on listener {} failed",
                exchange.clientAddress(),
                exchange.clientPort(),
                exchange.listener());
        SaslAuthenticateResponseData answer = new SaslAuthenticateResponseData()
                .setErrorCode(Errors.SASL_AUTHENTICATION_FAILED.code())
                .setErrorMessage(wrong);
        session.afterFailureDelay(
                () -> ((RequestExchange<?>) exchange).respondAndClose(answer, Errors.SASL_AUTHENTICATION_FAILED));
    }
}
