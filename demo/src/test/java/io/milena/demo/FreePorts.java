package io.milena.demo;

import java.io.IOException;
import java.net.ServerSocket;

/** Ports nobody uses at the moment. */
final class FreePorts {

    private FreePorts() {}

    /** The first of three in a row. */
    static int three() {
        for (int base = 20_000 + (int) (System.nanoTime() % 10_000); ; base += 7) {
            try (ServerSocket a = new ServerSocket(base);
                    ServerSocket b = new ServerSocket(base + 1);
                    ServerSocket c = new ServerSocket(base + 2)) {
                return base;
            } catch (IOException taken) {
                // the next ones
            }
        }
    }
}
