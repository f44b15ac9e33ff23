package io.milena.starter.health;

import io.milena.starter.broker.BrokerConnector;
import io.milena.starter.listener.ListenerState;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Up when every listener runs or is paused and gets past each record; one that is paused was paused by somebody, and is told.
 * A record that cannot be fetched holds up its partition until somebody looks: that is told with the time since when.
 */
public final class ListenersHealth extends AbstractHealthIndicator {

    private final Supplier<? extends Collection<MessageListenerContainer>> listeners;
    private final BrokerConnector connector;
    private final Supplier<? extends Collection<?>> unfetchable;

    public ListenersHealth(
            Supplier<? extends Collection<MessageListenerContainer>> listeners,
            BrokerConnector connector,
            Supplier<? extends Collection<?>> unfetchable) {
        super("the listeners' state is unknown");
        this.listeners = listeners;
        this.connector = connector;
        this.unfetchable = unfetchable;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        Map<String, String> states = new TreeMap<>();
        listeners
                .get()
                .forEach(container ->
                        states.put(String.valueOf(container.getListenerId()), said(ListenerState.of(container))));
        health.withDetail("listeners", states);
        connector.trouble().ifPresent(trouble -> health.withDetail("waitingFor", trouble.toString()));
        Collection<?> stuck = unfetchable.get();
        if (!stuck.isEmpty()) {
            health.withDetail(
                    "unfetchable", stuck.stream().map(Object::toString).toList());
        }
        if (!stuck.isEmpty() || states.containsValue(said(ListenerState.STOPPED))) {
            health.down();
        } else {
            health.up();
        }
    }

    private static String said(ListenerState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
