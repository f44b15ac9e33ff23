package io.milena.wire;

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

    /** Whether a failed dial was refused, or reset in the middle; Netty's time-out is a ConnectException too, and is neither. */
    static boolean isRefusal(@Nullable Throwable failure) {
        if (failure instanceof io.netty.channel.ConnectTimeoutException) {
            return false;
        }
        String message = failure == null ? null : failure.getMessage();
        boolean refused = failure instanceof ConnectException && message != null && message.contains("refused");
        boolean reset = failure instanceof SocketException && message != null && message.contains("reset");
        return refused || reset;
    }
}
