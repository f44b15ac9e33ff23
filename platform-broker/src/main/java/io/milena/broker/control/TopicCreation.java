package io.milena.broker.control;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.requests.ApiError;

/** Creation of topics that are missing, by request to the controller. Thread-safe; never blocks. */
public interface TopicCreation {
    /**
     * Asks for the topics to be created with the broker's defaults (internal topics with theirs). A topic whose creation is
     * under way already is not asked for twice.
     *
     * @return completes, never exceptionally, when this broker's image has the topics, or the controller refused, or after a
     *     few seconds; with what the controller said of each topic that is still missing
     */
    CompletableFuture<Map<String, ApiError>> ensure(Collection<String> topics);
}
