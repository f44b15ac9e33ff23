package io.milena.orders.progress;

/** This instance stops and begins no event stream that nobody would end. */
public final class StreamsStoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StreamsStoppedException() {
        super("this instance stops; another one, or this one when it is back, goes on from Last-Event-ID");
    }
}
