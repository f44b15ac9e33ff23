package io.milena.starter.health;

import io.milena.starter.broker.BrokerConnector;
import java.util.Collection;
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

    /** What a listener may be doing. */
    enum State {
        running,
        paused,
        stopped
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        Map<String, State> states = new TreeMap<>();
        listeners.get().forEach(container -> states.put(String.valueOf(container.getListenerId()), state(container)));
        health.withDetail("listeners", states);
        connector.trouble().ifPresent(trouble -> health.withDetail("waitingFor", trouble.toString()));
        if (states.containsValue(State.stopped)) {
            health.down();
        } else {
            health.up();
        }
    }

    private static State state(MessageListenerContainer container) {
        if (!container.isRunning() || !container.isInExpectedState()) {
            return State.stopped;
        }
        return container.isPauseRequested() ? State.paused : State.running;
    }
}
