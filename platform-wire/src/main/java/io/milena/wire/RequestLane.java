package io.milena.wire;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection's requests and answers in order.
 *
 * <p>As with Kafka, a request is not begun before the one before it was answered: what a client sent one after the other
 * takes effect one after the other. The exception is produce: a produce request may begin while earlier ones wait for their
 * acknowledgement, because its records are appended, in order, before its handler returns, and the answers still leave in
 * order. A connection whose client does not read its answers gets nothing more begun, and is not read from meanwhile.
 *
 * <p>On the event loop only.
 */
final class RequestLane {

    private final ServerConnection connection;
    private final int maxOverlappingProduces;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(4);
    private final ArrayDeque<RequestExchange<?>> begun = new ArrayDeque<>(8);
    private boolean beginning;
    private boolean held;

    RequestLane(ServerConnection connection, int maxOverlappingProduces) {
        this.connection = connection;
        this.maxOverlappingProduces = maxOverlappingProduces;
    }

    /** Takes over a frame: begins it, or lets it wait and stops reading until it has begun. */
    void accept(ByteBuf frame) {
        if (beginning || !waiting.isEmpty() || !mayBegin(frame)) {
            waiting.add(frame);
            connection.reading(false);
            if (!beginning) {
                hurry(RequestParser.peekApiKey(frame));
            }
            return;
        }
        beginning = true;
        try {
            connection.begin(frame);
        } finally {
            beginning = false;
        }
        beginWaiting();
    }

    /** Begins nothing until {@link #resume}: a request is decoded on another thread. */
    void hold() {
        held = true;
    }

    void resume() {
        held = false;
    }

    void begun(RequestExchange<?> exchange) {
        begun.add(exchange);
    }

    /** Sends the answers whose turn it is, and begins what waited for them. */
    void completed() {
        RequestExchange<?> first = begun.peek();
        while (first != null && first.isCompleted()) {
            begun.poll();
            connection.send(first);
            first = begun.peek();
        }
        beginWaiting();
    }

    /** Begins waiting frames as far as that is allowed. */
    void beginWaiting() {
        if (beginning) {
            return;
        }
        beginning = true;
        try {
            for (ByteBuf next = waiting.peek(); next != null && mayBegin(next); next = waiting.peek()) {
                connection.begin(waiting.remove());
            }
        } finally {
            beginning = false;
        }
        if (waiting.isEmpty() && !held) {
            connection.reading(true);
            connection.framesSettled();
        }
    }

    /**
     * The client hung up: what it sent before still counts (a consumer says that it leaves its group and closes at once), so it is
     * begun now, in order; nobody hears the answers.
     */
    void beginAll() {
        for (ByteBuf next = waiting.poll(); next != null; next = waiting.poll()) {
            connection.begin(next);
        }
    }

    /** Tells the request whose answer the others wait for. */
    private void hurry(int apiKey) {
        RequestExchange<?> first = begun.peek();
        if (first != null) {
            first.hurry(apiKey);
        }
    }

    /** The API key of the first request that waits, -1 if none does. */
    int waitingApiKey() {
        ByteBuf next = waiting.peek();
        return next == null ? -1 : RequestParser.peekApiKey(next);
    }

    boolean isIdle() {
        return begun.isEmpty() && !held;
    }

    /** Whether a frame is kept that has been received whole. */
    boolean keepsFrames() {
        return held || !waiting.isEmpty();
    }

    /** The request whose answer the others wait for. */
    @Nullable
    RequestExchange<?> oldest() {
        return begun.peek();
    }

    /** Nobody will be told of the answers: what the requests hold is given back now, whatever their handlers do. */
    void abandonBegun() {
        begun.forEach(RequestExchange::giveBack);
    }

    void dropWaiting() {
        for (ByteBuf frame = waiting.poll(); frame != null; frame = waiting.poll()) {
            frame.release();
        }
    }

    private boolean mayBegin(ByteBuf frame) {
        if (held || !connection.takesAnswers()) {
            return false;
        }
        RequestExchange<?> first = begun.peek();
        return first == null
                || first.api() == ApiKeys.PRODUCE
                        && begun.size() < maxOverlappingProduces
                        && RequestParser.peekApiKey(frame) == ApiKeys.PRODUCE.id;
    }
}
