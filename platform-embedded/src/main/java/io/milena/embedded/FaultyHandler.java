package io.milena.embedded;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A handler that asks for each request whether a fault is due. */
final class FaultyHandler<Q extends ApiMessage> implements ApiHandler<Q> {
    private static final Logger LOG = LoggerFactory.getLogger(FaultyHandler.class);

    private final ApiHandler<Q> handler;
    private final Function<ApiMessage, @Nullable FaultOnDemand> due;

    FaultyHandler(ApiHandler<Q> handler, Function<ApiMessage, @Nullable FaultOnDemand> due) {
        this.handler = handler;
        this.due = due;
    }

    @Override
    public ApiKeys api() {
        return handler.api();
    }

    @Override
    public short lowestVersion() {
        return handler.lowestVersion();
    }

    @Override
    public short highestVersion() {
        return handler.highestVersion();
    }

    @Override
    public boolean needsEventLoop() {
        return handler.needsEventLoop();
    }

    @Override
    public void handle(Exchange<Q> exchange) {
        FaultOnDemand fault = isOfAClient(exchange.request()) ? due.apply(exchange.request()) : null;
        if (fault == null) {
            handler.handle(exchange);
            return;
        }
        LOG.info("A fault on demand for {} of {}: {}", api(), exchange.clientId(), fault);
        if (fault.delay().isZero()) {
            strike(fault, exchange);
        } else {
            exchange.retain();
            CompletableFuture.delayedExecutor(fault.delay().toMillis(), TimeUnit.MILLISECONDS, exchange.eventLoop())
                    .execute(() -> strikeLate(fault, exchange));
        }
    }

    /** A follower's fetch comes over the same listener. */
    private static boolean isOfAClient(ApiMessage request) {
        return !(request instanceof FetchRequestData fetch)
                || (fetch.replicaId() < 0 && fetch.replicaState().replicaId() < 0);
    }

    private void strikeLate(FaultOnDemand fault, Exchange<Q> exchange) {
        try {
            strike(fault, exchange);
        } catch (RuntimeException failed) {
            exchange.fail(failed);
        } finally {
            exchange.release();
        }
    }

    private void strike(FaultOnDemand fault, Exchange<Q> exchange) {
        if (fault.isDisconnecting()) {
            exchange.connection().close();
            exchange.respondNothing();
        } else if (fault.error() != Errors.NONE) {
            exchange.fail(fault.error().exception());
        } else {
            handler.handle(exchange);
        }
    }
}
