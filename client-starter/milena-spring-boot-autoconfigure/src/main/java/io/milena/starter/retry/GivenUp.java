package io.milena.starter.retry;

/** Where events go that the retries could not help. */
@FunctionalInterface
public interface GivenUp {
    /** Takes it, in the current transaction. An error leaves the event where it is; it is brought again later. */
    void accept(ParkedEvent event);
}
