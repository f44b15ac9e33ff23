package io.milena.starter.listener;

import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.ListenerProperties.UnknownTypes;

/**
 * What becomes of events this service has no class for. A type nobody here has heard of is meant for others; another version of a known
 * type is meant for us and would be lost in silence, so the two have rules of their own.
 */
record UnknownEvents(EventTypes known, UnknownTypes types, UnknownTypes versions) {

    boolean areSkipped(String type) {
        if (known.classOf(type) != null) {
            return false;
        }
        UnknownTypes rule = known.hasOtherVersionOf(type) ? versions : types;
        return rule == UnknownTypes.SKIP;
    }
}
