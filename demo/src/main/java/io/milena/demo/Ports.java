package io.milena.demo;

import io.milena.demo.load.UsageException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.IntStream;

/** Looks at ports before anything starts, so that the message is ours. */
final class Ports {

    static final int KAFKA = 9092;

    private static final int ATTEMPTS = 100;

    private Ports() {}

    static void requireFree(int first, List<String> services) {
        for (int i = 0; i < services.size(); i++) {
            if (!isFree(first + i)) {
                throw new UsageException("port " + (first + i) + " (for the " + services.get(i) + ") is in use;"
                        + " choose three free ones with --port N");
            }
        }
    }

    /** Kafka's usual port if it and the next ones are free, any other if not. */
    static int forBrokers(int count) {
        return IntStream.range(KAFKA, KAFKA + count).allMatch(Ports::isFree) ? KAFKA : ephemeral(count);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int ephemeral(int count) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (ServerSocket socket = new ServerSocket(0)) {
                int first = socket.getLocalPort();
                if (IntStream.range(first + 1, first + count).allMatch(Ports::isFree)) {
                    return first;
                }
            } catch (IOException e) {
                throw new UsageException("no free port for the broker: " + e.getMessage());
            }
        }
        throw new UsageException("no " + count + " free ports in a row for the brokers");
    }
}
