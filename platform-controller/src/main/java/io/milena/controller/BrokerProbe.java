package io.milena.controller;

import io.milena.controller.core.BrokerState;
import java.util.concurrent.CompletableFuture;

/** Looks whether a broker that has fallen silent still has a process behind its listeners. Never blocks. */
public interface BrokerProbe {
    /**
     * Dials the broker.
     *
     * @return true only if every one of its listeners refuses connections: its process is gone. False where one accepts, or where
     *     nothing is known (time-out, no route). Any thread completes it; it never fails
     */
    CompletableFuture<Boolean> isGone(BrokerState broker);
}
