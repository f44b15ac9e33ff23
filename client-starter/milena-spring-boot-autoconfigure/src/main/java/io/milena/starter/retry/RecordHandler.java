package io.milena.starter.retry;

/** What handles the records of a subscription: the listener, with all that is around it. Opens the transaction. */
@FunctionalInterface
public interface RecordHandler {
    void handle(RetriedRecord record);
}
