package io.milena.starter.listener;

import org.springframework.kafka.listener.MessageListenerContainer;

/** What a listener may be doing. */
public enum ListenerState {
    /** It takes events as they come. */
    RUNNING,
    /** It keeps its place in the group and takes nothing, because somebody or an absent database wants it so. */
    PAUSED,
    /** It has left its group, or never was in it. */
    STOPPED;

    /** The state at this moment. */
    public static ListenerState of(MessageListenerContainer container) {
        if (!container.isRunning() || !container.isInExpectedState()) {
            return STOPPED;
        }
        return container.isPauseRequested() ? PAUSED : RUNNING;
    }
}
