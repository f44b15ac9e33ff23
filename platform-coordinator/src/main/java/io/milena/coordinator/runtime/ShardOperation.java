package io.milena.coordinator.runtime;

import org.apache.kafka.common.protocol.Errors;

/**
 * Something to be done in a shard's turn. One of the two is called, on the shard's thread or, if there is no shard, on the
 * caller's; neither may block. If {@code run} throws, what it changed is undone and {@code refused} is called too.
 */
public interface ShardOperation<S extends Shard> {

    /** It is this operation's turn. */
    void run(S shard, Turn turn);

    /** The shard is not here (NOT_COORDINATOR), still loading (COORDINATOR_LOAD_IN_PROGRESS), or failed. */
    void refused(Errors error);
}
