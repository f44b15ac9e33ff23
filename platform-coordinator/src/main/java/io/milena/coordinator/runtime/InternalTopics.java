package io.milena.coordinator.runtime;

/** Creation on demand of {@code __consumer_offsets}, {@code __transaction_state} and {@code __share_group_state}. */
@FunctionalInterface
public interface InternalTopics {

    /** Asks for the topic to be created if it is missing. Returns at once, may be called again while under way. */
    void ensure(String name);
}
