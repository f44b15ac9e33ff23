package io.milena.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The way from one node to one listener of another, and the connections on it. Network thread only. */
final class Link implements Network.Ready {
    private final Network network;
    private final int source;
    private final int destination;
    private final int port;
    private final Set<Connection> connections = new HashSet<>();
    private @Nullable ServerSocketChannel server;

    Link(Network network, int source, int destination, int port) {
        this.network = network;
        this.source = source;
        this.destination = destination;
        this.port = port;
    }

    int destination() {
        return destination;
    }

    boolean touches(int id) {
        return source == id || destination == id;
    }

    Network network() {
        return network;
    }

    /** Whether what the connecting side sends is lost. */
    boolean forthIsCut() {
        return network.isCut(source, destination);
    }

    /** Whether what the listening side sends is lost. */
    boolean backIsCut() {
        return network.isCut(destination, source);
    }

    InetSocketAddress target() {
        return new InetSocketAddress("127.0.0.1", port);
    }

    void listen() {
        if (server != null) {
            return;
        }
        try {
            ServerSocketChannel channel = ServerSocketChannel.open();
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(Network.address(source, destination), port));
            channel.register(network.selector(), SelectionKey.OP_ACCEPT, this);
            server = channel;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot listen on " + Network.address(source, destination) + ":" + port
                            + "; all of 127.0.0.0/8 must belong to this machine",
                    e);
        }
    }

    void refuse() {
        try {
            if (server != null) {
                server.close();
                server = null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void reset() {
        new ArrayList<>(connections).forEach(Connection::reset);
    }

    void healed() {
        new ArrayList<>(connections).forEach(Connection::healed);
    }

    void updateInterests() {
        new ArrayList<>(connections).forEach(Connection::updateInterests);
    }

    void ended(Connection connection) {
        connections.remove(connection);
    }

    @Override
    public void ready() {
        try {
            SocketChannel accepted = server == null ? null : server.accept();
            if (accepted != null) {
                accepted.configureBlocking(false);
                Connection connection = new Connection(this, accepted);
                connections.add(connection);
                connection.updateInterests();
            }
        } catch (IOException gone) {
            // The connecting side has given up between its request and our accept.
        }
    }
}
