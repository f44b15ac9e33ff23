package io.milena.controller.describe;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** An API that this node understands and always refuses for the same reason. */
public final class RefusingHandler<Q extends ApiMessage> implements ApiHandler<Q> {
    private final ApiKeys api;
    private final ApiException reason;

    public RefusingHandler(ApiKeys api, ApiException reason) {
        this.api = api;
        this.reason = reason;
    }

    @Override
    public ApiKeys api() {
        return api;
    }

    @Override
    public void handle(Exchange<Q> exchange) {
        exchange.fail(reason);
    }
}
