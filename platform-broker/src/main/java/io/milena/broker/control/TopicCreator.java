package io.milena.broker.control;

import io.milena.coordinator.runtime.InternalTopics;
import io.milena.metadata.MetadataImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/**
 * Creates missing topics through the controller and waits until this broker's own image shows them. {@link #onImage} is called by the
 * metadata thread; everything else by any thread.
 */
public final class TopicCreator implements TopicCreation, InternalTopics {
    private static final int TIMEOUT_MS = 5_000;

    private final ControllerChannel channel;
    private final Supplier<MetadataImage> image;
    private final Function<String, CreatableTopic> template;
    private final Map<String, CompletableFuture<ApiError>> underWay = new ConcurrentHashMap<>();

    /** @param template partitions, replicas and configuration of a topic to be created, by its name */
    public TopicCreator(
            ControllerChannel channel, Supplier<MetadataImage> image, Function<String, CreatableTopic> template) {
        this.channel = channel;
        this.image = image;
        this.template = template;
    }

    @Override
    public void ensure(String name) {
        if (image.get().topics().topicOrNull(name) == null) {
            ensure(List.of(name));
        }
    }

    @Override
    public CompletableFuture<Map<String, ApiError>> ensure(Collection<String> topics) {
        List<String> mine = new ArrayList<>();
        Map<String, CompletableFuture<ApiError>> all = new HashMap<>();
        for (String topic : topics) {
            all.put(topic, underWay.computeIfAbsent(topic, name -> {
                mine.add(name);
                return new CompletableFuture<ApiError>();
            }));
        }
        if (!mine.isEmpty()) {
            request(mine);
        }
        return CompletableFuture.allOf(all.values().toArray(CompletableFuture[]::new))
                .handle((done, error) -> {
                    Map<String, ApiError> refused = new HashMap<>();
                    all.forEach((topic, future) -> {
                        ApiError outcome = future.getNow(ApiError.NONE);
                        if (outcome.isFailure()) {
                            refused.put(topic, outcome);
                        }
                    });
                    return refused;
                });
    }

    private void request(List<String> topics) {
        CreateTopicsRequestData request = new CreateTopicsRequestData()
                .setTimeoutMs(TIMEOUT_MS)
                .setTopics(new CreatableTopicCollection(topics.size() + 1));
        for (String topic : topics) {
            request.topics().add(template.apply(topic));
            CompletableFuture<ApiError> outcome = underWay.get(topic);
            if (outcome != null) {
                outcome.completeOnTimeout(
                                new ApiError(Errors.REQUEST_TIMED_OUT, "not created in time"),
                                TIMEOUT_MS,
                                TimeUnit.MILLISECONDS)
                        .whenComplete((done, error) -> underWay.remove(topic, outcome));
            }
        }
        channel.send(request, TIMEOUT_MS).whenComplete((answer, error) -> onAnswer(topics, answer, error));
    }

    private void onAnswer(List<String> topics, @Nullable ApiMessage answer, @Nullable Throwable error) {
        if (answer instanceof CreateTopicsResponseData response) {
            response.topics().forEach(result -> {
                Errors code = Errors.forCode(result.errorCode());
                if (code != Errors.NONE && code != Errors.TOPIC_ALREADY_EXISTS) {
                    complete(result.name(), new ApiError(code, result.errorMessage()));
                }
            });
            onImage(image.get());
        } else {
            ApiError failure =
                    error == null ? new ApiError(Errors.UNKNOWN_SERVER_ERROR) : ApiError.fromThrowable(error);
            topics.forEach(topic -> complete(topic, failure));
        }
    }

    /** Lets those go on who wait for a topic that {@code newImage} has. */
    public void onImage(MetadataImage newImage) {
        for (String topic : underWay.keySet()) {
            if (newImage.topics().topicOrNull(topic) != null) {
                complete(topic, ApiError.NONE);
            }
        }
    }

    private void complete(String topic, ApiError outcome) {
        CompletableFuture<ApiError> waiting = underWay.get(topic);
        if (waiting != null) {
            waiting.complete(outcome);
        }
    }
}
