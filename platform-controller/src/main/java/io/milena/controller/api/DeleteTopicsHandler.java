package io.milena.controller.api;

import io.milena.controller.Controller;
import io.milena.controller.core.TopicDeletion;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TopicDeletionDisabledException;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** DeleteTopics (20), unless {@code delete.topic.enable=false} forbids it. */
final class DeleteTopicsHandler implements ApiHandler<DeleteTopicsRequestData> {
    /** First version with an error code for it (KIP-322). */
    private static final short TELLS_DISABLED = 3;

    private final Controller controller;
    private final QueuedHandler<DeleteTopicsRequestData, ?> deletion;

    DeleteTopicsHandler(Controller controller) {
        this.controller = controller;
        this.deletion = new QueuedHandler<>(
                ApiKeys.DELETE_TOPICS,
                controller,
                DeleteTopicsRequestData::timeoutMs,
                (request, turn) -> new TopicDeletion(turn.context()).decide(request));
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DELETE_TOPICS;
    }

    @Override
    public void handle(Exchange<DeleteTopicsRequestData> exchange) {
        if (controller.config().rules().topicDeletionEnabled()) {
            deletion.handle(exchange);
        } else if (exchange.version() < TELLS_DISABLED) {
            exchange.fail(new InvalidRequestException("This version does not support topic deletion."));
        } else {
            exchange.fail(new TopicDeletionDisabledException());
        }
    }
}
