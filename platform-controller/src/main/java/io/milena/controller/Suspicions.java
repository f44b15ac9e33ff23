package io.milena.controller;

import io.milena.controller.core.BrokerSessions;
import io.milena.controller.core.BrokerState;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows up suspicions: a broker whose connection was lost is dialled, and only if its listeners refuse is its session cut to the
 * grace time. A heartbeat that comes meanwhile clears it. Confined to the controller's thread (ADR 50).
 */
final class Suspicions {
    private static final Logger LOG = LoggerFactory.getLogger(Suspicions.class);

    private final BrokerSessions sessions;
    private final BrokerProbe probe;
    private final LongSupplier clockMs;
    private final Executor queue;

    /** @param queue takes what is learnt back to the controller's thread */
    Suspicions(BrokerSessions sessions, BrokerProbe probe, LongSupplier clockMs, Executor queue) {
        this.sessions = sessions;
        this.probe = probe;
        this.clockMs = clockMs;
        this.queue = queue;
    }

    void followUp(BrokerState broker) {
        if (broker.fenced() || !sessions.isSuspect(broker.id(), broker.epoch())) {
            return;
        }
        probe.isGone(broker).thenAccept(gone -> {
            if (gone) {
                queue.execute(() -> gone(broker));
            }
        });
    }

    private void gone(BrokerState broker) {
        if (sessions.isSuspect(broker.id(), broker.epoch())) {
            LOG.info("Broker {} at epoch {} is gone: its listeners refuse connections", broker.id(), broker.epoch());
            sessions.gone(broker.id(), broker.epoch(), clockMs.getAsLong());
        }
    }
}
