package io.milena.controller.describe;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.message.ExpireDelegationTokenResponseData;
import org.apache.kafka.common.message.RenewDelegationTokenResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/**
 * The delegation token APIs (KIP-48): no tokens are issued. Clients are told what an Apache Kafka without
 * delegation.token.secret.key tells them: a client that has not authenticated may not ask at all, others learn that it is not enabled.
 */
final class DelegationTokenRefusal<Q extends ApiMessage> implements ApiHandler<Q> {
    private static final long NO_TIME = -1;

    private final ApiKeys api;

    DelegationTokenRefusal(ApiKeys api) {
        this.api = api;
    }

    @Override
    public ApiKeys api() {
        return api;
    }

    @Override
    public void handle(Exchange<Q> exchange) {
        Errors error = KafkaPrincipal.ANONYMOUS.equals(exchange.principal())
                ? Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED
                : Errors.DELEGATION_TOKEN_AUTH_DISABLED;
        if (api == ApiKeys.RENEW_DELEGATION_TOKEN) {
            exchange.respond(new RenewDelegationTokenResponseData()
                    .setErrorCode(error.code())
                    .setExpiryTimestampMs(NO_TIME));
        } else if (api == ApiKeys.EXPIRE_DELEGATION_TOKEN) {
            exchange.respond(new ExpireDelegationTokenResponseData()
                    .setErrorCode(error.code())
                    .setExpiryTimestampMs(NO_TIME));
        } else {
            exchange.fail(error.exception());
        }
    }
}
