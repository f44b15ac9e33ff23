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

/** Up when every listener runs or is paused; one that is paused was paused by somebody, and is told. */
public final class ListenersHealth extends AbstractHealthIndicator {

    private final Supplier<? extends Collection<MessageListenerContainer>> listeners;
    private final BrokerConnector connector;

    public ListenersHealth(
            Supplier<? extends Collection<MessageListenerContainer>> listeners, BrokerConnector connector) {
        super("the listeners' state is unknown");
        this.listeners = listeners;
        this.connector = connector;
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
        if (states.containsValue(said(ListenerState.STOPPED))) {
            health.down();
        } else {
            health.up();
        }
    }

    private static String said(ListenerState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
