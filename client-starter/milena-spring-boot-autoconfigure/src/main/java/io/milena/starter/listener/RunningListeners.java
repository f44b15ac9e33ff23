package io.milena.starter.listener;

import io.milena.starter.retry.RecordHandler;
import io.milena.starter.retry.Subscription;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.MessageListenerContainer;

/** This application's subscriptions, and how to hand a record to the listener of one. */
public final class RunningListeners implements Supplier<Map<Subscription, RecordHandler>> {

    private final Supplier<? extends Collection<MessageListenerContainer>> containers;

    public RunningListeners(Supplier<? extends Collection<MessageListenerContainer>> containers) {
        this.containers = containers;
    }

    /** Those whose listener runs at this moment and is not paused. */
    @Override
    public Map<Subscription, RecordHandler> get() {
        Map<Subscription, RecordHandler> handlers = new HashMap<>();
        for (MessageListenerContainer container : containers.get()) {
            String group = container.getGroupId();
            String[] topics = container.getContainerProperties().getTopics();
            if (group == null || topics == null || !container.isRunning() || container.isPauseRequested()) {
                continue;
            }
            Object listener = container.getContainerProperties().getMessageListener();
            if (listener == null) {
                continue;
            }
            RecordHandler handler = handler(listener);
            for (String topic : topics) {
                handlers.putIfAbsent(new Subscription(group, topic), handler);
            }
        }
        return handlers;
    }

    /** The groups of all listeners, whether they run or not. */
    public Set<String> groups() {
        Set<String> groups = new TreeSet<>();
        for (MessageListenerContainer container : containers.get()) {
            if (container.getGroupId() != null) {
                groups.add(container.getGroupId());
            }
        }
        return groups;
    }

    @SuppressWarnings("unchecked")
    private static RecordHandler handler(Object listener) {
        // there is neither an acknowledgment nor a consumer outside of the container; methods of events ask for neither
        return record -> ((MessageListener<Object, Object>) listener)
                .onMessage((ConsumerRecord<Object, Object>) (Object) record, null, null);
    }
}
