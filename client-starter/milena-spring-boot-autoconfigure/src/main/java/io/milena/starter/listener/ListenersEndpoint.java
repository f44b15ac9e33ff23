package io.milena.starter.listener;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * {@code /actuator/listeners}: GET tells what each listener does; POST with an id and a {@code state} stops, pauses or starts that one, in
 * this instance and until it ends, where {@code management.endpoint.listeners.access} is {@code unrestricted}. A stop returns when the event at hand is finished and committed, or after the container's time-out.
 */
@Endpoint(id = "listeners", defaultAccess = Access.READ_ONLY)
public final class ListenersEndpoint {

    private static final Logger log = LoggerFactory.getLogger(ListenersEndpoint.class);

    private final Supplier<? extends Collection<MessageListenerContainer>> listeners;

    public ListenersEndpoint(Supplier<? extends Collection<MessageListenerContainer>> listeners) {
        this.listeners = listeners;
    }

    /** All listeners, by id. */
    public record Listeners(List<Listener> listeners) {}

    /** @param state RUNNING, PAUSED or STOPPED */
    public record Listener(String id, @Nullable String group, List<String> topics, ListenerState state) {

        private static Listener of(MessageListenerContainer container) {
            String[] topics = container.getContainerProperties().getTopics();
            return new Listener(
                    idOf(container),
                    container.getGroupId(),
                    topics == null ? List.of() : Arrays.asList(topics),
                    ListenerState.of(container));
        }
    }

    /** @param problem what was asked for and cannot be done */
    public record Refusal(String problem) {}

    @ReadOperation
    public Listeners list() {
        return new Listeners(listeners.get().stream()
                .map(Listener::of)
                .sorted(Comparator.comparing(Listener::id))
                .toList());
    }

    @ReadOperation
    public @Nullable Listener one(@Selector String id) {
        return find(id).map(Listener::of).orElse(null);
    }

    /** Answers 404 for an id that no listener has, 409 if a stopped one is to be paused. */
    @WriteOperation
    public WebEndpointResponse<Object> change(@Selector String id, ListenerState state) {
        MessageListenerContainer container = find(id).orElse(null);
        if (container == null) {
            return new WebEndpointResponse<>(new Refusal("There is no listener " + id), 404);
        }
        if (state == ListenerState.PAUSED && ListenerState.of(container) == ListenerState.STOPPED) {
            return new WebEndpointResponse<>(new Refusal("Listener " + id + " is stopped: start it first"), 409);
        }
        log.warn("Actuator changes listener {} from {} to {}", id, ListenerState.of(container), state);
        switch (state) {
            case STOPPED -> container.stop();
            case PAUSED -> container.pause();
            case RUNNING -> {
                container.resume();
                container.start();
            }
        }
        return new WebEndpointResponse<>(Listener.of(container));
    }

    private Optional<? extends MessageListenerContainer> find(String id) {
        return listeners.get().stream()
                .filter(container -> idOf(container).equals(id))
                .findFirst();
    }

    private static String idOf(MessageListenerContainer container) {
        return String.valueOf(container.getListenerId());
    }
}
