package io.milena.wire;

import java.net.InetAddress;
import java.util.concurrent.Executor;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/** A client's connection, for as long as it lasts. The same object accompanies all requests of one connection. */
public interface Connection {

    /** A number that no other connection of this process has. */
    long id();

    String listener();

    InetAddress clientAddress();

    int clientPort();

    KafkaPrincipal principal();

    ClientSoftware client();

    boolean isOpen();

    /**
     * Runs an action on the connection's event loop once the connection is closed, by whichever side; at once if it is
     * closed already. For whoever suspects a failed peer behind a lost connection, or drops what waits for it.
     */
    void onClose(Runnable action);

    /** Closes the connection; any thread. */
    void close();

    Executor eventLoop();
}
