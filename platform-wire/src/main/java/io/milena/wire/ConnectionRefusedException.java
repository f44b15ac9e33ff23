package io.milena.wire;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.SocketException;
import org.apache.kafka.common.errors.DisconnectException;
import org.jspecify.annotations.Nullable;

/**
 * A dial that the other host's kernel refused: nobody listens there, so the process is gone (or not there yet). A dial that hangs, finds
 * no route or no name is a plain {@link DisconnectException}: of the process behind it nothing is known.
 */
public final class ConnectionRefusedException extends DisconnectException {
    private static final long serialVersionUID = 1L;

    ConnectionRefusedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether nobody listens; Netty's time-out is a ConnectException too, and tells nothing. */
    static boolean isRefusal(@Nullable Throwable failure) {
        return !(failure instanceof ConnectTimeoutException)
                && failure instanceof ConnectException
                && says(failure, "refused");
    }

    /** Whether somebody took the connection and ended it before the dial was seen to succeed: no refusal, for there is a listener. */
    static boolean isReset(@Nullable Throwable failure) {
        return failure instanceof SocketException && says(failure, "reset");
    }

    private static boolean says(Throwable failure, String word) {
        String message = failure.getMessage();
        return message != null && message.contains(word);
    }
}
