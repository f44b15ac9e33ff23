package io.milena.controller;

import io.milena.controller.core.BrokerSessions;
import io.milena.controller.core.ControlContext;
import io.milena.controller.core.Decision;

/**
 * One request on its way through the controller. All methods are called on the controller's thread, but {@link #fail} may be
 * called on the submitting one when the controller is not active.
 *
 * @param <R> the answer
 */
public interface Operation<R> {
    /** Decides; must not change anything. An ApiException is the answer. */
    Decision<R> decide(Turn turn);

    /** The decision's records, if any, are in the log and replayed, the last one at this offset; soft state may follow. */
    default void appended(Decision<R> decision, Turn turn, long lastOffset) {}

    /** The decision is committed, or changed nothing and all that it was based on is committed. */
    void complete(R response);

    /** It was refused, or its outcome is unknown because leadership was lost. */
    void fail(Throwable error);

    /** When the answer is of no use any more, in milliseconds of the controller's clock. */
    default long deadlineMs() {
        return Long.MAX_VALUE;
    }

    /**
     * What a decision sees.
     *
     * @param context speculative state, rules, settings
     * @param sessions when brokers were last heard of
     * @param nowMs monotonic milliseconds
     * @param nextOffset offset the decision's first record will have
     */
    record Turn(ControlContext context, BrokerSessions sessions, long nowMs, long nextOffset) {}

    /** An operation of the controller's own, which nobody waits for; its response counts what it did. */
    interface Task extends Operation<Integer> {
        @Override
        default void complete(Integer response) {}

        @Override
        default void fail(Throwable error) {}
    }
}
