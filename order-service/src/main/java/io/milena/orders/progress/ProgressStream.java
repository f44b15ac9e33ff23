package io.milena.orders.progress;

import io.milena.orders.desk.OrderMove;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** One client that follows one order. Its methods are called by one thread at a time. */
final class ProgressStream {

    private static final long RETRY_MS = 1_000;

    private final String orderId;
    private final SseEmitter emitter;
    private long version;
    private long spokeNs = System.nanoTime();

    /** @param version the last the client has seen, 0 for none */
    ProgressStream(String orderId, long version, Duration maxDuration) {
        this.orderId = orderId;
        this.version = version;
        this.emitter = new SseEmitter(maxDuration.toMillis());
    }

    String orderId() {
        return orderId;
    }

    long version() {
        return version;
    }

    SseEmitter emitter() {
        return emitter;
    }

    /** Tells what happened; ends with the order. */
    synchronized void tell(List<OrderMove> moves) {
        try {
            for (OrderMove move : moves) {
                if (move.version() > version) {
                    ProgressEvent event = ProgressEvent.of(move);
                    emitter.send(SseEmitter.event()
                            .id(Long.toString(event.version()))
                            .name(event.event())
                            .reconnectTime(RETRY_MS)
                            .data(event, MediaType.APPLICATION_JSON));
                    version = move.version();
                    spokeNs = System.nanoTime();
                }
            }
            if (!moves.isEmpty() && moves.get(moves.size() - 1).state().isTerminal()) {
                emitter.complete();
            }
        } catch (IOException | IllegalStateException clientIsGone) {
            emitter.completeWithError(clientIsGone);
        }
    }

    /** Says that it is alive if it has not said anything for so long. */
    synchronized void beat(Duration heartbeat) {
        if (System.nanoTime() - spokeNs >= heartbeat.toNanos()) {
            greet();
        }
    }

    /** Says nothing but that it is there: a client does not see the answer's head before something follows it. */
    synchronized void greet() {
        try {
            emitter.send(SseEmitter.event().comment(""));
            spokeNs = System.nanoTime();
        } catch (IOException | IllegalStateException clientIsGone) {
            emitter.completeWithError(clientIsGone);
        }
    }

    synchronized void end() {
        emitter.complete();
    }
}
