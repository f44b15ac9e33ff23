package io.milena.wire;

/** The connection as the handlers of this room know it. */
interface ClientConnection extends Connection {
    void client(ClientSoftware software);
}
