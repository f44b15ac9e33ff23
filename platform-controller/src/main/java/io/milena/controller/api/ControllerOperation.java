package io.milena.controller.api;

import io.milena.controller.Operation;
import io.milena.controller.core.Decision;
import io.milena.wire.Exchange;
import org.apache.kafka.common.protocol.ApiMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request that goes through the controller's queue and is answered after commit. */
class ControllerOperation<Q extends ApiMessage, R extends ApiMessage> implements Operation<R> {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerOperation.class);

    private final Exchange<Q> exchange;
    private final Decider<Q, R> decider;
    private final long deadlineMs;

    /** How an API decides. */
    interface Decider<Q, R> {
        Decision<R> decide(Q request, Turn turn);
    }

    ControllerOperation(Exchange<Q> exchange, Decider<Q, R> decider, long deadlineMs) {
        this.exchange = exchange;
        this.decider = decider;
        this.deadlineMs = deadlineMs;
    }

    Q request() {
        return exchange.request();
    }

    @Override
    public Decision<R> decide(Turn turn) {
        return decider.decide(exchange.request(), turn);
    }

    @Override
    public void complete(R response) {
        try {
            exchange.respond(response);
        } catch (RuntimeException unsendable) {
            LOG.error("The answer to {} cannot be sent", this, unsendable);
            fail(unsendable);
        }
    }

    /** An answer that cannot be given must not end the controller. */
    @Override
    public void fail(Throwable error) {
        try {
            exchange.fail(error);
        } catch (RuntimeException unsendable) {
            LOG.error("The failure of {} cannot be told to its sender", this, unsendable);
        }
    }

    @Override
    public long deadlineMs() {
        return deadlineMs;
    }

    @Override
    public String toString() {
        return exchange.api() + " version " + exchange.version();
    }
}
