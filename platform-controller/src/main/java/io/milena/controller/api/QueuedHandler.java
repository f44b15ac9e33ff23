package io.milena.controller.api;

import io.milena.controller.Controller;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** An API that is nothing but a decision: the request goes onto the controller's queue. */
final class QueuedHandler<Q extends ApiMessage, R extends ApiMessage> implements ApiHandler<Q> {
    private final ApiKeys api;
    private final Controller controller;
    private final @Nullable ToIntFunction<Q> timeoutMs;
    private final ControllerOperation.Decider<Q, R> decider;

    /**
     * @param timeoutMs the request's own time-out, null where it has none. A time-out of 0 or less has passed when the controller
     *     comes to the request: it is refused, as by Apache Kafka
     */
    QueuedHandler(
            ApiKeys api,
            Controller controller,
            @Nullable ToIntFunction<Q> timeoutMs,
            ControllerOperation.Decider<Q, R> decider) {
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
        controller.submit(new ControllerOperation<>(exchange, decider, deadlineMs(exchange.request())));
    }

    private long deadlineMs(Q request) {
        return timeoutMs == null
                ? Long.MAX_VALUE
                : controller.config().clockMs().getAsLong() + timeoutMs.applyAsInt(request);
    }
}
