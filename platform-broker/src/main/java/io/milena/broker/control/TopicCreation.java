package io.milena.broker.control;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/** Creation of topics that are missing, by request to the controller. Thread-safe; never blocks. */
public interface TopicCreation {
    /**
     * Asks for the topics to be created with the broker's defaults (internal topics with theirs). Topics whose creation is
     * under way already are not asked for twice.
     *
     * @return completes, never exceptionally, when this broker's image has the topics or the controller refused, at the latest after
     *     a few seconds; with what the controller said of each topic that it did not create
     */
    CompletableFuture<java.util.Map<String, org.apache.kafka.common.requests.ApiError>> ensure(
            Collection<String> topics);
}
