package io.milena.controller;

/**
 * Lets a controller's events happen, one after the other, and wakes it when something of its own is due. In a node a thread; in
 * the simulator part of simulated time.
 */
public interface ControllerLoop extends AutoCloseable {
    /** What is called between events, never at the same time as one. */
    interface Body {
        /** After each event. */
        void ran();

        /**
         * When there is nothing else to do, and when the time has come that it told the last time.
         *
         * @return when to be called again at the latest, ms of the controller's clock; {@link Long#MAX_VALUE} for never
         */
        long tick();

        /** An event, or the tick, has thrown: the loop ends. */
        void broke(Throwable fault);

        /** The loop has ended, for whatever reason. */
        void ended();
    }

    void start(Body body);

    /** Thread-safe; also before the start. */
    void add(Runnable event);

    /** Ends after the events that were added before. */
    @Override
    void close();
}
