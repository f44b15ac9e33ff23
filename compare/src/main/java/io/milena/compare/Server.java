package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * One of the two that are asked: its addresses, one connection to each listener, and what has been learned of it. A thread of its own
 * sends and waits; one question at a time.
 */
final class Server implements AutoCloseable {
    private static final int CONNECT_MS = 5_000;

    private final String name;
    private final Map<Listener, Integer> ports;
    private final Map<Listener, Socket> sockets = new EnumMap<>(Listener.class);
    private final Map<String, JsonNode> learned = new LinkedHashMap<>();
    private final ExecutorService thread;
    private int correlationId;
    private volatile @Nullable Socket inUse;

    Server(String name, int brokerPort, int controllerPort) {
        this.name = name;
        this.ports = Map.of(Listener.BROKER, brokerPort, Listener.CONTROLLER, controllerPort);
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, "compare-" + name);
            made.setDaemon(true);
            return made;
        });
    }

    String name() {
        return name;
    }

    int port(Listener listener) {
        return ports.getOrDefault(listener, 0);
    }

    /** Values by name that this server has chosen: ids of topics, members, producers. */
    Map<String, JsonNode> learned() {
        return learned;
    }

    CompletableFuture<Answer> ask(Listener listener, ApiKeys api, short version, ByteBuffer frame, int atMostMs) {
        return CompletableFuture.supplyAsync(() -> exchange(listener, api, version, frame, atMostMs), thread);
    }

    /** Ends the wait for an answer from another thread; the connection is gone then. */
    void stopWaiting() {
        Socket socket = inUse;
        if (socket != null) {
            close(socket);
        }
    }

    /** The next question goes over a new connection. */
    void forgetConnections() {
        sockets.values().forEach(Server::close);
        sockets.clear();
    }

    private Answer exchange(Listener listener, ApiKeys api, short version, ByteBuffer frame, int atMostMs) {
        Socket socket;
        try {
            socket = connection(listener);
        } catch (IOException e) {
            return Answer.REFUSED;
        }
        inUse = socket;
        try {
            socket.setSoTimeout(atMostMs);
            int id = ++correlationId;
            send(socket, Messages.numbered(frame, id));
            return read(socket, api, version, id);
        } catch (SocketTimeoutException e) {
            drop(listener);
            return Answer.SILENT;
        } catch (IOException e) {
            boolean gaveUp = socket.isClosed();
            drop(listener);
            return gaveUp ? Answer.SILENT : Answer.CLOSED;
        } finally {
            inUse = null;
        }
    }

    private Answer read(Socket socket, ApiKeys api, short version, int id) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] bytes = new byte[length(in)];
        in.readFully(bytes);
        try {
            return new Answer(Messages.response(api, version, id, ByteBuffer.wrap(bytes)));
        } catch (RuntimeException e) {
            return Answer.unreadable(e);
        }
    }

    private static int length(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > 1 << 28) {
            throw new EOFException("A frame of " + length + " bytes");
        }
        return length;
    }

    private static void send(Socket socket, ByteBuffer frame) throws IOException {
        byte[] bytes = new byte[Integer.BYTES + frame.remaining()];
        ByteBuffer.wrap(bytes).putInt(frame.remaining()).put(frame);
        socket.getOutputStream().write(bytes);
    }

    private Socket connection(Listener listener) throws IOException {
        Socket socket = sockets.get(listener);
        if (socket == null || socket.isClosed()) {
            socket = new Socket();
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress("127.0.0.1", port(listener)), CONNECT_MS);
            sockets.put(listener, socket);
        }
        return socket;
    }

    private void drop(Listener listener) {
        Socket socket = sockets.remove(listener);
        if (socket != null) {
            close(socket);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        forgetConnections();
    }
}
