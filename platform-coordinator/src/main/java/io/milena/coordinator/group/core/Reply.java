package io.milena.coordinator.group.core;

/** Where the answer to one call goes; called once, during some turn of the shard, possibly much later than the call. */
@FunctionalInterface
public interface Reply<R> {

    void answer(R response);
}
