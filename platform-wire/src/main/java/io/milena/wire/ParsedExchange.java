package io.milena.wire;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** What an exchange knows from the request's own bytes, however these came here. */
abstract class ParsedExchange<Q extends ApiMessage> implements Exchange<Q> {

    final ApiHandler<Q> handler;
    private final short version;
    private final int correlationId;
    private final String clientId;
    private final Q request;

    ParsedExchange(ApiHandler<Q> handler, RequestHead head, Q request) {
        this.handler = handler;
        this.version = head.version();
        this.correlationId = head.correlationId();
        this.clientId = head.clientId();
        this.request = request;
    }

    @Override
    public final Q request() {
        return request;
    }

    @Override
    public final ApiKeys api() {
        return handler.api();
    }

    @Override
    public final short version() {
        return version;
    }

    @Override
    public final String clientId() {
        return clientId;
    }

    @Override
    public final int correlationId() {
        return correlationId;
    }

    @Override
    public final String toString() {
        return "%s version %d, correlation id %d, client id '%s'"
                .formatted(api(), version, correlationId, LogText.safe(clientId));
    }
}
