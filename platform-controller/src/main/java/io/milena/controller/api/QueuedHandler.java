package io.milena.controller.api;

import io.milena.controller.Controller;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** An API that is nothing but a decision: the request goes onto the controller's queue. */
final class QueuedHandler<Q extends ApiMessage, R extends ApiMessage> implements ApiHandler<Q> {
    private final ApiKeys api;
    private final Controller controller;
    private final ToIntFunction<Q> timeoutMs;
    private final ControllerOperation.Decider<Q, R> decider;

    /** @param timeoutMs the request's own time-out; 0 or less for none */
    QueuedHandler(
            ApiKeys api, Controller controller, ToIntFunction<Q> timeoutMs, ControllerOperation.Decider<Q, R> decider) {
        this.api = api;
        this.controller = controller;
        this.timeoutMs = timeoutMs;
        this.decider = decider;
    }

    @Override
    public ApiKeys api() {
        return api;
    }

    @Override
    public void handle(Exchange<Q> exchange) {
        int timeout = timeoutMs.applyAsInt(exchange.request());
        long deadline =
                timeout <= 0 ? Long.MAX_VALUE : controller.config().clockMs().getAsLong() + timeout;
        controller.submit(new ControllerOperation<>(exchange, decider, deadline));
    }
}
