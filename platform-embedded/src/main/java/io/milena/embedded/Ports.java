package io.milena.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on 127.0.0.1 for nodes that go and come back. They lie below the range from which systems take the ports of outgoing connections:
 * otherwise somebody's connection may have a dead node's port when it returns.
 */
final class Ports {
    private static final int LOWEST = 15_000;
    private static final int END = 32_768;
    private static final int TRIES = 1_000;

    /** Given to nodes of this JVM that may not have bound them yet. */
    private static final Set<Integer> GIVEN = new HashSet<>();

    private Ports() {}

    /** A port that nobody listens on and that was not given before in this JVM. */
    static int next() {
        synchronized (GIVEN) {
            for (int i = 0; i < TRIES; i++) {
                int port = ThreadLocalRandom.current().nextInt(LOWEST, END);
                if (!GIVEN.contains(port) && isFree(port)) {
                    GIVEN.add(port);
                    return port;
                }
            }
        }
        throw new IllegalStateException("No port of 127.0.0.1 between " + LOWEST + " and " + END + " is free");
    }

    /** The node that had it is gone for good. */
    static void giveBack(int port) {
        synchronized (GIVEN) {
            GIVEN.remove(port);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException inUse) {
            return false;
        }
    }
}
