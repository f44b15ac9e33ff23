package io.milena.wire;

import java.net.InetAddress;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/**
 * One request and the one place its answer goes to. Exactly one of {@link #respond}, {@link #respondNothing} and
 * {@link #fail} is called, once, from any thread; a second call throws {@link IllegalStateException}. Answers leave a
 * connection in the order of its requests.
 *
 * @param <Q> the request's data class
 */
public interface Exchange<Q extends ApiMessage> {

    /**
     * The decoded request. Its {@code records} and {@code ByteBuffer} fields are slices of the network buffer: valid until
     * {@link ApiHandler#handle} returns, or until {@link #release()} after {@link #retain()}. They may be changed in place.
     */
    Q request();

    ApiKeys api();

    /** The version of the request, which the response is written in too. */
    short version();

    /** The client id of the request header, empty if the client sent none. */
    String clientId();

    int correlationId();

    KafkaPrincipal principal();

    InetAddress clientAddress();

    int clientPort();

    /** The name of the listener that the request came through. */
    String listener();

    /** What the client said it is (KIP-511), {@link ClientSoftware#UNKNOWN} if it said nothing. */
    ClientSoftware client();

    /** The connection that the request came through. */
    Connection connection();

    /** Runs tasks on this connection's event loop. */
    Executor eventLoop();

    /**
     * Has {@code action} run once, on the event loop, when the client has sent another request behind this one, which waits for
     * this one's answer: whoever parks a request may want to hurry. At once if there is one already. May never run.
     *
     * @param action gets the API key of the request that waits
     */
    default void whenOvertaken(IntConsumer action) {}

    /** Answers with a response of this API, written at {@link #version()}. */
    void respond(ApiMessage response);

    /** Ends the exchange without an answer, as a produce request with acks=0 asks for. */
    void respondNothing();

    /** Answers with the API's own error response for this error; an unexpected error is logged with the peer's address. */
    void fail(Throwable error);

    /** Keeps the request's buffer beyond {@link ApiHandler#handle}; each call needs one {@link #release()}. */
    void retain();

    /** Gives back what {@link #retain()} kept; any thread. */
    void release();

    /** {@link System#nanoTime()} when the request's frame was complete. */
    long receivedNs();
}
