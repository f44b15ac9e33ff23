package io.milena.starter.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A TCP port before a broker. While it is shut, the broker is down for those behind it: connections are cut and refused.
 */
public final class Gate implements AutoCloseable {

    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final int port;
    private @Nullable ServerSocket server;
    private volatile @Nullable InetSocketAddress target;

    public Gate() {
        this.server = listen(0);
        this.port = server.getLocalPort();
        accept(server);
    }

    public String address() {
        return "localhost:" + port;
    }

    /** Where the gate leads to, {@code host:port}. */
    public void leadTo(String broker) {
        int colon = broker.lastIndexOf(':');
        target = new InetSocketAddress(broker.substring(0, colon), Integer.parseInt(broker.substring(colon + 1)));
    }

    /** Shuts the gate. */
    @Override
    public synchronized void close() {
        if (server != null) {
            quietly(server);
            server = null;
        }
        sockets.forEach(Gate::quietly);
        sockets.clear();
    }

    public synchronized void open() {
        server = listen(port);
        accept(server);
    }

    private static ServerSocket listen(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName("localhost"), port));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket listening) {
        inBackground(() -> {
            while (true) {
                Socket client = listening.accept();
                Socket broker = new Socket();
                sockets.add(client);
                sockets.add(broker);
                broker.connect(target);
                inBackground(() -> pump(client, broker));
                inBackground(() -> pump(broker, client));
            }
        });
    }

    private void pump(Socket from, Socket to) throws IOException {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void inBackground(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | RuntimeException shut) {
                // the end of a connection, or of the gate
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void quietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // it is gone, which is all we want
        }
    }
}
