package io.milena.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for nodes that go and come back. They lie below the range from which the system takes the ports of outgoing connections:
 * otherwise a dead node's port may be in use when it returns.
 */
final class Ports {
    private static final Path EPHEMERAL = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int LOWEST = 15_000;
    private static final int TRIES = 1_000;

    private final Set<Integer> taken = new HashSet<>();

    /** A port that nobody listens on and that this object has not given before. */
    int next() {
        int end = firstEphemeral();
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, end);
            if (!taken.contains(port) && isFree(port)) {
                taken.add(port);
                return port;
            }
        }
        throw new IllegalStateException("No port between " + LOWEST + " and " + end + " is free");
    }

    private static boolean isFree(int port) {
        // The wildcard address: free on every address of this machine.
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException inUse) {
            return false;
        }
    }

    private static int firstEphemeral() {
        try {
            int first = Files.exists(EPHEMERAL)
                    ? Integer.parseInt(Files.readString(EPHEMERAL).trim().split("\\s+")[0])
                    : 32_768;
            return Math.max(first, LOWEST + 5_000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
