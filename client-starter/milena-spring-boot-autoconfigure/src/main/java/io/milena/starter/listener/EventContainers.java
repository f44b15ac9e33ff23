package io.milena.starter.listener;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;

/** The containers of this application's {@link MilenaListener}s; other listeners are none of our business. */
public final class EventContainers implements Supplier<Collection<MessageListenerContainer>> {

    private final Supplier<@Nullable KafkaListenerEndpointRegistry> registry;

    public EventContainers(Supplier<@Nullable KafkaListenerEndpointRegistry> registry) {
        this.registry = registry;
    }

    @Override
    public Collection<MessageListenerContainer> get() {
        KafkaListenerEndpointRegistry known = registry.get();
        return known == null
                ? List.of()
                : known.getListenerContainers().stream()
                        .filter(container -> Arrays.stream(
                                        container.getContainerProperties().getAdviceChain())
                                .anyMatch(OncePerEvent.class::isInstance))
                        .toList();
    }
}
