package io.milena.broker.node;

import io.milena.wire.ApiHandler;

/** Puts something before the handlers of a broker's clients when they are registered: faults on demand, in tests. */
@FunctionalInterface
public interface HandlerDecorator {
    /** Leaves all handlers as they are. */
    HandlerDecorator NONE = handler -> handler;

    /** The handler to register instead of {@code handler}, for the same API; called once for each. */
    ApiHandler<?> decorate(ApiHandler<?> handler);
}
